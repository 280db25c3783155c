"""What can happen to an account: each with an audit entry."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assembly.accounts import notices
from assembly.accounts.choices import STAFF_ROLES
from assembly.accounts.models import SignInCode, User, new_sign_in_key
from assembly.core import audit
from assembly.core.codes import as_typed, keyed_digest, new_code
from assembly.core.errors import NotAllowed, StaleState
from assembly.outbox.services import forget as forget_messages

CODE_LENGTH: Final = 12
SIGN_IN: Final = "sign-in-code"


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    roles: Collection[str],
    by: User | None,
    at: datetime,
    language: str = "en",
) -> User:
    """Make an account with these roles and mail the link that sets its password.

    Whoever has a staff role is staff. Raises NotAllowed when the address has an account.
    """
    is_staff = bool(STAFF_ROLES & set(roles))
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, name=name, language=language, is_staff=is_staff)
    except IntegrityError:
        raise NotAllowed(_("Somebody with this address has an account already.")) from None
    user.groups.set(Group.objects.filter(name__in=roles))
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    audit.record(by=by, verb="invited", target=user, at=at, facts={"roles": sorted(roles)})
    if is_staff:  # others are told by the app that lets them in, what they are let in for
        notices.invited(user, at=at)
    return user


@transaction.atomic
def off_board(*, user: User, by: User | None, at: datetime) -> None:
    """End an account: no sign-in, no role, no running session. The row stays for the audit log."""
    user.is_active = False
    user.set_unusable_password()
    user.sign_in_key = new_sign_in_key()
    user.save(update_fields=["is_active", "password", "sign_in_key"])
    user.groups.clear()
    Authenticator.objects.filter(user=user).delete()
    SignInCode.objects.filter(user=user).delete()
    audit.record(by=by, verb="off-boarded", target=user, at=at)


@transaction.atomic
def close(*, user: User, by: User | None, at: datetime) -> None:
    """Close an account that may open again: no sign-in, no session, no code; the role stays."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    _end_sessions(user, at)
    SignInCode.objects.filter(user=user).delete()
    audit.record(by=by, verb="account closed", target=user, at=at)


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None, at: datetime) -> None:
    """Forget a lost authenticator, end the running sessions, and tell the owner by mail."""
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user, at)
    audit.record(by=by, verb="second factor reset", target=user, at=at)
    notices.second_factor_reset(user, at=at)


@transaction.atomic
def sign_out_everywhere(*, user: User, by: User | None, at: datetime) -> None:
    """End every session of a user on every device; a printed code they hold stops working too."""
    _end_sessions(user, at)
    SignInCode.objects.filter(user=user).delete()
    audit.record(by=by, verb="signed out everywhere", target=user, at=at)


def _end_sessions(user: User, at: datetime) -> None:
    """Every session carries a hash of the key: a new key makes them all strangers'."""
    user.sign_in_key = new_sign_in_key()
    User.objects.filter(pk=user.pk).update(sign_in_key=user.sign_in_key)


@transaction.atomic
def issue_code(*, user: User, by: User | None, at: datetime, until: datetime) -> str:
    """Make a code to be printed that signs `user` in once before `until`; the one before is void.

    Returns the code, which is stored as a digest alone and cannot be read again. Raises NotAllowed
    for staff and closed accounts.
    """
    if user.is_staff or not user.is_active:
        raise NotAllowed(_("Codes are for delegates with an open account."))
    code = new_code(CODE_LENGTH)
    SignInCode.objects.update_or_create(
        user=user,
        defaults={
            "digest": keyed_digest(code, purpose=SIGN_IN),
            "issued_at": at,
            "expires_at": until,
            "used_at": None,
        },
    )
    audit.record(by=by, verb="code handed out", target=user, at=at)
    return code


def find_code(*, typed: str, at: datetime) -> SignInCode | None:
    """The usable code somebody typed, not used up by looking; None when there is none."""
    digest = keyed_digest(as_typed(typed), purpose=SIGN_IN)
    return SignInCode.objects.usable(at).filter(digest=digest).select_related("user").first()


@transaction.atomic
def use_code(*, code: SignInCode, at: datetime) -> User:
    """Use a code up; of two who try at once one gets StaleState. Returns whom to sign in."""
    # Columns of the row alone: PostgreSQL looks at them again when it had to wait for another.
    mine = SignInCode.objects.filter(pk=code.pk, digest=code.digest, used_at__isnull=True)
    if not mine.filter(expires_at__gt=at).update(used_at=at):
        raise StaleState(code, _("This code was used or has expired. Ask for a new one."))
    audit.record(by=code.user, verb="signed in with a code", target=code.user, at=at)
    return code.user


@transaction.atomic
def forget(*, user: User, by: User | None, at: datetime) -> None:
    """Close an account and take name and address out of it and of the mail sent to it."""
    off_board(user=user, by=by, at=at)
    EmailAddress.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(name="", email=None)
    forget_messages(user_id=str(user.pk))

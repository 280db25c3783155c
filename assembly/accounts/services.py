"""Inviting, off-boarding, and resetting a second factor: each with an audit entry."""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assembly.accounts import notices
from assembly.accounts.choices import STAFF_ROLES
from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import NotAllowed


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
    if is_staff:
        notices.invited(user, at=at)
    return user


@transaction.atomic
def off_board(*, user: User, by: User | None, at: datetime) -> None:
    """End an account: no sign-in, no role, no running session. The row stays for the audit log."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    user.groups.clear()
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    audit.record(by=by, verb="off-boarded", target=user, at=at)


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None, at: datetime) -> None:
    """Forget a lost authenticator, end the running sessions, and tell the owner by mail."""
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    audit.record(by=by, verb="second factor reset", target=user, at=at)
    notices.second_factor_reset(user, at=at)


def _end_sessions(user: User) -> None:
    """Sessions are few (staff and delegates of one Assembly), so a scan is good enough."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()

"""Where django-allauth meets the planner: its mail goes through the outbox, sign-up is closed."""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.outbox.choices import Priority
from assembly.outbox.recipients import Recipient
from assembly.outbox.services import enqueue

UNKNOWN: Final = "account/email/unknown_account"
STAFF_ASKED_FOR_CODE: Final = "account/email/staff_password"
SENT_ON: Final = frozenset({"code", "password_reset_url"})


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: organisers invite, delegations nominate."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Delegates stay signed in for the Assembly; the phone in the hall asks for no code.

        Whoever keeps other people's data signs in anew each day.
        """
        super().login(request, user)
        if not user.is_staff and user.roles <= {Role.DELEGATE}:
            lasts = import_string(settings.SIGN_IN_LASTS)
            request.session.set_expiry(lasts(timezone.now()))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Delegates land on their schedule, focal points on their list, staff at home."""
        user = request.user
        if isinstance(user, User) and not user.is_staff:
            keeps_a_list = user.roles == {Role.FOCAL_POINT}
            return resolve_url(settings.FOCAL_START if keeps_a_list else settings.DELEGATE_START)
        return str(super().get_login_redirect_url(request))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of allauth's mails. Its values may be secrets, so the row is sensitive.

        An address nobody has gets nothing. Staff who asked for a code are told by mail that they
        sign in with a password: the page itself must look the same for everybody.
        """
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if template_prefix == UNKNOWN:
            if user is None or not user.is_staff:
                return
            template_prefix = STAFF_ASKED_FOR_CODE
        enqueue(
            template_prefix,
            to=user.as_recipient() if user else Recipient(email, language=get_language() or "en"),
            context={key: value for key, value in context.items() if key in SENT_ON},
            dedupe_key=f"account:{uuid4()}",
            expires_at=timezone.now() + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
            priority=Priority.URGENT,
            sensitive=True,
        )

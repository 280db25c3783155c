"""What people are told about their account."""

from datetime import datetime, timedelta
from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from assembly.accounts.models import User
from assembly.outbox.choices import Priority
from assembly.outbox.services import enqueue

INVITATION_DAYS: Final = 3


def invited(user: User, *, at: datetime) -> None:
    """The invitation, with the link that sets a password."""
    token = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": token},
    )
    enqueue(
        "account/email/invited",
        to=user.as_recipient(),
        context={"link": settings.BASE_URL + path, "days": INVITATION_DAYS},
        dedupe_key=f"invited:{user.pk}:{at.isoformat()}",
        expires_at=at + timedelta(days=INVITATION_DAYS),
        priority=Priority.URGENT,
        sensitive=True,
    )


def second_factor_reset(user: User, *, at: datetime) -> None:
    enqueue(
        "account/email/second_factor_reset",
        to=user.as_recipient(),
        context={},
        dedupe_key=f"second-factor-reset:{user.pk}:{at.isoformat()}",
        priority=Priority.URGENT,
    )

"""What focal points are told."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from assembly.accounts.models import User
from assembly.delegations.models import Delegation
from assembly.outbox.services import enqueue


def invited(delegation: Delegation, user: User, *, at: datetime) -> None:
    """The invitation of a delegation, with the page where its list is kept and until when."""
    assembly = delegation.assembly
    with translation.override(user.language):
        party, city = str(delegation.party), assembly.city
        days = f"{date_format(assembly.first_day, 'j F')} – {date_format(assembly.last_day)}"
        path = reverse("delegation")
        closes = assembly.nominations_close_at
        until = (
            date_format(timezone.localtime(closes, assembly.zone), "l j F Y, H:i") if closes else ""
        )
    enqueue(
        "delegations/email/invited",
        to=user.as_recipient(),
        context={
            "party": party,
            "number": assembly.number,
            "city": city,
            "days": days,
            "seats": delegation.seats,
            "until": until,
            "link": settings.BASE_URL + path,
        },
        dedupe_key=f"delegation-invited:{delegation.uuid}:{user.pk}:{at.isoformat()}",
    )

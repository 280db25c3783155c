"""Where people are reached, and what they declined."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assembly.delegations.models import Delegate
from assembly.editions.models import Assembly
from assembly.outbox.recipients import Recipient
from assembly.people.models import Person


@dataclass(frozen=True)
class Addressee:
    """Somebody who is told something. `reference` is the person's UUID, or the account's of a
    focal point who is nobody else; `mail` says whether it comes by mail too."""

    person: int | None
    reference: str
    recipient: Recipient
    delegation: str = ""
    mail: bool = True


def addressees(
    people: "Collection[int] | QuerySet[Any, Any]", *, topic: str | None, assembly: Assembly
) -> dict[int, Addressee]:
    """These people by key, but for the erased. Two queries.

    By mail come those with an address who did not decline the topic; None is no topic to decline.
    """
    rows = Person.objects.filter(pk__in=people, erased_at__isnull=True).values_list(
        *("pk", "uuid", "email", "display_name", "language", "user", "protected"),
        "itinerary__muted",
    )
    delegations = _delegations(people, assembly)
    return {
        pk: Addressee(
            person=pk,
            reference=str(uuid),
            recipient=Recipient(email, name, language, str(user or f"person-{uuid}"), protected),
            delegation=delegations.get(pk, ""),
            mail=bool(email) and topic not in (muted or ()),
        )
        for pk, uuid, email, name, language, user, protected, muted in rows.order_by("pk")
    }


def _delegations(
    people: "Collection[int] | QuerySet[Any, Any]", assembly: Assembly
) -> dict[int, str]:
    """The names of people's delegations in English, which is what an address line needs."""
    rows = Delegate.objects.active().of(assembly).filter(person__in=people)
    names = rows.values_list(
        "person", "delegation__country__name_en", "delegation__organisation__name_en"
    )
    return {person: country or organisation for person, country, organisation in names.order_by()}

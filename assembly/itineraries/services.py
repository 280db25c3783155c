"""What a person does to their schedule, and working out whom a revision concerns."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.codes import new_token, token_digest
from assembly.itineraries.models import Concern, Itinerary, Reach, SavedSession
from assembly.itineraries.selectors.impact import impact
from assembly.people.models import Person
from assembly.programme.models import Revision, Session


@transaction.atomic
def save_session(*, person: Person, session: Session, at: datetime) -> None:
    """Keep a session in somebody's schedule; doing it twice keeps it once."""
    _row, created = SavedSession.objects.get_or_create(
        person=person, session=session, defaults={"saved_at": at}
    )
    if created:
        _moved(person, at)


@transaction.atomic
def unsave_session(*, person: Person, session: Session, at: datetime) -> None:
    """Take a session out of somebody's schedule again."""
    if SavedSession.objects.filter(person=person, session=session).delete()[0]:
        _moved(person, at)


@transaction.atomic
def look(*, person: Person, assembly_id: int, revision: int, at: datetime) -> None:
    """Note that somebody has seen an Assembly's changes up to this revision; it never goes back."""
    itinerary = _itinerary(person)
    mine = Itinerary.objects.filter(pk=itinerary.pk)
    older = mine.exclude(seen_at=assembly_id, seen__gte=revision)
    older.update(seen=revision, seen_at=assembly_id, version=F("version") + 1, updated_at=at)


@transaction.atomic
def make_calendar(*, person: Person, by: User, at: datetime) -> str:
    """A new secret address for somebody's calendar; the one before is dead from now on.

    Returns the token, of which only a digest is kept.
    """
    token = new_token()
    itinerary = _itinerary(person)
    Itinerary.objects.filter(pk=itinerary.pk).update(
        token_digest=token_digest(token),
        token_key=by.sign_in_key,
        token_made_at=at,
        updated_at=at,
    )
    audit.record(by=by, verb="calendar address made", target=person, at=at)
    return token


@transaction.atomic
def drop_calendar(*, person: Person, by: User, at: datetime) -> None:
    """Let no calendar read this schedule any more."""
    held = Itinerary.objects.filter(person=person, token_digest__isnull=False)
    if held.update(token_digest=None, token_made_at=None, updated_at=at):
        audit.record(by=by, verb="calendar address dropped", target=person, at=at)


@transaction.atomic
def choose_language(*, person: Person, user: User, language: str, at: datetime) -> None:
    """Write to somebody in another language from now on."""
    User.objects.filter(pk=user.pk).update(language=language)
    Person.objects.filter(pk=person.pk).update(language=language, updated_at=at)


@transaction.atomic
def choose_reminders(
    *, person: Person, lead_minutes: int | None, muted: Collection[str], at: datetime
) -> None:
    """How long before a session to be reminded (None: as the organisers set it, 0: never), and
    the topics that come by no mail any more."""
    itinerary = _itinerary(person)
    Itinerary.objects.filter(pk=itinerary.pk).update(
        lead_minutes=lead_minutes, muted=sorted(muted), version=F("version") + 1, updated_at=at
    )


@transaction.atomic
def mute(*, person: Person, topic: str, at: datetime) -> None:
    """Send no mail about a topic any more; doing it twice is doing it once."""
    itinerary = Itinerary.objects.select_for_update().get(pk=_itinerary(person).pk)
    choose_reminders(
        person=person,
        lead_minutes=itinerary.lead_minutes,
        muted={*itinerary.muted, topic},
        at=at,
    )


def work_out(*, revision: Revision, at: datetime) -> bool:
    """Write down whom a revision concerns and by which changes; False when that stands already.

    The revision before it is what people knew. One row a person, in bulk; two workers at once are
    settled by the constraint.
    """
    before = Revision.objects.filter(
        assembly=revision.assembly_id, number=revision.number - 1
    ).first()
    old = dict(before.sessions.values_list("code", "payload")) if before else {}
    new = dict(revision.sessions.values_list("code", "payload"))
    found = impact(revision.assembly, old, new, revision.published_at)
    try:
        with transaction.atomic():
            Reach.objects.create(
                revision=revision, worked_out_at=at, people=found.people, clashes=found.clashes
            )
            Concern.objects.bulk_create(
                Concern(revision=revision, person_id=person, codes=codes)
                for person, codes in found.codes.items()
            )
    except IntegrityError:
        return False
    return True


@transaction.atomic
def forget(*, people: list[int]) -> int:
    """Delete what these people chose and were concerned by; returns how many schedules."""
    SavedSession.objects.filter(person__in=people).delete()
    Concern.objects.filter(person__in=people).delete()
    return Itinerary.objects.filter(person__in=people).delete()[0]


def _itinerary(person: Person) -> Itinerary:
    return Itinerary.objects.get_or_create(person=person)[0]


def _moved(person: Person, at: datetime) -> None:
    """The calendar's validator and the page's move with what somebody chooses."""
    itinerary = _itinerary(person)
    Itinerary.objects.filter(pk=itinerary.pk).update(version=F("version") + 1, updated_at=at)

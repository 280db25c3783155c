"""The mails as somebody made up would get them, in each language."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from django.conf import settings

from assembly.editions.models import Assembly
from assembly.notifications.choices import Why, WordingKey
from assembly.notifications.notices import Letters
from assembly.outbox.letters import Letter, Rendered
from assembly.programme.choices import ChangeKind
from assembly.programme.differences import Change
from assembly.programme.models import PublishedSession
from assembly.programme.selectors.changelog import Entry
from assembly.programme.selectors.items import Item, item_of

READER: Final = "Amina Diallo"  # made up


@dataclass(frozen=True)
class Sample:
    """One kind of mail, by language: code, name, and what is read."""

    key: str
    label: str
    mails: list[tuple[str, str, Rendered]]


def samples(assembly: Assembly) -> list[Sample]:
    """Each mail whose words can be changed, about the first published session; [] without one."""
    row = PublishedSession.objects.in_latest(assembly).select_related("revision").first()
    if row is None:
        return []
    item = item_of(row.payload, assembly.zone, row.revision.places, {})
    letters = Letters(assembly)
    return [
        Sample(key, str(WordingKey(key).label), _mails(letters, key, item)) for key in WordingKey
    ]


def _mails(letters: Letters, key: str, item: Item) -> list[tuple[str, str, Rendered]]:
    link = f"{settings.BASE_URL}/mail/unsubscribe/…/"
    return [
        (code, name, _letter(letters, key, item, code).to({"name": READER}, {"unsubscribe": link}))
        for code, name in settings.LANGUAGES
    ]


def _letter(letters: Letters, key: str, item: Item, language: str) -> Letter:
    if key == WordingKey.REMINDER:
        return letters.reminder(item, Why.MANDATORY, language)
    if key == WordingKey.EVENING:
        return letters.evening([item], language)
    earlier = replace(item, starts_at=item.starts_at - timedelta(minutes=30))
    change = Change(item.code, (ChangeKind.RETIMED,), earlier.payload, item.payload)
    return letters.changes([Entry(change, earlier, item)], language, is_first=False)

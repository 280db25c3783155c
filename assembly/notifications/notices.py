"""What people are told: one function for each message, rendered once for all who get the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assembly.editions.models import Assembly
from assembly.notifications import rules
from assembly.notifications.choices import AlertKind, Why, WordingKey
from assembly.notifications.models import Announcement, Wording
from assembly.outbox.choices import Priority
from assembly.outbox.letters import Letter, compose, mark
from assembly.outbox.recipients import Recipient
from assembly.outbox.services import enqueue
from assembly.programme import ical
from assembly.programme.selectors.calendar import entry_of
from assembly.programme.selectors.changelog import Entry
from assembly.programme.selectors.items import Item

FOLDER: Final = "notifications/email"
REMINDER: Final = f"{FOLDER}/reminder"
EVENING: Final = f"{FOLDER}/evening"
CHANGES: Final = f"{FOLDER}/changes"
ANNOUNCEMENT: Final = f"{FOLDER}/announcement"
PERSONAL: Final = ("name", "delegation", "unsubscribe")
MOST_CHANGES: Final = 25
IN_YOUR_SCHEDULE: Final = _("These sessions stand in your schedule.")
ORGANISERS_WROTE: Final = _("The organisers wrote to you.")
SAFETY: Final = _("A safety message goes to everybody it concerns.")
_SALT: Final = "assembly.notifications.unsubscribe"


def unsubscribe_link(reference: str, topic: str, language: str) -> str:
    """The address that ends mails about a topic to one person; signed, so that nobody makes one."""
    token = signing.Signer(salt=_SALT).sign_object([reference, topic])
    with translation.override(language):
        path = reverse("unsubscribe", args=[token])
    return f"{settings.BASE_URL}{path}"


def read_unsubscribe(token: str) -> tuple[str, str]:
    """Whose and which topic. Raises signing.BadSignature."""
    reference, topic = signing.Signer(salt=_SALT).unsign_object(token)
    return str(reference), str(topic)


@dataclass
class Letters:
    """The letters of one Assembly: each is rendered once a run, in the Assembly's time zone."""

    assembly: Assembly
    _made: dict[tuple[Any, ...], Letter] = field(default_factory=dict)
    _wordings: dict[str, Wording] | None = None

    def reminder(self, item: Item, why: Why, language: str) -> Letter:
        """Before a session: what, when, where, and why this reader."""
        facts = {"item": item, "why": why.label, "for_media": why is Why.MEDIA}
        values = lambda: self._of_session(item)  # noqa: E731  said in the language of the letter
        key = ("reminder", item.code, why, language)
        return self._letter(key, language, WordingKey.REMINDER, values, facts, topic=True)

    def evening(self, items: Sequence[Item], language: str) -> Letter:
        """The evening before day 1: where the reader has to be first."""
        key = ("evening", tuple(item.code for item in items), language)
        values = lambda: {"day": date_format(self.assembly.first_day, "l j F")}  # noqa: E731
        facts = {"items": items, "why": Why.COMES.label}
        return self._letter(key, language, WordingKey.EVENING, values, facts, topic=True)

    def changes(self, entries: Sequence[Entry], language: str, *, is_first: bool) -> Letter:
        """What changed, old and new; the first publication is told as such."""
        identity = tuple((e.change.code, e.old is None, e.new is None) for e in entries)
        key = ("changes", identity, language, is_first)
        facts = {
            "entries": entries[:MOST_CHANGES],
            "more": max(0, len(entries) - MOST_CHANGES),
            "count": len(entries),
            "is_first": is_first,
            "only": entries[0] if len(entries) == 1 and not is_first else None,
            "why": IN_YOUR_SCHEDULE,
        }
        values = lambda: {"count": str(len(entries))}  # noqa: E731
        return self._letter(key, language, WordingKey.CHANGES, values, facts, topic=True)

    def announcement(
        self, announcement: Announcement, language: str, *, may_decline: bool
    ) -> Letter:
        """What organisers wrote; who reads a language they did not write in gets the first."""
        written = announcement.languages
        spoken = language if language in written else next(iter(written), "en")
        key = ("announcement", announcement.pk, announcement.version, language, may_decline)
        marks = {name: mark(name) for name in rules.IN_ANNOUNCEMENTS}
        facts = {
            "announcement": announcement,
            "said": rules.fill(getattr(announcement, f"subject_{spoken}") or "", marks),
            "text": rules.fill(getattr(announcement, f"body_{spoken}") or "", marks),
            "spoken": spoken,
            "why": SAFETY if announcement.safety else ORGANISERS_WROTE,
        }
        return self._letter(key, language, None, dict, facts, topic=may_decline)

    def _letter(
        self,
        key: tuple[Any, ...],
        language: str,
        wording: str | None,
        values: Any,
        facts: Mapping[str, Any],
        *,
        topic: bool,
    ) -> Letter:
        if key not in self._made:
            assembly = self.assembly
            with translation.override(language), timezone.override(assembly.zone):
                said = self._said(wording, values) if wording else {}
                common = {
                    "assembly": assembly,
                    "wordmark": f"{assembly.number} · {assembly.city}",
                    "link": settings.BASE_URL + reverse("my"),
                    "settings_link": settings.BASE_URL + reverse("my_settings"),
                    "inbox_link": settings.BASE_URL + reverse("my_messages"),
                    "wording": said,
                    "may_decline": topic,
                }
                template = f"{FOLDER}/{key[0]}"
                self._made[key] = compose(template, language, {**common, **facts}, PERSONAL)
        return self._made[key]

    def _said(self, key: str, values: Any) -> dict[str, str]:
        """What organisers want said, in the language in force; empty where they left it."""
        if self._wordings is None:
            found = Wording.objects.filter(assembly=self.assembly)
            self._wordings = {wording.key: wording for wording in found}
        wording = self._wordings.get(key)
        if wording is None:
            return {"subject": "", "opening": ""}
        facts = {"number": str(self.assembly.number), "city": self.assembly.city, **values()}
        return {
            "subject": rules.fill(wording.subject or "", facts),
            "opening": rules.fill(wording.opening or "", facts),
        }

    def _of_session(self, item: Item) -> dict[str, str]:
        return {
            "title": item.title,
            "day": date_format(item.starts_at, "l j F"),
            "time": date_format(item.starts_at, "H:i"),
            "room": item.place.name,
        }


def calendar_of(entries: Sequence[Entry], assembly: Assembly, language: str) -> str:
    """An .ics file with the sessions that moved, came or were cancelled (RFC 5545); "" for none.

    The UIDs are those of the feeds and the sequence grew, so a calendar moves what it has.
    """
    with translation.override(language):
        found = [_event(entry) for entry in entries if entry.touches_calendar]
        if not found:
            return ""
        content = ical.feed(
            found,
            name=gettext("General Assembly %(number)s, %(city)s")
            % {"number": assembly.number, "city": assembly.city},
            timezone=assembly.timezone,
            cancelled_prefix=gettext("CANCELLED:"),
        )
    return content.decode()


def _event(entry: Entry) -> ical.Entry:
    if entry.new is not None:
        return entry_of(entry.new)
    assert entry.old is not None  # a change has one of the two
    gone = entry_of(entry.old)
    return ical.removed(gone)


def alert(kind: AlertKind, figure: Mapping[str, int], *, at: datetime) -> None:
    """To the duty address: something is wrong with the mail."""
    enqueue(
        f"{FOLDER}/alert",
        to=Recipient(settings.DUTY_EMAIL),
        context={
            "what": kind.label,
            "figure": figure,
            "link": settings.BASE_URL + reverse("admin:index"),
        },
        dedupe_key=f"alert:{kind}:{at.isoformat()}",
        not_before=at,
        priority=Priority.URGENT,
    )

"""Telling many people at once: each finds it under Messages, and most get it by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from assembly.editions.models import Assembly
from assembly.notifications.choices import Kind
from assembly.notifications.models import Announcement, Notice
from assembly.notifications.notices import unsubscribe_link
from assembly.notifications.selectors.people import Addressee
from assembly.outbox.choices import InDoubt, Priority
from assembly.outbox.letters import Letter, Rendered
from assembly.outbox.models import Message
from assembly.outbox.services import Parcel, enqueue_many

FOOT: Final = "\n-- \n"


@dataclass(frozen=True)
class Post:
    """One letter to one person. `topic` is what they may decline; "" is nothing."""

    to: Addressee
    letter: Letter
    kind: Kind
    template: str
    dedupe_key: str
    topic: str = ""
    about: str = ""
    calendar: str = ""
    expires_at: datetime | None = None

    def written(self) -> tuple[Rendered, str]:
        """The letter with what is this person's own, and the address that ends such mails."""
        to = self.to
        link = ""
        if self.topic and to.person is not None:
            link = unsubscribe_link(to.reference, self.topic, to.recipient.language)
        names = {"name": to.recipient.name, "delegation": to.delegation}
        return self.letter.to(names, {"unsubscribe": link}), link


@transaction.atomic
def post(
    posts: Sequence[Post],
    *,
    assembly: Assembly,
    at: datetime,
    priority: int = Priority.NORMAL,
    when_in_doubt: str = InDoubt.ASK,
    announcement: Announcement | None = None,
) -> dict[str, Message]:
    """Queue the mails for `at` and write the notices; returns the messages by dedupe key."""
    parcels: list[Parcel] = []
    notices: list[tuple[Post, int, Rendered]] = []
    for one in posts:
        rendered, link = one.written()
        if one.to.mail:
            parcels.append(_parcel(one, rendered, link))
        if one.to.person is not None:
            notices.append((one, one.to.person, rendered))
    messages = enqueue_many(
        parcels,
        not_before=at,
        priority=priority,
        when_in_doubt=when_in_doubt,
        batch=announcement.batch if announcement else "",
    )
    sent = {message.dedupe_key: message for message in messages}
    Notice.objects.bulk_create(
        (_notice(*written, assembly, sent, at, announcement) for written in notices),
        batch_size=500,
    )
    return sent


def _parcel(one: Post, rendered: Rendered, link: str) -> Parcel:
    return Parcel(
        to=one.to.recipient,
        rendered=rendered,
        dedupe_key=one.dedupe_key,
        template=one.template,
        about=one.about,
        calendar=one.calendar,
        unsubscribe=link,
        expires_at=one.expires_at,
    )


def _notice(
    one: Post,
    person: int,
    rendered: Rendered,
    assembly: Assembly,
    sent: dict[str, Message],
    at: datetime,
    announcement: Announcement | None,
) -> Notice:
    codes = one.about.split()
    return Notice(
        assembly=assembly,
        person_id=person,
        kind=one.kind,
        language=one.to.recipient.language,
        subject=rendered.subject,
        text=rendered.text.rpartition(FOOT)[0].strip(),
        visible_from=at,
        session_code=codes[0] if len(codes) == 1 else "",
        message=sent.get(one.dedupe_key),
        announcement=announcement,
    )

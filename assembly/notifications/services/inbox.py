"""What readers do with their messages, and what is forgotten with them."""

from datetime import datetime

from django.db import transaction

from assembly.accounts.models import User
from assembly.notifications.models import Notice
from assembly.notifications.services import reminders
from assembly.outbox import services as outbox
from assembly.people.models import Person


def mark_read(*, user: User, at: datetime, uuid: str | None = None) -> int:
    """Note that somebody has read one message, or all that are shown; returns how many."""
    unread = Notice.objects.of(user).shown(at).unread()
    if uuid is not None:
        unread = unread.filter(uuid=uuid)
    return Notice.objects.filter(pk__in=list(unread.values_list("pk", flat=True))).update(
        read_at=at
    )


@transaction.atomic
def forget(*, people: list[int]) -> int:
    """Delete what these people were told and would have been; returns how many messages.

    Mails to those who have no account lose address and words here.
    """
    reminders.forget(people=people)
    for person in Person.objects.filter(pk__in=people):
        outbox.forget(user_id=person.mail_key)
    return Notice.objects.filter(person__in=people).delete()[0]


def forget_erased() -> int:
    """Delete the messages of people whom an organiser erased one by one; returns how many."""
    return Notice.objects.filter(person__erased_at__isnull=False).delete()[0]

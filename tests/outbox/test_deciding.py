"""What organisers decide: to send again, to leave it, to write to an address again."""

from functools import partial

import pytest

from assembly.core.errors import NotAllowed, StaleState
from assembly.core.models import AuditEntry
from assembly.outbox import services
from assembly.outbox.choices import State
from assembly.outbox.models import Message, Suppression
from tests.conftest import NOON
from tests.outbox.conftest import enqueue, enqueue_many
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db


def message_in(state: str) -> Message:
    [message] = enqueue_many("a@example.org")
    Message.objects.update(state=state)
    message.refresh_from_db()
    return message


def resend(message, by):
    return services.resend(message=message, by=by, reason="She asked", at=NOON)


@pytest.mark.parametrize("state", [State.FAILED, State.UNCERTAIN, State.CANCELLED])
def test_what_was_not_accepted_goes_again_as_the_same_mail(organiser, state):
    message = message_in(state)
    assert resend(message, organiser).uuid == message.uuid
    assert Message.objects.get().state == State.QUEUED
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.facts) == (
        "message sent again",
        {"reason": "She asked", "state": str(state)},
    )


def test_what_was_accepted_goes_as_a_new_mail(organiser):
    message = message_in(State.SENT)
    again = resend(message, organiser)
    assert again.uuid != message.uuid
    assert sorted(Message.objects.values_list("state", "subject")) == [
        (State.QUEUED, "Room changed"),
        (State.SENT, "Room changed"),
    ]


@pytest.mark.parametrize("state", [State.QUEUED, State.LEASED, State.SENDING])
def test_what_is_on_its_way_is_left_alone(organiser, state):
    with pytest.raises(StaleState):
        resend(message_in(state), organiser)


def test_a_mail_with_a_code_is_never_sent_again(organiser):
    enqueue(sensitive=True)
    Message.objects.update(state=State.FAILED)
    with pytest.raises(NotAllowed, match="gone"):
        resend(Message.objects.get(), organiser)


def test_a_suppressed_address_has_to_be_lifted_first(organiser):
    message = message_in(State.FAILED)
    suppression = Suppression.objects.create(email="a@example.org", since=NOON, answer="550")
    with pytest.raises(NotAllowed, match="suppressed"):
        resend(message, organiser)

    services.lift(suppression=suppression, by=organiser, reason="A typo there", at=NOON)
    assert resend(message, organiser).pk == message.pk
    with pytest.raises(StaleState):
        services.lift(suppression=suppression, by=organiser, reason="Again", at=NOON)


def test_doubt_is_settled_once(organiser):
    message = message_in(State.UNCERTAIN)
    services.settle(message=message, by=organiser, at=NOON)
    assert Message.objects.get().state == State.SENT
    with pytest.raises(StaleState):
        services.settle(message=message, by=organiser, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_organisers_at_once_decide_once(organiser):
    message = message_in(State.UNCERTAIN)
    results = race(
        partial(resend, message, organiser),
        partial(services.settle, message=message, by=organiser, at=NOON),
    )
    assert "StaleState" in type_names(results)
    assert Message.objects.get().state in (State.QUEUED, State.SENT)

"""A real mail server, and messages to it."""

import pytest

from assembly.outbox import services
from assembly.outbox.letters import Rendered
from assembly.outbox.models import Message
from assembly.outbox.recipients import Recipient
from assembly.outbox.services import Parcel
from tests.conftest import NOON, free_port
from tests.sink import Sink, listening


@pytest.fixture
def sink(settings):
    port = free_port()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with listening(Sink(), port) as handler:
        yield handler


def enqueue(address="amina@example.org", key="", **options) -> Message:
    """A sign-in code, which is plain unless an option says `sensitive`."""
    return services.enqueue(
        "account/email/login_code",
        to=Recipient(address, options.pop("name", "Amina"), options.pop("language", "en")),
        context={"code": "ABC-123"},
        dedupe_key=key or address,
        not_before=options.pop("not_before", NOON),
        **options,
    )


def enqueue_many(*addresses, not_before=NOON, **options) -> list[Message]:
    parcels = [
        Parcel(
            Recipient(address), Rendered("Room changed", "Go there", "<p>Go</p>"), address, "t/many"
        )
        for address in addresses
    ]
    return services.enqueue_many(parcels, not_before=not_before, **options)


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("to_email", "state"))

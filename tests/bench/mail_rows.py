"""What a clerk does for `tests.bench.mail`: it knows Django, the bench does not."""

from assembly.core.clock import DatabaseClock
from assembly.outbox import pump
from assembly.outbox.models import Message
from assembly.outbox.transport import mail_of


def sample() -> str:
    """One of the queued mails as it will leave."""
    mail = mail_of(Message.objects.order_by("pk")[0]).message()
    return mail.as_bytes(linesep="\r\n").decode()


def send() -> int:
    """What a sender process does until nothing is due; how many mails it sent."""
    clock, sent = DatabaseClock(), 0
    while some := pump.run(clock):
        sent += some
    return sent

"""django-anymail's Mailgun backend against a real HTTP server that answers as the address asks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from assembly.outbox import pump
from assembly.outbox.choices import State
from assembly.outbox.models import DeliveryAttempt
from tests.conftest import NOON, free_port
from tests.outbox.conftest import enqueue, states

pytestmark = pytest.mark.django_db


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
        word = next((w for w in ("s400", "s401", "s429", "s500", "abort", "hang") if w in body), "")
        if word == "hang":
            time.sleep(2)
        if word in ("abort", "hang"):
            self.close_connection = True
            return
        status = int(word[1:]) if word else 200
        content = b'{"id": "<1@provider>", "message": "Queued"}'
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Nothing on the console."""


@contextmanager
def provider(settings) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    use(settings, server.server_address[1])
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def use(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {
        "MAILGUN_API_KEY": "k",
        "MAILGUN_SENDER_DOMAIN": "assembly.example",
        "MAILGUN_API_URL": f"http://127.0.0.1:{port}/v3",
        "REQUESTS_TIMEOUT": 1,
    }


def test_each_answer_of_a_provider_has_its_end(settings):
    words = ("amina", "s400", "s401", "s429", "s500", "abort", "hang")
    for word in words:
        enqueue(f"{word}@example.org")
    with provider(settings):
        assert pump.run(lambda: NOON) == 1

    assert states() == {
        "amina@example.org": State.SENT,
        "s400@example.org": State.FAILED,
        "s401@example.org": State.QUEUED,
        "s429@example.org": State.QUEUED,
        "s500@example.org": State.QUEUED,
        "abort@example.org": State.UNCERTAIN,
        "hang@example.org": State.UNCERTAIN,
    }
    answers = DeliveryAttempt.objects.values_list("message__to_email", "answer")
    assert dict(answers) == {
        "amina@example.org": "accepted",
        "s400@example.org": "HTTP 400",
        "s401@example.org": "HTTP 401",
        "s429@example.org": "HTTP 429",
        "s500@example.org": "HTTP 500",
        "abort@example.org": "no answer",
        "hang@example.org": "no answer",
    }


def test_a_provider_that_is_away_delays(settings):
    use(settings, free_port())
    enqueue()
    pump.run(lambda: NOON)
    assert states() == {"amina@example.org": State.QUEUED}

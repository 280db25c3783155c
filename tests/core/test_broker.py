"""What keeps a worker alive when its broker dies; tests/faults kills one to see."""

import pytest
from redis.exceptions import ConnectionError as BrokerConnectionError

from assembly.celery import app
from tests.conftest import free_port


class Enough(Exception):
    """The test has seen what it came for."""


def test_a_broker_that_is_away_is_asked_every_four_seconds():
    waits = []

    def note(error, wait):
        waits.append(wait)
        raise Enough

    with (
        app.connection(f"redis://127.0.0.1:{free_port()}/0") as connection,
        pytest.raises(Enough),
    ):
        connection.ensure_connection(note, interval_start=30)

    assert waits == [4]
    assert app.conf.broker_connection_max_retries is None


def test_acknowledging_on_a_dead_connection_raises_what_celery_expects():
    with app.connection() as connection:
        channel = connection.channel()
        assert channel.qos
        connection.collect()
        with pytest.raises(BrokerConnectionError, match="is closed"):
            channel.basic_ack("a task")
        assert BrokerConnectionError in connection.connection_errors

"""How Celery speaks with the broker: a worker outlives a broker that dies, and is soon back."""

from typing import Any, Final, Self

from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import redis
from redis.exceptions import ConnectionError as BrokerConnectionError

LONGEST_WAIT: Final = 4  # seconds between two tries; kombu's own wait grows to 30


class MortalChannel(redis.Channel):
    """A channel that says what is wrong once its connection is gone.

    kombu 5.7 takes the broker's address from it first. What was still to be given back or
    acknowledged then raised an AttributeError, which nobody expects, and it ended the worker.
    """

    def _connparams(self, *args: Any, **options: Any) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise BrokerConnectionError("The connection of this channel is closed.")
        found: dict[str, Any] = super()._connparams(*args, **options)  # type: ignore[misc]
        return found


class Transport(redis.Transport):
    Channel = MortalChannel


class TirelessConnection(Connection):
    """A connection that is tried again every few seconds, however long the broker was away."""

    def ensure_connection(self, *args: Any, **options: Any) -> Self:
        return super().ensure_connection(*args, **{"interval_max": LONGEST_WAIT, **options})

    def get_transport_cls(self) -> Any:
        found = super().get_transport_cls()
        return Transport if found is redis.Transport else found


class Wire(AMQP):
    Connection = TirelessConnection

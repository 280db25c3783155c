"""`/healthz`: the process answers. `/readyz`: what it needs answers too, each by name."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when all is well, else 503; the answer says which part failed and nothing about why."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "migrations": _migrations_are_applied,
        "broker": _broker_answers,
    }
    answers = {name: "ok" if check() else "failed" for name, check in checks.items()}
    ready = set(answers.values()) == {"ok"}
    return JsonResponse(answers, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.error("not_ready", part="database", error=type(error).__name__)
        return False
    return True


def _migrations_are_applied() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        log.error("not_ready", part="migrations", error=type(error).__name__)
        return False


def _broker_answers() -> bool:
    try:
        client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        return bool(client.ping())
    except RedisError as error:
        log.error("not_ready", part="broker", error=type(error).__name__)
        return False

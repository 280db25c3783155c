"""The two checks: process up, and ready with the part that failed named."""

import pytest
from django.db import connection


def test_healthz_answers_without_a_database(client):
    assert (client.get("/healthz").status_code, client.get("/healthz").content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_each_part(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"database": "ok", "migrations": "ok", "broker": "ok"},
    )


@pytest.mark.django_db
def test_readyz_says_that_the_broker_is_away_and_not_where_it_was(client, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (503, "failed")
    assert "secret" not in response.content.decode()


@pytest.mark.django_db
def test_readyz_says_that_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "failed")

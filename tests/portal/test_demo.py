"""The demo: what it holds, that it is labelled, and that twice changes nothing."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command

from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.programme.models import Revision, Session
from assembly.programme.selectors.drafts import clashes_now

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in ("sessions", "contenttypes", "auth")
    }


def test_glasgow_is_built_and_published_without_a_block_or_warning(client):
    call_command("seed_glasgow", dates="actual", verbosity=0)
    assembly = Assembly.objects.current().get()
    assert (assembly.number, str(assembly.first_day)) == (92, "2024-11-04")
    assert (Session.objects.count(), Revision.objects.count()) == (20, 1)
    assert clashes_now(assembly) == []
    body = client.get("/sessions/OPEN01/").content.decode()
    assert ("Sir Keir Starmer" in body, "Illustrative" in body) == (True, True)
    assert "Times and rooms are illustrative." in client.get("/schedule/").content.decode()
    assert client.get("/sessions/REGAF1/").status_code == 404
    assert "Šárka Havránková" in client.get("/assemblies/88/").content.decode()


def test_building_it_twice_changes_nothing():
    call_command("seed_glasgow", dates="actual", verbosity=0)
    before = counts()
    call_command("seed_glasgow", dates="soon", verbosity=0)
    assert counts() == before
    assert str(Assembly.objects.current().get().first_day) == "2024-11-04"


@pytest.mark.parametrize(
    ("dates", "first_day"),
    [("today", "2026-03-30"), ("soon", "2026-04-13"), ("actual", "2024-11-04")],
)
def test_day_one_is_counted_in_the_assemblys_zone(dates, first_day):
    with time_machine.travel(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), tick=False):
        call_command("seed_glasgow", dates=dates, verbosity=0)
    assert str(Assembly.objects.current().get().first_day) == first_day


def test_scale_multiplies_the_sessions_and_still_publishes():
    call_command("seed_glasgow", dates="actual", scale=3, verbosity=0)
    assert Session.objects.count() == 60
    assert Person.objects.filter(display_name__startswith="Demo moderator").count() == 2
    assert [clash for clash in clashes_now(Assembly.objects.current().get()) if clash.blocks] == []


def test_demo_data_is_refused_outside_demo_settings(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo settings only"):
        call_command("seed_glasgow")
    assert Assembly.objects.count() == 0


@pytest.mark.parametrize("scale", [0, -1, 201])
def test_a_scale_that_makes_no_sense_is_refused(scale):
    with pytest.raises(CommandError, match="whole number from 1 to 200"):
        call_command("seed_glasgow", scale=scale)

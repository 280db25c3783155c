"""Closures, walks, and what the database refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import RoomFactory, ZoneFactory
from venues.models import Room, RoomClosure, WalkingTime
from venues.selectors import Closure, closures, walking_minutes

pytestmark = pytest.mark.django_db
NINE = datetime(2024, 11, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_closures_are_those_that_share_an_instant_with_the_window():
    room = RoomFactory(code="ALSH")
    for start, reason in ((NINE - HOUR, "before"), (NINE, "inside"), (NINE + HOUR, "after")):
        RoomClosure.objects.create(room=room, starts_at=start, ends_at=start + HOUR, reason=reason)
    assert closures(start=NINE, end=NINE + HOUR) == [Closure("ALSH", NINE, NINE + HOUR, "inside")]


def test_a_walk_is_as_long_there_as_back():
    first, second = ZoneFactory(name="Armadillo"), ZoneFactory(name="SEC Centre")
    WalkingTime.objects.create(first=first, second=second, minutes=8)
    assert walking_minutes() == {("Armadillo", "SEC Centre"): 8, ("SEC Centre", "Armadillo"): 8}


def test_the_database_refuses_what_must_never_be():
    room = RoomFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomClosure.objects.create(room=room, starts_at=NINE, ends_at=NINE, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        WalkingTime.objects.create(first=room.zone, second=room.zone, minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomFactory(code="EMPTY", capacity=0)


def test_a_closure_that_ends_before_it_starts_is_told_so_beside_the_form(organiser, as_user):
    room = RoomFactory()
    form = {
        "room": room.pk,
        "starts_at_0": "2024-11-05",
        "starts_at_1": "10:00",
        "ends_at_0": "2024-11-05",
        "ends_at_1": "09:00",
        "reason": "x",
    }
    page = as_user(organiser).post("/organise/venues/roomclosure/add/", form).content.decode()
    assert "A closure ends after it starts." in page
    form["ends_at_0"] = "9999-12-31"
    page = as_user(organiser).post("/organise/venues/roomclosure/add/", form).content.decode()
    assert "This year cannot be right." in page
    assert Room.objects.count() == 1

"""Whom a publication concerns: the counts organisers see, and the rows that are sent from."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.delegations.services import withdraw
from assembly.itineraries import services, tasks
from assembly.itineraries.models import Concern, Reach
from assembly.itineraries.selectors.impact import impact
from assembly.people.services import take_capacity
from assembly.programme.models import Participation, Revision
from assembly.programme.selectors import drafts
from assembly.programme.services import save_session
from assembly.programme.services.publishing import plan
from tests.conftest import NOON
from tests.factories import (
    PersonFactory,
    RoomFactory,
    SessionFactory,
    delegate_of,
    delegation_of,
)
from tests.itineraries.conftest import change, republish
from tests.racing import race

pytestmark = pytest.mark.django_db


def edit(assembly, code, **fields):
    session = assembly.sessions.get(code=code)
    for name, value in fields.items():
        setattr(session, name, value)
    save_session(session=session, based_on=session.version, by=None, at=NOON)


def now(assembly):
    planned = plan(assembly=assembly)
    return impact(assembly, drafts.published(assembly), planned.payloads, NOON)


def test_a_mandatory_session_that_moves_concerns_every_delegate_and_a_text_moves_nobody(
    programme, chile, member
):
    other = delegate_of(delegation_of("FR"), "Omar Haddad")
    edit(programme, "PLEN01", room=RoomFactory(code="ALSH"))
    found = now(programme)
    assert found.codes == {member.person_id: ["PLEN01"], other.person_id: ["PLEN01"]}
    assert (found.people, found.moved, found.clashes) == (2, 2, 0)
    republish(programme)
    edit(programme, "PLEN01", agenda_item="2")
    assert (now(programme).people, now(programme).moved) == (2, 0)


def test_a_clash_is_counted_for_each_person_it_hits_and_only_when_it_is_new(programme, member):
    delegate_of(delegation_of("FR"), "Omar Haddad")
    panel = programme.sessions.get(code="PANEL1")
    services.save_session(person=member.person, session=panel, at=NOON)
    edit(programme, "PANEL1", starts_at=datetime(2024, 11, 5, 10, tzinfo=UTC))
    assert (now(programme).people, now(programme).clashes) == (1, 1)
    republish(programme)
    edit(programme, "PANEL1", room=RoomFactory(code="ALSH"))
    assert now(programme).clashes == 0


def test_those_who_were_concerned_are_told_also_when_they_are_not_any_more(programme, member):
    edit(programme, "PLEN01", mandatory="")
    assert list(now(programme).codes) == [member.person_id]


def test_nobody_is_concerned_by_what_they_may_not_know_of(programme, chile, member):
    session = SessionFactory(
        assembly=programme,
        code="SECRET",
        listing="organisers",
        mandatory="delegates",
        room=RoomFactory(code="X9"),
    )
    assert now(programme).codes == {}
    session.refresh_from_db()
    edit(programme, "SECRET", listing="public", embargo_until=NOON + timedelta(days=1))
    assert now(programme).codes == {}
    edit(programme, "SECRET", embargo_until=NOON - timedelta(seconds=1))
    assert now(programme).codes == {member.person_id: ["SECRET"]}


def test_the_withdrawn_are_concerned_by_nothing(programme, member):
    withdraw(delegate=member, by=None, at=NOON)
    edit(programme, "PLEN01", room=RoomFactory(code="ALSH"))
    assert now(programme).codes == {}


def test_a_speaker_is_concerned_when_put_on_and_when_taken_off(programme):
    person = PersonFactory()
    take_capacity(person=person, assembly=programme, kind="speaker", by=None, at=NOON)
    session = programme.sessions.get(code="PANEL1")
    row = Participation.objects.create(session=session, person=person, role="speaker")
    assert now(programme).codes == {person.pk: ["PANEL1"]}
    republish(programme)
    row.delete()
    assert now(programme).codes == {person.pk: ["PANEL1"]}


def test_the_rows_are_written_once_for_each_revision_that_tells(programme, member):
    tasks.work_out()
    change(programme, "PLEN01", room=RoomFactory(code="ALSH"))
    tasks.work_out()
    tasks.work_out()
    assert list(Reach.objects.order_by("pk").values_list("revision__number", "people")) == [
        (1, 1),
        (2, 1),
    ]
    newest = Concern.objects.get(revision__number=2)
    assert (newest.person, newest.codes) == (member.person, ["PLEN01"])
    edit(programme, "PLEN01", room=RoomFactory(code="HALL5"))
    quiet = republish(programme, tell=False)
    tasks.work_out()
    assert Reach.objects.filter(revision=quiet).count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_writes_the_rows(programme, member):
    change(programme, "PLEN01", room=RoomFactory(code="ALSH"))
    newest = Revision.objects.latest_first().first()
    results = race(*[partial(services.work_out, revision=newest, at=NOON)] * 2)
    assert sorted(map(str, results)) == ["False", "True"]
    assert Concern.objects.filter(revision=newest).count() == 1


def test_working_it_out_costs_as_many_queries_for_many_people_as_for_one(programme, member):
    edit(programme, "PLEN01", room=RoomFactory(code="ALSH"))
    counts = []
    for size in (0, 30):
        delegation = delegation_of(f"A{chr(65 + size % 26)}", seats=40)
        for number in range(size):
            delegate_of(delegation, f"A P{number}")
        planned = plan(assembly=programme)
        with CaptureQueriesContext(connection) as queries:
            impact(programme, drafts.published(programme), planned.payloads, NOON)
        counts.append(len(queries))
    assert counts == [3, 3]  # one of them is the test's own reading of what is published


def test_the_publish_page_asks_for_the_counts_and_they_follow_the_choice(
    as_user, organiser, programme, member
):
    desk = as_user(organiser)
    edit(programme, "PLEN01", room=RoomFactory(code="ALSH"))
    page = desk.get("/organise/publish/").content.decode()
    assert 'hx-get="/organise/publish/impact/"' in page
    whole = desk.get("/organise/publish/impact/").content.decode()
    assert ("Moves 1 person’s schedule" in whole, "<html" in whole) == (True, True)
    part = desk.get("/organise/publish/impact/?only=NOSUCH", headers={"hx-request": "true"})
    assert "These changes concern nobody’s schedule." in part.content.decode()
    assert "<html" not in part.content.decode()

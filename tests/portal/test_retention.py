"""What is erased when, proven on rows, files, old revisions, accounts, mail and the admin's log."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from assembly.accounts.models import User
from assembly.delegations import services
from assembly.delegations.models import Delegate, ImportBatch
from assembly.itineraries.models import Itinerary, SavedSession
from assembly.itineraries.services import make_calendar, save_session
from assembly.outbox.models import Message
from assembly.outbox.services import enqueue
from assembly.people.models import Person
from assembly.portal.retention import erase_expired
from assembly.programme.models import Participation
from assembly.programme.services import publish
from tests.conftest import NOON
from tests.delegations.test_editing import picture
from tests.factories import AssemblyFactory, SessionFactory, delegate_of, delegation_of

pytestmark = pytest.mark.django_db(transaction=True)
ENDED = datetime(2024, 11, 8, tzinfo=UTC)
SENSITIVE_GO = ENDED + timedelta(days=30)
PEOPLE_GO = ENDED + timedelta(days=365)


@pytest.fixture
def delegate(private_files):
    """A delegate who spoke, saved a session, has a photo, a calendar, mail and log entries."""
    delegate = delegate_of(
        delegation_of("CL"),
        "Amina Diallo",
        email="amina@police.example",
        birth_date=date(1980, 2, 29),
        dietary="Halal",
        access_needs="Wheelchair",
        function="Chief",
    )
    services.set_photo(delegate=delegate, jpeg=picture(), by=None, at=NOON)
    session = SessionFactory(assembly=delegate.delegation.assembly, code="PLEN01")
    Participation.objects.create(session=session, person=delegate.person, role="speaker")
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    save_session(person=delegate.person, session=session, at=NOON)
    make_calendar(person=delegate.person, by=delegate.person.user, at=NOON)
    enqueue(
        "account/email/second_factor_reset",
        to=delegate.person.user.as_recipient(),
        context={},
        dedupe_key="test",
    )
    for row in (delegate.person, delegate):
        LogEntry.objects.create(
            user=delegate.person.user,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr="Amina Diallo",
            action_flag=CHANGE,
            change_message="Amina",
        )
    ImportBatch.objects.create(
        assembly=session.assembly, expires_at=NOON, rows=[{"name": "Amina"}], digest="x"
    )
    return Delegate.objects.get()


def files(directory) -> int:
    return sum(path.is_file() for path in directory.rglob("*"))


def test_nothing_goes_before_its_day(delegate, private_files):
    assert erase_expired(at=SENSITIVE_GO - timedelta(seconds=1), dry_run=False) == {}
    assert (Delegate.objects.get().dietary, files(private_files)) == ("Halal", 1)


def test_a_dry_run_tells_the_figures_and_keeps_everything(delegate, private_files):
    expected = {"92 Glasgow": {"needs": 1, "photos": 1, "birth dates": 1, "imports": 1}}
    assert erase_expired(at=SENSITIVE_GO, dry_run=True) == expected
    row = Delegate.objects.select_related("person").get()
    assert (row.dietary, row.person.birth_date, files(private_files)) == (
        "Halal",
        date(1980, 2, 29),
        1,
    )
    assert erase_expired(at=SENSITIVE_GO, dry_run=False) == expected
    assert erase_expired(at=SENSITIVE_GO, dry_run=False) == {}


def test_sensitive_data_go_first_and_the_rest_stays(delegate, private_files):
    erase_expired(at=SENSITIVE_GO, dry_run=False)
    row = Delegate.objects.select_related("person").get()
    assert (row.dietary, row.access_needs, row.photo.name, row.person.birth_date) == (
        "",
        "",
        "",
        None,
    )
    assert (files(private_files), ImportBatch.objects.count()) == (0, 0)
    assert (row.badge_name, row.person.email) == ("Amina Diallo", "amina@police.example")


def test_later_nothing_of_the_person_is_left_anywhere(delegate, client):
    assert "Amina Diallo" in client.get("/sessions/PLEN01/").content.decode()
    erase_expired(at=PEOPLE_GO, dry_run=False)
    assert "Amina" not in client.get("/sessions/PLEN01/").content.decode()
    assert "Amina" not in client.get("/changes/1/").content.decode()
    everything = [
        list(model.objects.values())
        for model in (Person, Delegate, User, Message, LogEntry, ImportBatch, SavedSession)
    ]
    assert [word for word in ("Amina", "Diallo", "amina@") if word in str(everything)] == []
    assert (SavedSession.objects.count(), Itinerary.objects.count()) == (0, 0)
    user = User.objects.get()
    assert (user.is_active, user.email, user.groups.count()) == (False, None, 0)
    assert Delegate.objects.get().delegation.seats_taken == 1  # numbers stay


def test_who_comes_to_a_later_assembly_is_kept(delegate):
    later = AssemblyFactory(
        number=93,
        city="Elsewhere",
        first_day=date(2025, 11, 24),
        last_day=date(2025, 11, 27),
        is_current=False,
    )
    again = delegation_of("CL", assembly=later)
    delegate_of(again, "Amina Diallo", birth_date=date(1980, 2, 29))
    erase_expired(at=PEOPLE_GO, dry_run=False)
    person = Person.objects.get()
    assert (person.display_name, person.birth_date) == ("Amina Diallo", date(1980, 2, 29))


def test_focal_points_go_too_unless_they_keep_a_later_list(delegate, make_user):
    """Also one who was a delegate: the account stays while it keeps a list."""
    gone = make_user("focal_point", "gone@police.example", name="Gone Focal")
    stays = make_user("focal_point", "stays@police.example", name="Stays Focal")
    Person.objects.filter(pk=delegate.person_id).update(user=stays)
    delegate.delegation.focal_points.add(gone, stays)
    later = AssemblyFactory(
        number=93,
        city="Elsewhere",
        first_day=date(2025, 11, 24),
        last_day=date(2025, 11, 27),
        is_current=False,
    )
    delegation_of("FR", assembly=later).focal_points.add(stays)
    erase_expired(at=PEOPLE_GO, dry_run=False)
    assert [
        User.objects.values_list("email", "name", "is_active").get(pk=user.pk)
        for user in (gone, stays)
    ] == [(None, "", False), ("stays@police.example", "Stays Focal", True)]


def test_the_command_says_what_it_does(delegate, capsys):
    AssemblyFactory(number=92)
    call_command("erase_expired", "--dry-run")
    assert capsys.readouterr().out.startswith("Would erase of 92 Glasgow: needs: 1, photos: 1")
    call_command("erase_expired")
    assert "Erased of 92 Glasgow: needs: 1" in capsys.readouterr().out
    call_command("erase_expired")
    assert capsys.readouterr().out == "Nothing to erase.\n"

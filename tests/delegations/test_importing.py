"""Importing: every verdict named, then all or nothing, once, and only onto what was shown."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.accounts.models import User
from assembly.core import progress
from assembly.core.errors import NotAllowed, StaleState
from assembly.delegations import services, tasks
from assembly.delegations.models import Delegate, Delegation, ImportBatch
from assembly.delegations.spreadsheet import Unreadable
from assembly.people.models import Capacity, Person
from assembly.people.services import take_capacity
from tests.conftest import NOON
from tests.factories import (
    AssemblyFactory,
    MemberCountryFactory,
    ObserverFactory,
    PersonFactory,
    delegate_of,
    delegation_of,
)
from tests.racing import race

pytestmark = pytest.mark.django_db
HEADER = (
    "Reference,Delegation,Given names,Family name,Head,E-mail,Date of birth,Function,Seats,"
    "Reason for a second capacity"
)


@pytest.fixture
def assembly():
    return delegation_of("CL", seats=3).assembly


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def preview(assembly, *rows: str, header: str = HEADER, by=None, at=NOON) -> ImportBatch:
    content = file(*rows, header=header)
    batch = services.preview(assembly=assembly, name="d.csv", content=content, by=by, at=at)
    batch.refresh_from_db()
    return batch


def verdicts(batch: ImportBatch) -> list:
    return [
        (row["number"], row["verdict"], [list(fault) for fault in row["faults"]])
        for row in batch.rows
    ]


def confirm(batch: ImportBatch, *, without_faulty=False, at=NOON) -> ImportBatch:
    services.confirm(batch=batch, without_faulty=without_faulty, by=None, at=at)
    batch.refresh_from_db()
    return batch


def test_new_delegates_are_shown_then_written_with_seats_accounts_and_capacities(assembly):
    batch = preview(
        assembly,
        ",CL,Amina,Diallo,yes,amina@police.example,1980-02-29,Chief,,",
        ",Country CL,عمر,الخالدي,no,,,,,",
    )
    assert verdicts(batch) == [(2, "new", []), (3, "new", [])]
    assert Delegate.objects.count() == 0
    assert confirm(batch).state == "done"
    assert [
        (d.badge_name, d.is_head, d.capacity.kind, d.person.user.email)
        for d in Delegate.objects.order_by("pk")
    ] == [
        ("Amina Diallo", True, "delegate", "amina@police.example"),
        ("عمر الخالدي", False, "delegate", None),
    ]
    assert Delegation.objects.get().seats_taken == 2
    assert batch.rows == []  # nobody needs people's data there any more


def test_the_same_file_again_changes_nothing_and_a_changed_one_shows_old_and_new(assembly):
    row = ",CL,Amina,Diallo,yes,,1980-02-29,Chief,,"
    confirm(preview(assembly, row))
    again = preview(assembly, row)
    assert verdicts(again) == [(2, "unchanged", [])]
    with pytest.raises(NotAllowed):
        confirm(again)
    changed = preview(assembly, row.replace("Chief", "Director").replace("Diallo", "DIALLO"))
    assert changed.rows[0]["changes"] == [
        ["Family name", "Diallo", "DIALLO"],
        ["Function", "Chief", "Director"],
    ]
    confirm(changed)
    delegate = Delegate.objects.get()
    assert (delegate.function, delegate.badge_name, delegate.version) == (
        "Director",
        "Amina DIALLO",
        2,
    )


def test_columns_that_are_not_in_the_file_stay_as_they_are(assembly):
    delegate_of(Delegation.objects.get(), function="Chief", dietary="Halal")
    batch = preview(assembly, "CL,Amina,Diallo,Director", header="Country,Given name,Surname,Title")
    confirm(batch)
    assert Delegate.objects.values_list("function", "dietary").get() == ("Director", "Halal")


def test_a_reference_finds_a_delegate_whose_name_is_corrected(assembly):
    delegate = delegate_of(Delegation.objects.get())
    confirm(preview(assembly, f"{delegate.uuid},CL,Aminata,Diallo,no,,,,,"))
    delegate.refresh_from_db()
    assert (delegate.badge_name, Person.objects.count()) == ("Aminata Diallo", 1)
    foreign = delegate_of(delegation_of("FR"), "Rosa Luna")
    batch = preview(
        assembly,
        f"{foreign.uuid},CL,Rosa,Luna,,,,,,",
        "00000000-0000-4000-8000-000000000000,CL,New,Person,,,,,,",
    )
    assert verdicts(batch) == [
        (2, "faulty", [["Delegation", "The reference belongs to another delegation."]]),
        (
            3,
            "faulty",
            [["Reference", "No delegate has this reference. Leave it empty for new ones."]],
        ),
    ]


def test_every_faulty_row_is_named_and_nothing_is_saved_until_they_are_left_out(assembly):
    delegate_of(delegation_of("FR"), "Rosa Luna", birth_date=date(1970, 1, 1))
    batch = preview(
        assembly,
        ",XX,A,B,,,,,,",
        ",,A,B,,,,,,",
        ",CL,,,,,,,,",
        ",CL,Given,,,,,,,",
        ",CL,C,D,perhaps,not-an-address,31/12/1980,,,",
        ",CL,Rosa,Luna,,,1970-01-01,,,",
        ",CL,Amina,Diallo,,,,,,",
        ",CL,diallo,AMINA,,,,,,",
    )
    assert verdicts(batch) == [
        (2, "faulty", [["Delegation", "No member or observer is called “XX”."]]),
        (3, "faulty", [["Delegation", "Name one."]]),
        (4, "faulty", [["Family name", "Write a name; without one, the number of seats."]]),
        (5, "faulty", [["Family name", "Write the family name; a single name goes here."]]),
        (
            6,
            "faulty",
            [
                ["Head", "Write yes or no."],
                ["E-mail", "“not-an-address” is not an e-mail address."],
                ["Date of birth", "Write the date as 1980-12-31."],
            ],
        ),
        (
            7,
            "faulty",
            [["Family name", "This person is in another delegation already: Country FR."]],
        ),
        (8, "new", []),
        (9, "faulty", [["Family name", "The same as row 8."]]),
    ]
    with pytest.raises(NotAllowed):
        confirm(batch)
    assert Delegate.objects.filter(delegation__country__code="CL").count() == 0
    confirm(batch, without_faulty=True)
    assert Delegate.objects.filter(delegation__country__code="CL").count() == 1


def test_seats_of_the_file_count_and_nobody_is_let_in_beyond_them(assembly):
    batch = preview(
        assembly,
        ",CL,A,One,,,,,,",
        ",CL,B,Two,,,,,,",
        ",CL,C,Three,,,,,,",
        ",CL,D,Four,,,,,,",
    )
    assert verdicts(batch)[3] == (
        5,
        "faulty",
        [["Delegation", "Country CL has 3 seats, and all are taken."]],
    )
    more = preview(assembly, ",CL,,,,,,,4,", ",CL,D,Four,,,,,,")
    assert more.rows[0]["changes"] == [["Seats", 3, 4]]
    confirm(batch, without_faulty=True)
    with pytest.raises(NotAllowed):
        confirm(preview(assembly, ",CL,,,,,,,2,"))
    confirm(preview(assembly, ",CL,,,,,,,4,", ",CL,D,Four,,,,,,"))
    assert Delegation.objects.values_list("seats", "seats_taken").get() == (4, 4)


def test_one_head_and_the_old_one_has_to_be_relieved_first(assembly):
    confirm(preview(assembly, ",CL,A,One,yes,,,,,"))
    batch = preview(assembly, ",CL,B,Two,yes,,,,,")
    assert verdicts(batch) == [(2, "faulty", [["Head", "The delegation has a head already."]])]
    confirm(preview(assembly, ",CL,A,One,no,,,,,", ",CL,B,Two,yes,,,,,"))
    assert list(Delegate.objects.filter(is_head=True).values_list("badge_name", flat=True)) == [
        "B Two"
    ]


def test_members_and_observers_without_a_delegation_get_one(assembly):
    MemberCountryFactory(code="FR", name="France")
    ObserverFactory()
    confirm(preview(assembly, ",France,A,One,,,,,7,", ",Europol,B,Two,,,,,,"))
    assert [
        (d.code, d.seats, d.seats_taken, d.may_vote, d.delegates.get().capacity.kind)
        for d in Delegation.objects.exclude(country__code="CL").order_by("pk")
    ] == [("EUROPOL", 5, 1, False, "observer"), ("FR", 7, 1, True, "delegate")]


def test_somebody_who_comes_as_media_needs_a_reason_in_the_file(assembly):
    person = PersonFactory(given_name="Amina", family_name="Diallo", birth_date=date(1980, 2, 29))
    take_capacity(person=person, assembly=assembly, kind="media", by=None, at=NOON)
    row = ",CL,Amina,Diallo,,,1980-02-29,,,"
    assert verdicts(preview(assembly, row)) == [
        (
            2,
            "faulty",
            [
                [
                    "Reason for a second capacity",
                    "Already there as: Media. Give a reason in this column.",
                ]
            ],
        )
    ]
    confirm(preview(assembly, row + "Left the newspaper"))
    assert list(
        Capacity.objects.order_by("pk").values_list("kind", "override_reason", "person")
    ) == [("media", "", person.pk), ("delegate", "Left the newspaper", person.pk)]


def test_a_preview_expires_and_works_once(assembly):
    row = ",CL,Amina,Diallo,,,,,,"
    late = preview(assembly, row)
    with pytest.raises(StaleState):
        confirm(late, at=NOON + timedelta(minutes=31))
    batch = confirm(preview(assembly, row))
    with pytest.raises((StaleState, NotAllowed)):
        confirm(batch)
    assert Delegate.objects.count() == 1


def test_it_is_refused_when_the_data_changed_after_the_preview(assembly):
    batch = preview(assembly, ",CL,Amina,Diallo,,,,,,", ",CL,Omar,Haddad,,,,,,")
    delegate_of(Delegation.objects.get(), "Omar Haddad")
    assert confirm(batch).state == "refused"
    assert batch.refusal == "The data changed after the preview. Upload the file again."
    assert list(Delegate.objects.values_list("badge_name", flat=True)) == ["Omar Haddad"]
    assert batch.rows == []


def test_a_large_file_is_imported_by_a_worker_with_progress(
    assembly, django_capture_on_commit_callbacks
):
    Delegation.objects.update(seats=500)
    batch = preview(assembly, *[f",CL,Name {n},Family {n},,,,,," for n in range(201)])
    with django_capture_on_commit_callbacks(execute=True):
        confirm(batch)
    assert (batch.state, Delegate.objects.count()) == ("queued", 0)
    tasks.apply_import(str(batch.uuid))
    tasks.apply_import(str(batch.uuid))  # a second delivery finds it done
    batch.refresh_from_db()
    assert (batch.state, Delegate.objects.count()) == ("done", 201)
    assert progress.read(str(batch.uuid)) == (6, 6)


def test_an_import_whose_wake_up_call_was_lost_is_taken_up(assembly, monkeypatch):
    Delegation.objects.update(seats=500)
    batch = preview(assembly, *[f",CL,Name {n},Family {n},,,,,," for n in range(201)])
    confirm(batch)
    ImportBatch.objects.update(updated_at=datetime.now(UTC) - timedelta(minutes=5))
    tasks.look_after_imports()
    assert Delegate.objects.count() == 201


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_writes_the_batch(assembly):
    Delegation.objects.update(seats=500)
    batch = preview(assembly, *[f",CL,Name {n},Family {n},,,,,," for n in range(201)])
    services.confirm(batch=batch, without_faulty=False, by=None, at=NOON)
    results = race(*[partial(services.apply, batch=batch, at=NOON)] * 2)
    assert results == [None, None]
    assert (Delegate.objects.count(), ImportBatch.objects.get().state) == (201, "done")


@pytest.mark.django_db(transaction=True)
def test_of_an_import_and_a_focal_point_for_the_last_seat_one_gets_it(assembly):
    Delegation.objects.update(seats=1)
    batch = preview(assembly, ",CL,Amina,Diallo,,,,,,")
    race(
        partial(services.confirm, batch=batch, without_faulty=False, by=None, at=NOON),
        partial(delegate_of, Delegation.objects.get(), "Omar Haddad"),
    )
    assert (Delegate.objects.count(), Delegation.objects.get().seats_taken) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_of_the_same_file_one_is_refused(assembly):
    batches = [preview(assembly, ",CL,Amina,Diallo,,,1980-02-29,,,") for _ in range(2)]
    race(
        *[
            partial(services.confirm, batch=batch, without_faulty=False, by=None, at=NOON)
            for batch in batches
        ]
    )
    states = ImportBatch.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["done", "refused"]
    assert (Delegate.objects.count(), Delegation.objects.get().seats_taken) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_import_and_a_withdrawal_at_once_leave_the_count_true(assembly):
    delegate = delegate_of(Delegation.objects.get(), "Omar Haddad")
    batch = preview(assembly, ",CL,Omar,Haddad,,,,Chief,,", ",CL,Amina,Diallo,,,,,,")
    race(
        partial(services.confirm, batch=batch, without_faulty=False, by=None, at=NOON),
        partial(services.withdraw, delegate=delegate, by=None, at=NOON),
    )
    active = Delegate.objects.active().count()
    assert Delegation.objects.get().seats_taken == active
    assert active == {"done": 1, "refused": 0}[ImportBatch.objects.get().state]


def test_expired_previews_are_deleted(assembly):
    preview(assembly, ",CL,Amina,Diallo,,,,,,")
    assert services.drop_expired(at=NOON) == 0
    assert services.drop_expired(at=NOON + timedelta(hours=1)) == 1


def test_judging_costs_as_many_queries_for_many_rows_as_for_one(assembly):
    Delegation.objects.update(seats=500)
    counts = []
    for size in (1, 150):
        rows = [f",CL,N{size} {n},F{n},,,1980-01-01,,," for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            preview(assembly, *rows)
        counts.append(len(queries))
    assert counts == [7, 7]  # with the test’s own reading of the batch


def test_writing_costs_as_many_queries_for_many_rows_as_for_one(assembly):
    Delegation.objects.update(seats=500)
    counts = []
    for size in (1, 20):  # more than that SQLite takes in parts of 999 values
        batch = preview(assembly, *[f",CL,N{size} {n},F{n},,,1980-01-01,,," for n in range(size)])
        services_before = Delegate.objects.count()
        with CaptureQueriesContext(connection) as queries:
            confirm(batch)
        counts.append(len(queries))
        assert Delegate.objects.count() == services_before + size
    assert counts == [37, 37]


def test_names_are_capped_and_hostile_text_is_kept_as_text(assembly):
    batch = preview(assembly, ',CL,<script>alert(1)</script>,"Robert\'); DROP TABLE",,,,,,')
    confirm(batch)
    assert Delegate.objects.get().badge_name == "<script>alert(1)</script> Robert'); DROP TABLE"


def test_a_file_with_the_wrong_sheet_is_refused_whole(assembly):
    with pytest.raises(Unreadable):
        preview(assembly, "x,y", header="Hotel,Nights")
    assert ImportBatch.objects.count() == 0


def run(tmp_path, capsys, *options: str, rows=(",CL,Amina,Diallo,,,,,,",)) -> str:
    path = tmp_path / "delegates.csv"
    path.write_bytes(file(*rows))
    call_command("import_delegates", str(path), *options)
    return capsys.readouterr().out


def test_the_command_judges_and_imports(assembly, tmp_path, capsys):
    out = run(tmp_path, capsys, "--dry-run")
    assert out == "new: 1, changed: 0, unchanged: 0, faulty: 0\n"
    assert (Delegate.objects.count(), ImportBatch.objects.count()) == (0, 0)
    assert run(tmp_path, capsys).endswith("Imported.\n")
    assert Delegate.objects.count() == 1


def test_the_command_names_faulty_rows_and_exits_with_1(assembly, tmp_path, capsys):
    bad = (",XX,A,B,,,,,,",)
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, capsys, "--dry-run", rows=bad)
    assert ended.value.code == 1
    assert capsys.readouterr().out == (
        "row 2, Delegation: No member or observer is called “XX”.\n"
        "new: 0, changed: 0, unchanged: 0, faulty: 1\n"
    )
    with pytest.raises(CommandError):
        run(tmp_path, capsys, rows=bad)
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("import_delegates", str(tmp_path / "none.csv"))
    AssemblyFactory(number=92)
    assert User.objects.count() == 0

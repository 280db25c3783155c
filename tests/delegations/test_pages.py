"""Focal points' and organisers' pages: what they show, refuse, and cost."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from assembly.accounts.choices import Role
from assembly.delegations import services
from assembly.delegations.models import Delegate, Delegation, ImportBatch
from assembly.outbox.models import Message
from assembly.people.services import take_capacity
from tests.conftest import NOON
from tests.delegations.test_editing import picture
from tests.factories import PersonFactory, delegate_of, delegation_of

pytestmark = pytest.mark.django_db
FACTS = {"given_name": "Omar", "family_name": "Haddad", "language": "en"}


@pytest.fixture
def chile():
    return delegation_of("CL", seats=3, state="invited")


@pytest.fixture
def focal(make_user, chile):
    user = make_user(Role.FOCAL_POINT)
    chile.focal_points.add(user)
    return user


@pytest.fixture
def desk(as_user, focal):
    return as_user(focal)


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def text(response) -> str:
    return response.content.decode()


def test_the_own_list_with_seats_head_and_what_may_be_done(desk, chile):
    empty = text(desk.get("/delegation/"))
    assert "Nobody is on the list yet" in empty
    delegate_of(chile, is_head=True)
    page = text(desk.get("/delegation/"))
    assert "1 of 3 taken" in page
    assert re.search(r"Head of delegation</dt><dd><bdi>Amina Diallo</bdi>", page)
    assert "Yes, we come" in page


def test_confirming_and_declining(desk, chile):
    path = f"/delegation/{chile.uuid}/answer/"
    assert desk.post(path, {"state": "confirmed"}).status_code == 302
    chile.refresh_from_db()
    assert chile.state == "confirmed"
    page = text(desk.post(path, {"state": "planned"}, follow=True))
    assert "Choose whether your delegation comes." in page
    delegate_of(chile)
    page = text(desk.post(path, {"state": "declined"}, follow=True))
    assert "Withdraw the delegates first" in page


def test_naming_through_the_page_and_errors_beside_the_field(desk, chile):
    path = f"/delegation/{chile.uuid}/nominate/"
    wrong = desk.post(
        path,
        {
            "family_name": "",
            "email": "nonsense",
            "birth_date": "0001-01-01",
            "arrives_at": "2024-11-05T10:00",
            "departs_at": "2024-11-04T10:00",
            "language": "xx",
        },
    )
    assert wrong.status_code == 422
    assert re.findall(r'<li><a href="#(id_\w+)"', text(wrong)) == [
        "id_family_name",
        "id_email",
        "id_birth_date",
        "id_language",
        "id_departs_at",
    ]
    right = desk.post(path, {**FACTS, "arrives_at": "2024-11-03T14:00", "is_head": "on"})
    assert (right.status_code, right.headers["Location"]) == (302, "/delegation/#d-CL")
    delegate = Delegate.objects.get()
    assert (delegate.is_head, delegate.arrives_at) == (
        True,
        datetime(2024, 11, 3, 14, tzinfo=UTC),
    )


def test_a_second_capacity_asks_organisers_for_a_reason_and_focal_points_to_write(
    desk, office, chile
):
    person = PersonFactory(given_name="Omar", family_name="Haddad", birth_date="1980-02-29")
    take_capacity(person=person, assembly=chile.assembly, kind="media", by=None, at=NOON)
    path = f"/delegation/{chile.uuid}/nominate/"
    facts = {**FACTS, "birth_date": "1980-02-29", "function": "Chief"}
    refused = desk.post(path, facts)
    assert (refused.status_code, "Write to them" in text(refused)) == (409, True)
    asked = office.post(path, facts)
    assert asked.status_code == 409
    assert "Already there as: Media. Give a reason" in text(asked)
    assert 'value="Chief"' in text(asked)
    assert 'name="override_reason"' in text(asked)
    assert office.post(path, {**facts, "override_reason": "Left"}).status_code == 302
    delegate = Delegate.objects.get()
    page = text(desk.get(f"/delegation/delegates/{delegate.uuid}/"))
    assert "the organisers keep name and address" in page
    assert 'name="family_name"' not in page


def test_the_list_is_full_and_says_so(desk, chile):
    for name in ("A One", "B Two", "C Three"):
        delegate_of(chile, name)
    assert "All seats are taken" in text(desk.get("/delegation/"))
    answer = desk.post(f"/delegation/{chile.uuid}/nominate/", FACTS)
    assert (answer.status_code, "All 3 seats are taken" in text(answer)) == (409, True)


def test_changing_replacing_withdrawing_and_the_head(desk, chile):
    delegate = delegate_of(chile)
    page = f"/delegation/delegates/{delegate.uuid}/"
    form = {"based_on": "1", **FACTS, "function": "Chief"}
    assert desk.post(page, form).status_code == 302
    stale = desk.post(page, form)
    assert (stale.status_code, "Somebody else changed" in text(stale)) == (409, True)
    assert desk.post(page + "head/").status_code == 302
    delegate.refresh_from_db()
    assert (delegate.badge_name, delegate.function, delegate.is_head) == (
        "Omar Haddad",
        "Chief",
        True,
    )
    assert "is withdrawn in the same step" in text(desk.get(page + "replace/"))
    desk.post(page + "replace/", {"given_name": "Rosa", "family_name": "Luna", "language": "es"})
    named = Delegate.objects.active().get()
    assert (named.badge_name, named.is_head) == ("Rosa Luna", True)
    assert desk.post(page, form).status_code == 404
    other = f"/delegation/delegates/{named.uuid}/withdraw/"
    assert "has no head" in text(desk.get(other))
    assert desk.post(other).status_code == 302
    assert (Delegate.objects.active().count(), desk.post(other).status_code) == (0, 404)


def test_after_the_deadline_focal_points_look_and_organisers_change(desk, office, chile):
    delegate = delegate_of(chile)
    chile.assembly.nominations_close_at = datetime.now(UTC) - timedelta(hours=1)
    chile.assembly.save()
    page = f"/delegation/delegates/{delegate.uuid}/"
    assert "For a late change, write to the organisers" in text(desk.get("/delegation/"))
    assert desk.get(page).status_code == 200
    paths = (
        f"/delegation/{chile.uuid}/nominate/",
        f"/delegation/{chile.uuid}/answer/",
        page,
        page + "replace/",
        page + "withdraw/",
        page + "head/",
        page + "photo/",
    )
    assert {path: desk.post(path, FACTS).status_code for path in paths} == dict.fromkeys(paths, 403)
    assert office.post(f"/delegation/{chile.uuid}/nominate/", FACTS).status_code == 302
    # The phone of somebody who came without a code still has to be let in.
    assert desk.post(page + "code/").status_code == 200


def test_codes_are_shown_once_and_only_for_those_no_mail_reaches(desk, chile):
    delegate_of(chile, "Amina Diallo", email="amina@police.example")
    delegate_of(chile, "Omar Haddad")
    ask = text(desk.get(f"/delegation/{chile.uuid}/codes/"))
    assert ("Omar Haddad" in ask, "Amina Diallo" in ask) == (True, False)
    none = text(desk.post(f"/delegation/{chile.uuid}/codes/", follow=True))
    assert "Choose at least one person." in none
    person = re.search(r'name="person" value="([\w-]+)" id="p1" checked', ask).group(1)
    slips = text(desk.post(f"/delegation/{chile.uuid}/codes/", {"person": person}))
    again = text(desk.get(f"/delegation/{chile.uuid}/codes/"))
    assert ("has a code already" in again, 'id="p1" checked' in again) == (True, False)
    assert re.findall(r"<bdi>([\dB-Z]{4}-[\dB-Z]{4}-[\dB-Z]{4})</bdi>", slips) != []
    assert "http://testserver/account/login/printed/" in slips


def test_a_photo_is_kept_shown_to_its_own_and_removed(desk, chile, private_files):
    delegate = delegate_of(chile)
    path = f"/delegation/delegates/{delegate.uuid}/photo/"
    page = text(desk.post(path, {"photo": SimpleUploadedFile("a.gif", b"GIF89a")}, follow=True))
    assert "We could not read this file. Upload a JPEG or PNG." in page
    assert "Choose a photo first." in text(desk.post(path, follow=True))
    desk.post(path, {"photo": SimpleUploadedFile("a.png", picture("PNG"))})
    answer = desk.get(path)
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "image/jpeg",
        "private, no-store",
    )
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    desk.post(path, {"remove": "1"})
    assert desk.get(path).status_code == 404


def test_a_protected_member_is_in_no_list_export_or_page_of_the_focal_point(desk, office, chile):
    hidden = delegate_of(chile, "Secret Person", protected=True, is_head=True)
    delegate_of(chile, "Omar Haddad")
    pages = ["/delegation/", f"/delegation/{chile.uuid}/list.csv"]
    assert ["Secret" in text(desk.get(path)) for path in pages] == [False, False]
    assert "2 of 3 taken" in text(desk.get("/delegation/"))
    for part in ("", "replace/", "withdraw/", "code/", "photo/", "schedule/"):
        assert desk.get(f"/delegation/delegates/{hidden.uuid}/{part}").status_code == 404
    assert "Secret Person" in text(office.get(f"/organise/delegations/{chile.uuid}/"))


def test_the_list_as_a_file_that_a_spreadsheet_does_not_run(desk, chile):
    delegate_of(chile, "=cmd() Diallo", function="+1234", email="a@police.example")
    rows = text(desk.get(f"/delegation/{chile.uuid}/list.csv")).splitlines()
    assert rows[0].startswith("\ufeffReference,Delegation,Given names")
    assert ",CL,'=cmd(),Diallo,'=cmd() Diallo,'+1234,no,a@police.example," in rows[1]
    book = load_workbook(io.BytesIO(desk.get(f"/delegation/{chile.uuid}/list.xlsx").content))
    assert "f" not in {cell.data_type for cell in book["Delegates"][2]}
    assert [cell.value for cell in book["Delegates"][2]][2:5] == [
        "'=cmd()",
        "Diallo",
        "'=cmd() Diallo",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_own_list_costs_the_same_with_one_delegate_or_three(
    desk, chile, django_assert_num_queries, count
):
    for number in range(count):
        delegate_of(chile, f"A Person{number}")
    with django_assert_num_queries(8):
        desk.get("/delegation/")


# Organisers


def test_the_overview_shows_answers_by_region_and_what_is_missing(office, chile):
    delegate_of(chile)
    services.answer(delegation=chile, state="confirmed", by=None, at=NOON)
    delegation_of("KE", region="Africa")
    page = text(office.get("/organise/delegations/overview/"))
    assert "1 of 2 delegations have confirmed." in page
    assert 'aria-label="Europe: 1 confirmed, 0 invited, 0 declined, 0 not invited yet"' in page
    assert "Confirmed without a head" in page
    assert "Confirmed without credentials" in page
    assert "2 delegations have no focal point and cannot be invited" in page
    assert "5 Nov: 1" in page


def test_an_empty_overview_says_what_to_do(office, chile):
    Delegation.objects.all().delete()
    assert "No delegation is entered yet" in text(office.get("/organise/delegations/overview/"))


@pytest.mark.parametrize("count", [1, 20])
def test_the_overview_costs_the_same_with_few_or_many(
    office, chile, django_assert_num_queries, count
):
    for number in range(count):
        delegation_of(f"{chr(65 + number)}Q")
    with django_assert_num_queries(8):
        office.get("/organise/delegations/overview/")


def test_focal_points_are_added_and_removed_on_the_whole_page(office, chile, organiser):
    page = f"/organise/delegations/{chile.uuid}/"
    wrong = office.post(page, {"email": "nonsense", "name": "", "language": "en"})
    assert (wrong.status_code, text(wrong).count('class="errors"')) == (422, 2)
    staff = office.post(page, {"email": organiser.email, "name": "X", "language": "en"})
    assert "cannot keep a delegation" in text(staff)
    office.post(page, {"email": "b@police.example", "name": "Bureau", "language": "ar"})
    user = chile.focal_points.get()
    assert "Bureau" in text(office.get(page))
    assert office.post(page, {"remove": "nonsense"}).status_code == 404
    office.post(page, {"remove": str(user.pk)})
    assert chile.focal_points.count() == 0


def test_bulk_invitation_asks_first_and_goes_through_the_outbox(office, chile, focal):
    silent = delegation_of("FR")
    form = {"action": "invite", "_selected_action": [chile.pk, silent.pk]}
    asked = text(office.post("/organise/delegations/delegation/", form))
    assert ("Invite 2 delegations?" in asked, Message.objects.count()) == (True, 0)
    done = text(
        office.post("/organise/delegations/delegation/", {**form, "confirmed": "1"}, follow=True)
    )
    assert "Invitations on their way: 1." in done
    assert "no focal point with an address: Country FR." in done
    assert Message.objects.get().to_email == focal.email


def test_the_delegates_of_chosen_delegations_are_exported(office, chile):
    delegate_of(chile)
    delegate_of(delegation_of("FR"), "Rosa Luna")
    form = {"action": "export", "_selected_action": [chile.pk]}
    content = office.post("/organise/delegations/delegation/", form).content
    names = [row[4] for row in load_workbook(io.BytesIO(content))["Delegates"].values]
    assert names == ["Name on the badge", "Amina Diallo"]


def test_the_admin_form_refuses_an_old_version_and_too_few_seats(office, chile):
    path = f"/organise/delegations/delegation/{chile.pk}/change/"
    form = {
        "based_on": "1",
        "state": "confirmed",
        "seats": "3",
        "credentials": "received",
        "may_vote": "on",
        "voting_reason": "",
    }
    assert office.post(path, form).status_code == 302
    assert "Somebody else saved this delegation meanwhile" in text(office.post(path, form))
    delegate_of(chile)
    delegate_of(chile, "Omar Haddad")
    few = text(office.post(path, {**form, "based_on": "2", "seats": "1"}))
    assert "More delegates than that are named already" in few
    back = text(office.post(path, {**form, "based_on": "2", "state": "declined"}))
    assert "Withdraw the delegates first" in back
    silent = {**form, "based_on": "2", "may_vote": ""}
    assert "Say why this delegation may not vote" in text(office.post(path, silent))


def upload(office, content: bytes, name="d.csv"):
    return office.post("/organise/import/", {"file": SimpleUploadedFile(name, content)})


def test_importing_on_the_page_from_upload_to_done(office, chile):
    assert "Choose a file" in text(office.get("/organise/import/"))
    empty = office.post("/organise/import/", {})
    assert (empty.status_code, 'class="errors"' in text(empty)) == (422, True)
    bad = upload(office, b"Hotel,Nights\nA,1\n")
    assert (bad.status_code, "These columns are missing" in text(bad)) == (422, True)
    content = b"Country,Given name,Family name,Shoe\nCL,Amina,Diallo,38\nXX,A,B,40\n"
    answer = upload(office, content)
    batch = ImportBatch.objects.get()
    assert answer.headers["Location"] == f"/organise/import/{batch.uuid}/"
    page = text(office.get(answer.headers["Location"]))
    assert "New: 1. Changed: 0. Unchanged: 0. Faulty: 1." in page
    assert "These columns are not known and are left out: Shoe." in page
    assert "No member or observer is called “XX”." in page
    filtered = text(office.get(answer.headers["Location"] + "?verdict=new&page=99"))
    assert ("Amina Diallo" in filtered, "<bdi>XX</bdi>" in filtered) == (True, False)
    refused = text(office.post(answer.headers["Location"], follow=True))
    assert "Tick the box to leave out the faulty rows" in refused
    done = text(office.post(answer.headers["Location"], {"without_faulty": "on"}, follow=True))
    assert "New: 1. Changed: 0. Unchanged: 0. Left out as faulty: 1." in done
    assert Delegate.objects.count() == 1


def test_the_page_of_an_expired_a_refused_and_a_running_import(office, chile):
    answer = upload(office, b"Country,Given name,Family name\nCL,Amina,Diallo\n")
    path = answer.headers["Location"]
    ImportBatch.objects.update(expires_at=NOON)
    assert "This preview has expired" in text(office.get(path))
    ImportBatch.objects.update(state="refused", refusal="The data changed.")
    assert "The data changed." in text(office.get(path))
    ImportBatch.objects.update(state="queued")
    running = text(office.get(path))
    assert ("Waiting for a worker." in running, 'hx-trigger="every 2s"' in running) == (True, True)


def test_an_export_imports_again_as_unchanged(office, chile):
    delegate_of(chile, "Amina Diallo", birth_date=date(1980, 2, 29), is_head=True, dietary="Halal")
    delegate_of(chile, "عمر الخالدي", arrives_at=datetime(2024, 11, 3, 14, 30, tzinfo=UTC))
    for kind in ("csv", "xlsx"):
        content = office.get(f"/organise/delegations/export.{kind}").content
        upload(office, content, f"d.{kind}")
        assert ImportBatch.objects.latest("pk").counts == {
            "new": 0,
            "changed": 0,
            "unchanged": 2,
            "faulty": 0,
        }


def test_the_template_has_the_headings_we_know(office, chile):
    content = office.get("/organise/import/template.xlsx").content
    page = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in page[1]][:4] == [
        "Reference",
        "Delegation",
        "Seats",
        "Given names",
    ]


def test_the_help_desk_finds_people_and_hands_out_codes_and_sees_no_more(
    as_user, make_user, office, chile
):
    delegate = delegate_of(chile, dietary="Halal", birth_date=date(1980, 2, 29))
    gate = as_user(make_user(Role.GATE_STAFF))
    listed = text(gate.get("/organise/delegations/delegate/?q=diallo"))
    assert "Amina Diallo" in listed
    opened = gate.get(f"/organise/delegations/delegate/{delegate.pk}/change/")
    assert opened.headers["Location"] == f"/delegation/delegates/{delegate.uuid}/code/"
    assert gate.post(opened.headers["Location"]).status_code == 200
    page = f"/delegation/delegates/{delegate.uuid}/"
    refused = [page, page + "photo/", page + "schedule/", f"/delegation/{chile.uuid}/list.csv"]
    assert [gate.get(path).status_code for path in refused] == [403, 403, 403, 404]

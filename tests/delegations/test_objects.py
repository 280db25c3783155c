"""Role x route x object: nothing of another delegation is reachable, by page, id or export."""

import pytest

from assembly.accounts.choices import Role
from assembly.people.services import give_accounts, take_capacity
from tests.conftest import NOON
from tests.factories import PersonFactory, delegate_of, delegation_of

pytestmark = pytest.mark.django_db

OF_DELEGATION = {
    "answer/": "post",
    "nominate/": "get",
    "codes/": "get",
    "list.csv": "get",
    "list.xlsx": "get",
}
OF_DELEGATE = {
    "": "get",
    "replace/": "get",
    "withdraw/": "get",
    "head/": "post",
    "code/": "get",
    "schedule/": "get",
}
OF_OFFICE = ("delegations/overview/", "import/", "delegations/export.csv")


@pytest.fixture
def world(make_user):
    """Two delegations, each with a focal point and a member, and users of the other roles."""
    people = {"anonymous": None}
    for code in ("CL", "FR"):
        delegation = delegation_of(code)
        focal = make_user(Role.FOCAL_POINT, f"focal-{code}@police.example")
        delegation.focal_points.add(focal)
        member = delegate_of(delegation, f"Member {code}")
        people |= {f"focal {code}": focal, f"member {code}": member.person.user}
        people[code] = delegation
    speaker = PersonFactory()
    take_capacity(person=speaker, assembly=people["CL"].assembly, kind="speaker", by=None, at=NOON)
    give_accounts(people=[speaker], at=NOON)
    people["speaker"] = speaker.user
    for role in (Role.ORGANISER, Role.EDITOR, Role.PRESS_OFFICER, Role.VETTER, Role.GATE_STAFF):
        people[role.value] = make_user(role)
    return people


def asked(client, path: str, method: str) -> int:
    return getattr(client, method)(path).status_code


# 200 or a redirect after a POST: in. 302 to the sign-in page: a stranger. 403, 404: refused.
REFUSED = {403, 404}


@pytest.mark.parametrize(
    "who",
    [
        "anonymous",
        "focal CL",
        "focal FR",
        "member CL",
        "member FR",
        "speaker",
        "organiser",
        "programme_editor",
        "press_officer",
        "vetter",
        "gate_staff",
    ],
)
def test_who_reaches_what_of_the_chilean_delegation(world, as_user, client, who):
    user = world[who]
    browser = as_user(user) if user is not None else client
    chile = world["CL"]
    delegate = chile.delegates.get()
    statuses = {
        part: asked(browser, f"/delegation/{chile.uuid}/{part}", method)
        for part, method in OF_DELEGATION.items()
    } | {
        f"delegate {part}": asked(browser, f"/delegation/delegates/{delegate.uuid}/{part}", method)
        for part, method in OF_DELEGATE.items()
    }
    office = {part: asked(browser, f"/organise/{part}", "get") for part in OF_OFFICE}
    office["whole"] = asked(browser, f"/organise/delegations/{chile.uuid}/", "get")

    if who == "anonymous":
        assert set(statuses.values()) | set(office.values()) == {302}
        locations = client.get(f"/delegation/{chile.uuid}/nominate/").headers["Location"]
        assert locations.startswith("/account/login/code/")
    elif who in ("focal CL", "organiser"):
        assert REFUSED & set(statuses.values()) == set()
        assert set(office.values()) == ({200} if who == "organiser" else {403})
    elif who == "gate_staff":
        assert statuses.pop("delegate code/") == 200
        assert set(statuses.values()) <= REFUSED
        assert set(office.values()) == {403}
    else:
        assert set(statuses.values()) <= REFUSED
        expected = {200, 403} if who == "programme_editor" else {403}
        assert set(office.values()) == expected


@pytest.mark.parametrize("who", ["focal FR", "member CL", "member FR", "speaker"])
def test_no_change_to_another_delegation_gets_through(world, as_user, who):
    browser = as_user(world[who])
    delegate = world["CL"].delegates.get()
    facts = {"given_name": "X", "family_name": "Y", "language": "en", "based_on": "1"}
    for path in (
        f"/delegation/{world['CL'].uuid}/answer/",
        f"/delegation/{world['CL'].uuid}/nominate/",
        f"/delegation/{world['CL'].uuid}/codes/",
        *(
            f"/delegation/delegates/{delegate.uuid}/{part}"
            for part in ("", "replace/", "withdraw/", "head/", "code/", "photo/")
        ),
    ):
        assert browser.post(path, {**facts, "state": "confirmed"}).status_code in REFUSED, path
    world["CL"].refresh_from_db()
    delegate.refresh_from_db()
    assert (world["CL"].state, world["CL"].version, delegate.version, delegate.is_head) == (
        "planned",
        1,
        1,
        False,
    )
    assert delegate.withdrawn_at is None


def test_the_own_page_shows_the_own_list_alone(world, as_user):
    page = as_user(world["focal FR"]).get("/delegation/").content.decode()
    assert ("Member FR" in page, "Member CL" in page) == (True, False)
    none = as_user(world["member CL"]).get("/delegation/").content.decode()
    assert ("You keep no delegation" in none, "Member CL" in none) == (True, False)


def test_a_delegation_of_an_earlier_assembly_is_not_on_the_own_page(world, as_user):
    assembly = world["CL"].assembly
    assembly.is_current = False
    assembly.save()
    other = delegation_of("CL", assembly__number=93, assembly__city="Elsewhere")
    other.focal_points.add(world["focal CL"])
    page = as_user(world["focal CL"]).get("/delegation/").content.decode()
    assert page.count('<section class="delegation"') == 1
    assert "Member CL" not in page

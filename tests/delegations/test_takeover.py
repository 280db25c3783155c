"""A focal point's list is no way into anybody else's account, list or secret."""

from datetime import date

import pytest

from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.accounts.services import off_board
from assembly.delegations import policies, services
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate, Delegation
from assembly.people.models import Person
from assembly.people.services import take_capacity
from tests.conftest import NOON
from tests.factories import PersonFactory, delegate_of, delegation_of

pytestmark = pytest.mark.django_db
BORN = date(1980, 2, 29)


@pytest.fixture
def chile():
    return delegation_of("CL")


@pytest.fixture
def focal(make_user, chile):
    user = make_user(Role.FOCAL_POINT)
    chile.focal_points.add(user)
    return user


def name(delegation, by, family="Diallo", **facts):
    protected = facts.pop("protected", False)
    return services.nominate(
        delegation=delegation,
        facts=DelegateFacts(given_name="Amina", family_name=family, **facts),
        is_head=False,
        by=by,
        at=NOON,
        protected=protected,
    )


def test_somebody_with_an_account_of_another_kind_is_not_linked(chile, focal, make_user):
    victim = make_user(Role.FOCAL_POINT, "victim@police.example")
    PersonFactory(given_name="Amina", family_name="Diallo", birth_date=BORN, user=victim)
    with pytest.raises(services.AskOrganisers):
        name(chile, focal, birth_date=BORN)
    assert Delegate.objects.count() == 0


def test_a_former_delegate_of_the_same_member_is(chile, focal):
    first = name(chile, focal, birth_date=BORN)
    services.withdraw(delegate=first, by=focal, at=NOON)
    assert name(chile, focal, birth_date=BORN).person == first.person


def test_a_former_delegate_of_another_member_is_not(chile, focal):
    theirs = delegate_of(delegation_of("FR"), "Amina Diallo", birth_date=BORN)
    services.withdraw(delegate=theirs, by=None, at=NOON)
    with pytest.raises(services.AskOrganisers):
        name(chile, focal, birth_date=BORN)


def test_no_answer_tells_a_focal_point_of_a_protected_person(chile, focal):
    hidden = PersonFactory(
        given_name="Amina", family_name="Diallo", birth_date=BORN, protected=True
    )
    take_capacity(person=hidden, assembly=chile.assembly, kind="speaker", by=None, at=NOON)
    delegate_of(chile, "Rosa Luna", protected=True)
    for family, given in (("Diallo", BORN), ("Luna Rosa", None)):
        with pytest.raises(services.AskOrganisers):
            services.nominate(
                delegation=chile,
                facts=DelegateFacts(
                    given_name="Amina" if given else "", family_name=family, birth_date=given
                ),
                is_head=False,
                by=focal,
                at=NOON,
            )


def test_codes_and_addresses_of_more_than_a_delegate_are_the_organisers_to_give(
    chile, focal, make_user, organiser
):
    other = make_user(Role.FOCAL_POINT, "other@police.example")
    person = PersonFactory(given_name="Amina", family_name="Diallo", birth_date=BORN, user=other)
    delegate = name(chile, organiser, birth_date=BORN)
    assert delegate.person == person
    gate = make_user(Role.GATE_STAFF)
    allowed = [
        [check(user, delegate) for user in (focal, gate, organiser)]
        for check in (policies.can_issue_code, policies.can_change_person)
    ]
    assert allowed == [[False, False, True], [False, False, True]]


def test_a_focal_point_takes_no_address_from_a_delegate_elsewhere(chile, focal):
    victim = delegate_of(delegation_of("FR"), "Rosa Luna", email="rosa@police.example")
    fake = name(chile, focal, email="rosa@police.example")
    services.withdraw(delegate=fake, by=focal, at=NOON)
    assert User.objects.get(pk=victim.person.user_id).email == "rosa@police.example"


def test_a_mailbox_that_is_shared_no_more_signs_in_who_stays(chile, focal):
    stays = name(chile, focal, email="bureau@police.example")
    goes = name(chile, focal, "Haddad", email="bureau@police.example")
    assert User.objects.get(pk=stays.person.user_id).email is None
    services.withdraw(delegate=goes, by=focal, at=NOON)
    assert User.objects.get(pk=stays.person.user_id).email == "bureau@police.example"


def test_lists_of_an_earlier_assembly_are_closed_to_focal_points(chile, focal, as_user):
    delegate = name(chile, focal)
    chile.assembly.is_current = False
    chile.assembly.save()
    delegation_of("FR", assembly__number=93, assembly__city="Elsewhere")
    desk = as_user(focal)
    page = f"/delegation/delegates/{delegate.uuid}/"
    paths = [page, page + "withdraw/", page + "schedule/", f"/delegation/{chile.uuid}/nominate/"]
    assert [desk.get(path).status_code for path in paths] == [404] * 4


def test_who_was_withdrawn_is_out_of_the_focal_points_reach(chile, focal, as_user):
    delegate = name(chile, focal)
    services.withdraw(delegate=delegate, by=focal, at=NOON)
    page = f"/delegation/delegates/{delegate.uuid}/"
    desk = as_user(focal)
    assert [desk.get(path).status_code for path in (page, page + "schedule/")] == [404, 404]


def test_protected_is_kept_when_somebody_known_is_named_and_when_one_replaces(chile, organiser):
    known = PersonFactory(given_name="Amina", family_name="Diallo", birth_date=BORN)
    name(chile, organiser, birth_date=BORN, protected=True)
    known.refresh_from_db()
    assert known.protected is True
    named = services.replace(
        delegate=Delegate.objects.get(),
        facts=DelegateFacts(family_name="Luna"),
        by=organiser,
        at=NOON,
        protected=True,
    )
    assert (named.person.protected, named.person.user.protected) == (True, True)


def test_an_off_boarded_focal_point_keeps_nothing_also_when_the_account_opens_again(
    chile, focal, organiser
):
    off_board(user=focal, by=organiser, at=NOON)
    assert list(Delegation.objects.kept_by(User.objects.get(pk=focal.pk))) == []


def test_printing_codes_leaves_closed_accounts_out(chile, focal, as_user):
    closed, open_ = name(chile, focal), name(chile, focal, "Haddad")
    off_board(user=Person.objects.get(pk=closed.person_id).user, by=None, at=NOON)
    people = {"person": [str(closed.uuid), str(open_.uuid)]}
    page = as_user(focal).post(f"/delegation/{chile.uuid}/codes/", people).content.decode()
    assert ("Amina Haddad" in page, "Amina Diallo" in page) == (True, False)
    assert open_.badge_name == "Amina Haddad"


def test_an_invitation_does_not_overwrite_an_answer(chile, focal):
    stale = Delegation.objects.prefetch_related("focal_points").get(pk=chile.pk)
    services.answer(delegation=chile, state="confirmed", by=focal, at=NOON)
    assert services.invite(delegations=[stale], by=None, at=NOON) == (0, [])
    chile.refresh_from_db()
    assert chile.state == "confirmed"


def test_an_address_with_36_hyphens_is_no_address(focal, as_user):
    assert as_user(focal).get(f"/delegation/{'-' * 36}/list.csv").status_code == 404

"""A delegation as a whole: saved under a version, invited, answered, given focal points."""

from functools import partial

import pytest

from assembly.accounts.models import User
from assembly.core.errors import NotAllowed, StaleState
from assembly.delegations import rules, services
from assembly.delegations.choices import State
from assembly.delegations.models import Delegation
from assembly.outbox.models import Message
from tests.conftest import NOON
from tests.factories import delegate_of, delegation_of
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("planned", "invited", True),
        ("planned", "confirmed", True),
        ("invited", "planned", False),
        ("confirmed", "invited", False),
        ("confirmed", "declined", True),
        ("declined", "confirmed", True),
        ("declined", "planned", False),
        ("invited", "invited", True),
    ],
)
def test_how_an_invitation_moves(old, new, allowed):
    assert rules.may_move(old, new) is allowed


def save(delegation, *, based_on=1, **fields):
    delegation = Delegation.objects.get(pk=delegation.pk)
    for name, value in fields.items():
        setattr(delegation, name, value)
    return services.save_delegation(delegation=delegation, based_on=based_on, by=None, at=NOON)


def test_saving_stamps_the_answer_and_moves_the_version():
    delegation = save(delegation_of("CL"), state=State.CONFIRMED, seats=9)
    assert (delegation.version, delegation.seats, delegation.answered_at) == (2, 9, NOON)
    with pytest.raises(StaleState):
        save(delegation, seats=3)


def test_seats_below_those_taken_are_refused_and_the_count_is_never_overwritten():
    delegation = delegation_of("CL", seats=3)
    stale = Delegation.objects.get(pk=delegation.pk)
    delegate_of(delegation)
    delegate_of(delegation, "Omar Haddad")
    with pytest.raises(NotAllowed):
        save(delegation, seats=1)
    stale.seats = 4
    services.save_delegation(delegation=stale, based_on=1, by=None, at=NOON)
    assert Delegation.objects.values_list("seats", "seats_taken").get() == (4, 2)


def test_nobody_declines_with_people_on_the_list():
    delegation = delegation_of("CL", state=State.CONFIRMED)
    delegate_of(delegation)
    with pytest.raises(NotAllowed) as refusal:
        save(delegation, state=State.DECLINED)
    assert refusal.value.message == "Withdraw the delegates first: somebody is on the list."


@pytest.mark.django_db(transaction=True)
def test_of_two_organisers_who_save_at_once_one_wins():
    delegation = delegation_of("CL")
    results = race(*[partial(save, delegation, seats=seats) for seats in (6, 7)])
    assert type_names(results) == ["Delegation", "StaleState"]


def test_the_invitation_speaks_the_focal_points_language_and_names_the_deadline(organiser):
    delegation = delegation_of("CL", seats=4)
    delegation.assembly.nominations_close_at = NOON
    delegation.assembly.save()
    services.add_focal_point(
        delegation=delegation,
        email="Bureau@Chile.example",
        name="Bureau",
        language="fr",
        by=organiser,
        at=NOON,
    )
    silent = delegation_of("FR")
    sent, unreachable = services.invite(delegations=[delegation, silent], by=organiser, at=NOON)
    assert (sent, unreachable) == (1, [silent])
    message = Message.objects.get()
    assert (message.to_email, message.language) == ("bureau@chile.example", "fr")
    assert "/fr/delegation/" in message.text
    assert "mardi 5 novembre 2024, 12:00" in message.text
    delegation.refresh_from_db()
    assert (delegation.state, delegation.invited_at, delegation.version) == ("invited", NOON, 2)
    silent.refresh_from_db()
    assert silent.state == "planned"


def test_who_confirmed_is_not_asked_again(make_user):
    delegation = delegation_of("CL", state=State.CONFIRMED)
    delegation.focal_points.add(make_user("focal_point"))
    assert services.invite(delegations=[delegation], by=None, at=NOON) == (0, [])
    assert Message.objects.count() == 0


def test_a_focal_point_is_one_account_however_many_lists_and_loses_the_role_with_the_last():
    first, second = delegation_of("CL"), delegation_of("FR")
    for delegation in (first, second):
        user = services.add_focal_point(
            delegation=delegation,
            email="b@police.example",
            name="B",
            language="en",
            by=None,
            at=NOON,
        )
    assert (User.objects.count(), user.roles) == (1, {"focal_point"})
    services.remove_focal_point(delegation=first, user=user, by=None, at=NOON)
    assert User.objects.get().roles == {"focal_point"}
    services.remove_focal_point(delegation=second, user=user, by=None, at=NOON)
    assert User.objects.get().roles == set()


def test_staff_keep_no_delegation(organiser):
    with pytest.raises(NotAllowed):
        services.add_focal_point(
            delegation=delegation_of("CL"),
            email=organiser.email,
            name="",
            language="en",
            by=None,
            at=NOON,
        )

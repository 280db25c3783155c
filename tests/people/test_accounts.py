"""Whom an address signs in: nobody once colleagues share it."""

import pytest
from allauth.account.models import EmailAddress

from assembly.accounts.models import User
from assembly.accounts.services import off_board
from assembly.people.models import Person
from assembly.people.services import (
    Reopen,
    end_account,
    give_accounts,
    save_person,
    take_capacity,
)
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory

pytestmark = pytest.mark.django_db


def coming(**fields) -> Person:
    """Somebody who comes to the Assembly."""
    person = PersonFactory(**fields)
    take_capacity(person=person, assembly=AssemblyFactory(), kind="delegate", by=None, at=NOON)
    return person


def give(*people, **options):
    give_accounts(people=people, at=NOON, **options)


def test_an_address_of_ones_own_signs_in():
    person = PersonFactory(email="Amina@Bureau.example")
    give(person)
    user = User.objects.get()
    assert (user.email, user.name, user.roles) == (
        "amina@bureau.example",
        "Amina Speaker " + person.family_name.split()[-1],
        {"delegate"},
    )
    assert EmailAddress.objects.get().email == "amina@bureau.example"


def test_a_shared_mailbox_signs_in_neither_of_its_owners():
    first = coming(email="bureau@police.example")
    give(first)
    second = coming(email="bureau@police.example")
    give(second)
    assert list(User.objects.values_list("email", flat=True)) == [None, None]
    assert EmailAddress.objects.count() == 0


def test_two_at_once_who_share_a_mailbox_get_no_address():
    give(coming(email="b@police.example"), coming(email="b@police.example"))
    assert list(User.objects.values_list("email", flat=True)) == [None, None]


def test_an_address_is_not_taken_from_somebody_who_is_no_colleague():
    holder = coming(email="amina@police.example")
    give(holder)
    intruder = coming(email="amina@police.example")
    give(intruder, among=[intruder.pk])
    holder.user.refresh_from_db()
    assert (holder.user.email, intruder.user.email) == ("amina@police.example", None)
    give(holder, among=[holder.pk])  # saved again, the holder keeps it
    holder.user.refresh_from_db()
    assert holder.user.email == "amina@police.example"


def test_somebody_who_does_not_come_any_more_shares_no_mailbox():
    gone = PersonFactory(email="b@police.example")
    stays = coming(email="b@police.example")
    give(stays)
    assert (stays.user.email, gone.user) == ("b@police.example", None)


def test_an_account_that_an_organiser_closed_opens_for_organisers_alone():
    person = coming()
    give(person)
    off_board(user=person.user, by=None, at=NOON)
    for reopen, is_active in (
        (Reopen.NONE, False),
        (Reopen.WITHDRAWN, False),
        (Reopen.ANY, True),
    ):
        person = Person.objects.select_related("user").get(pk=person.pk)
        give(person, reopen=reopen)
        assert User.objects.get().is_active is is_active


def test_an_account_that_closed_with_a_withdrawal_opens_for_a_focal_point_too():
    person = PersonFactory()
    give(person)
    end_account(person=person, by=None, at=NOON)
    person = Person.objects.select_related("user").get(pk=person.pk)
    give(person)
    assert User.objects.get().is_active is False
    give(person, reopen=Reopen.WITHDRAWN)
    assert User.objects.get().is_active is True


def test_who_still_comes_as_somebody_else_keeps_the_account():
    person = coming()
    give(person)
    end_account(person=person, by=None, at=NOON)
    assert User.objects.get().is_active is True


def test_a_focal_point_who_is_a_delegate_too_keeps_the_address(make_user):
    focal = make_user("focal_point", "bureau@police.example")
    person = coming(user=focal, email="bureau@police.example")
    coming(email="bureau@police.example")
    give(person)
    focal.refresh_from_db()
    assert focal.email == "bureau@police.example"


def test_the_mailbox_of_a_focal_point_stays_the_focal_points(make_user):
    focal = make_user("focal_point", "bureau@police.example")
    person = PersonFactory(email="bureau@police.example")
    give(person)
    focal.refresh_from_db()
    assert (focal.email, person.user.email) == ("bureau@police.example", None)


def test_staff_keep_the_account_they_have(organiser):
    person = PersonFactory(user=organiser, email="other@police.example")
    give(person)
    organiser.refresh_from_db()
    assert (organiser.email, organiser.roles) == ("organiser@assembly.example", {"organiser"})


def test_giving_accounts_to_many_costs_as_many_queries_as_to_one(django_assert_num_queries):
    for count in (1, 40):
        people = [PersonFactory(email=f"{count}-{n}@police.example") for n in range(count)]
        with django_assert_num_queries(12):
            give(*people)


def test_ending_an_account_leaves_other_roles_alone(make_user):
    focal = make_user("focal_point")
    person = PersonFactory(user=focal)
    give(person)
    end_account(person=person, by=None, at=NOON)
    focal = User.objects.get(pk=focal.pk)
    assert (focal.is_active, focal.roles) == (True, {"focal_point"})


def test_protecting_a_person_protects_the_account():
    person = PersonFactory()
    give(person)
    person.protected = True
    save_person(person=person, by=None, at=NOON)
    assert User.objects.get().protected is True

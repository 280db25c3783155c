"""Whom an address signs in: nobody once colleagues share it."""

import pytest
from allauth.account.models import EmailAddress

from assembly.accounts.models import User
from assembly.people.services import end_account, give_accounts, save_person
from tests.conftest import NOON
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def give(*people):
    give_accounts(people=people, at=NOON)


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
    first = PersonFactory(email="bureau@police.example")
    give(first)
    second = PersonFactory(email="bureau@police.example")
    give(second)
    assert list(User.objects.values_list("email", flat=True)) == [None, None]
    assert EmailAddress.objects.count() == 0


def test_two_at_once_who_share_a_mailbox_get_no_address():
    give(PersonFactory(email="b@police.example"), PersonFactory(email="b@police.example"))
    assert list(User.objects.values_list("email", flat=True)) == [None, None]


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
        with django_assert_num_queries(10):
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

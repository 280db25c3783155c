"""One person, one capacity; likely twins; protected people; erasure."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser

from assembly.core.models import AuditEntry
from assembly.people import rules, selectors, services
from assembly.people.models import Capacity, Person
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db
BORN = date(1980, 2, 29)


def take(person, assembly, kind="delegate", **options):
    return services.take_capacity(
        person=person, assembly=assembly, kind=kind, by=None, at=NOON, **options
    )


def test_a_second_capacity_needs_a_reason_and_the_reason_is_kept():
    person, assembly = PersonFactory(), AssemblyFactory()
    take(person, assembly)
    with pytest.raises(services.CapacityTaken) as refusal:
        take(person, assembly, "media", override_reason="  ")
    assert refusal.value.message == (
        "Already there as: Delegate. Give a reason to add a second capacity."
    )
    take(person, assembly, "media", override_reason="Speaks for the bureau")
    assert list(Capacity.objects.order_by("pk").values_list("kind", "override_reason")) == [
        ("delegate", ""),
        ("media", "Speaks for the bureau"),
    ]
    assert [
        facts["overridden"]
        for facts in AuditEntry.objects.order_by("pk").values_list("facts", flat=True)
    ] == [False, True]


def test_asking_for_the_same_capacity_again_returns_it():
    person, assembly = PersonFactory(), AssemblyFactory()
    assert take(person, assembly).pk == take(person, assembly).pk


def test_a_capacity_given_up_makes_room_for_another():
    person, assembly = PersonFactory(), AssemblyFactory()
    services.give_up_capacity(capacity=take(person, assembly), by=None, at=NOON)
    take(person, assembly, "media")
    assert list(Capacity.objects.live().values_list("kind", flat=True)) == ["media"]


@pytest.mark.django_db(transaction=True)
def test_of_two_capacities_taken_at_once_one_wins():
    person, assembly = PersonFactory(), AssemblyFactory()
    results = race(
        partial(take, person, assembly, "delegate"), partial(take, person, assembly, "media")
    )
    assert type_names(results) == ["Capacity", "CapacityTaken"]
    assert Capacity.objects.count() == 1


def test_names_match_whatever_their_order_case_and_accents():
    assert rules.name_key("José María", "O'Neill") == rules.name_key("o neill", "JOSE MARIA")
    assert rules.name_key("محمد", "علي") == rules.name_key("علي", "محمد")
    assert rules.name_key("", "") == ""


def test_twins_are_found_by_name_and_birth_date_or_by_address(organiser):
    person = PersonFactory(given_name="Ana", family_name="Sá", birth_date=BORN, email="b@x.org")
    swapped = PersonFactory(given_name="SÁ", family_name="ana", birth_date=BORN)
    shared = PersonFactory(email="B@x.org")
    PersonFactory(given_name="Ana", family_name="Sá", birth_date=BORN + timedelta(days=1))
    PersonFactory(given_name="Ana", family_name="Sá")
    found = selectors.likely_twins(person, seen_by=organiser)
    assert [(t.person.pk, t.same_name_and_birth_date, t.same_email) for t in found] == [
        (swapped.pk, True, False),
        (shared.pk, False, True),
    ]


def test_a_protected_person_appears_for_those_with_the_permission_alone(organiser, editor):
    person = PersonFactory(email="shared@x.org")
    hidden = PersonFactory(email="shared@x.org", protected=True)
    for user, seen in ((organiser, {person, hidden}), (editor, {person}), (AnonymousUser(), set())):
        assert set(Person.objects.visible_to(user)) == seen
    assert selectors.likely_twins(person, seen_by=editor) == []


def test_erasing_leaves_a_row_without_a_fact():
    person = PersonFactory(email="a@x.org", birth_date=BORN)
    services.erase(person=person, by=None, at=NOON)
    person.refresh_from_db()
    facts = (person.given_name, person.family_name, person.display_name, person.email)
    assert (facts, person.birth_date, person.name_key, person.erased_at) == (
        ("", "", "", ""),
        None,
        "",
        NOON,
    )


def test_saving_moves_the_rename_stamp_only_when_pages_change():
    person = services.save_person(person=Person(display_name="A"), by=None, at=NOON)
    later = NOON + timedelta(hours=1)
    person.email = "a@x.org"
    services.save_person(person=person, by=None, at=later)
    assert person.renamed_at == NOON
    person.display_name = "B"
    services.save_person(person=person, by=None, at=later)
    assert person.renamed_at == later


def test_the_admin_warns_of_a_likely_twin(organiser, as_user):
    PersonFactory(given_name="Ana", family_name="Sá", display_name="Ana Sá", birth_date=BORN)
    desk = as_user(organiser)
    form = {
        "display_name": "Dr Sá",
        "given_name": "Sá",
        "family_name": "Ana",
        "birth_date": "1980-02-29",
        "language": "en",
        "capacities-TOTAL_FORMS": "0",
        "capacities-INITIAL_FORMS": "0",
    }
    page = desk.post("/organise/people/person/add/", form, follow=True).content.decode()
    assert "May be the same person: Ana Sá." in page

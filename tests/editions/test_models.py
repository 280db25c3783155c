"""Assemblies: one current, days in their own zone, nonsense refused."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assembly.editions.models import Assembly
from tests.factories import AssemblyFactory
from tests.racing import race

pytestmark = pytest.mark.django_db


def test_one_assembly_is_current_and_an_archived_one_never_is():
    AssemblyFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        AssemblyFactory(number=93)
    with pytest.raises(IntegrityError), transaction.atomic():
        AssemblyFactory(number=88, is_current=True, status="archived")


@pytest.mark.django_db(transaction=True)
def test_of_two_made_current_at_once_one_wins():
    for number in (92, 93):
        AssemblyFactory(number=number, is_current=False)

    def make_current(number):
        return Assembly.objects.filter(number=number).update(is_current=True)

    results = race(partial(make_current, 92), partial(make_current, 93))
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "int"]


def test_days_and_their_midnights_are_those_of_the_zone():
    glasgow = AssemblyFactory()
    assert glasgow.days == [date(2024, 11, day) for day in (4, 5, 6, 7)]
    assert glasgow.starts_at == datetime(2024, 11, 4, tzinfo=UTC)
    summer = AssemblyFactory(
        number=93, is_current=False, first_day=date(2024, 10, 25), last_day=date(2024, 10, 27)
    )
    assert summer.starts_at == datetime(2024, 10, 24, 23, tzinfo=UTC)
    assert summer.ends_at == datetime(2024, 10, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"timezone": "Europe/Glasgow"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"languages": ["en", "tlh"]}, "languages"),
        ({"languages": []}, "languages"),
        ({"last_day": date(2024, 11, 3)}, "__all__"),
    ],
)
def test_nonsense_is_refused_with_words(facts, field):
    assembly = AssemblyFactory.build(**facts)
    with pytest.raises(ValidationError) as refusal:
        assembly.full_clean(exclude=["venue", "city"])
    assert list(refusal.value.message_dict) == [field]

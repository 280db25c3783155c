"""The 196 members and their names."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from assembly.delegations import demo
from assembly.delegations.models import Delegation, MemberCountry
from tests.conftest import NOON
from tests.factories import AssemblyFactory, DelegationFactory

pytestmark = pytest.mark.django_db


def test_all_196_members_have_a_region_a_delegation_and_a_name_in_four_languages():
    assembly = AssemblyFactory()
    demo.build(assembly=assembly, at=NOON)
    demo.build(assembly=assembly, at=NOON)
    assert (MemberCountry.objects.count(), Delegation.objects.count()) == (
        196,
        197,
    )  # and one observer
    regions = {
        region: MemberCountry.objects.filter(region=region).count()
        for region in MemberCountry.objects.values_list("region", flat=True).distinct()
    }
    assert regions == {
        "Africa": 54,
        "Americas": 38,
        "Asia and South Pacific": 54,
        "Europe": 50,
    }
    assert not MemberCountry.objects.filter(name_ar__isnull=True).exists()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("PS", ("Palestine", "Palestine", "Palestina", "فلسطين")),
        (
            "CD",
            (
                "Democratic Republic of the Congo",
                "République démocratique du Congo",
                "República Democrática del Congo",
                "جمهورية الكونغو الديمقراطية",
            ),
        ),
        ("CL", ("Chile", "Chili", "Chile", "تشيلي")),
    ],
)
def test_overrides_stand_over_cldr(code, names):
    assert tuple(demo.country_names()[code][lang] for lang in ("en", "fr", "es", "ar")) == names


def test_a_name_an_organiser_edited_stays(db):
    assembly = AssemblyFactory()
    demo.build(assembly=assembly, at=NOON)
    MemberCountry.objects.filter(code="CL").update(name_en="Republic of Chile")
    demo.build(assembly=assembly, at=NOON)
    with translation.override("en"):
        assert MemberCountry.objects.get(code="CL").name == "Republic of Chile"


def test_a_member_has_one_delegation_at_an_assembly():
    DelegationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegationFactory()

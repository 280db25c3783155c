"""All 196 members and their delegations; a few with invented delegates, so that pages show some.

Regions come from the list of members, names from CLDR under our overrides. Who sits in which
delegation, who answered and when is illustrative: nobody published it.
"""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from babel import Locale

from assembly.accounts.models import User
from assembly.delegations.choices import Credentials, State
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import (
    Delegate,
    Delegation,
    MemberCountry,
    ObserverOrganisation,
)
from assembly.delegations.services import add_focal_point, nominate
from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.people.services import save_person

DATA: Final = Path(__file__).parent / "data"
LANGUAGES: Final = ("en", "fr", "es", "ar")
OWN: Final = "CL"  # the delegation of the demo's delegate and focal point
PEOPLED: Final = ("CL", "FR", "KE", "JP", "JO", "GB", "BR", "NG")
READ_IN: Final = {"Delegate 1 (FR)": "fr", "Delegate 2 (CL)": "es", "Delegate 1 (JO)": "ar"}
FUNCTIONS: Final = ("Head of the National Central Bureau", "Deputy head", "Legal adviser")


def build(*, assembly: Assembly, at: datetime) -> None:
    """Every member, and a delegation of each at this Assembly; edited names stay as they are."""
    names = country_names()
    for row in _rows("interpol_members.csv"):
        code = row["iso3166_alpha2"]
        country, _ = MemberCountry.objects.get_or_create(
            code=code,
            defaults={
                "region": row["region"],
                "member_since": row["member_since"] or None,
                **{f"name_{language}": names[code][language] for language in LANGUAGES},
            },
        )
        Delegation.objects.get_or_create(assembly=assembly, country=country)
    observer, _ = ObserverOrganisation.objects.get_or_create(
        code="DEMO-OBS", defaults={"name_en": "Demo observer organisation"}
    )
    Delegation.objects.get_or_create(
        assembly=assembly, organisation=observer, defaults={"may_vote": False}
    )
    if not Delegate.objects.of(assembly).exists():
        _answers(assembly, at)
        _people(assembly, at)


def _answers(assembly: Assembly, at: datetime) -> None:
    """Some have confirmed, over the last two months; some are asked, one declined."""
    found = list(Delegation.objects.of(assembly).order_by("country__code"))
    for number, delegation in enumerate(found):
        turn = number % 3
        if delegation.code in PEOPLED or turn == 0:
            delegation.state = State.CONFIRMED
        elif turn == 1:
            delegation.state = State.INVITED
        elif number % 20 == 5:  # noqa: PLR2004  a few
            delegation.state = State.DECLINED
        else:
            continue
        delegation.invited_at = at - timedelta(days=75)
        if delegation.state != State.INVITED:
            delegation.answered_at = at - timedelta(days=(number * 7) % 60)
        delegation.credentials = Credentials.ACCEPTED if number % 2 == 0 else Credentials.RECEIVED
    fields = ["state", "invited_at", "answered_at", "credentials"]
    Delegation.objects.bulk_update(found, fields)


def _people(assembly: Assembly, at: datetime) -> None:
    for code in PEOPLED:
        delegation = Delegation.objects.of(assembly).get(country__code=code)
        names = [f"Delegate {number} ({code})" for number in range(1, 4)]
        if code == OWN:
            names[0] = "Demo delegate"
        for number, name in enumerate(names):
            _delegate(delegation, name, number, at)
    focal = User.objects.filter(email="focal@demo.example").first()
    if focal is not None:
        add_focal_point(
            delegation=Delegation.objects.of(assembly).get(country__code=OWN),
            email=focal.email or "",
            name=focal.name,
            language=focal.language,
            by=None,
            at=at,
        )


def _delegate(delegation: Delegation, name: str, number: int, at: datetime) -> None:
    """An invented delegate; the first of the demo's own delegation has the demo's sign-in."""
    given, _space, family = name.partition(" ")
    facts = DelegateFacts(
        given_name=given,
        family_name=family,
        badge_name=name,
        function=FUNCTIONS[number],
        languages=("en",),
        arrives_at=delegation.assembly.starts_at - timedelta(hours=9),
        departs_at=delegation.assembly.ends_at + timedelta(hours=10),
        email=_address(name),
    )
    named = nominate(delegation=delegation, facts=facts, is_head=number == 0, by=None, at=at)
    user = User.objects.filter(email=facts.email).first() if facts.email else None
    if user is not None and named.person.user_id != user.pk:
        _take_over(named.person, user, at)
    if name in READ_IN:
        named.person.language = READ_IN[name]
        save_person(person=named.person, by=None, at=at)


def _address(name: str) -> str:
    """Most have none, as in life; four have a mailbox, one for each language."""
    if name == "Demo delegate":
        return "delegate@demo.example"
    return f"delegate.{READ_IN[name]}@demo.example" if name in READ_IN else ""


def _take_over(person: Person, user: User, at: datetime) -> None:
    """The account that was opened for the person makes way for the one the start page names."""
    opened = person.user
    person.user = user
    save_person(person=person, by=None, at=at)
    if opened is not None:
        opened.delete()


def country_names() -> dict[str, dict[str, str]]:
    """Names by country code and language: the overrides, and CLDR for all others."""
    overrides = {row["iso3166_alpha2"]: row for row in _rows("country_name_overrides.csv")}
    territories = {language: Locale(language).territories for language in LANGUAGES}
    return {
        code: {
            language: overrides.get(code, {}).get(language) or territories[language][code]
            for language in LANGUAGES
        }
        for code in (row["iso3166_alpha2"] for row in _rows("interpol_members.csv"))
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

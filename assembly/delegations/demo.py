"""All 196 members: regions from the list of members, names from CLDR under our overrides."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from babel import Locale

from assembly.delegations.models import Delegation, MemberCountry
from assembly.editions.models import Assembly

DATA: Final = Path(__file__).parent / "data"
LANGUAGES: Final = ("en", "fr", "es", "ar")


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

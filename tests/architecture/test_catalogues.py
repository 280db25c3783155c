"""Catalogues: complete, nothing left over, placeholders kept, Arabic plurals right."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = ["gettext_lazy", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
NUMBERS = re.compile(r"%\((?:count|days|n|places)\)s")


def catalogue(language: str) -> Catalog:
    path = ROOT / "assembly" / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="session")
def words(tmp_path_factory) -> set:
    """Every text in the code and templates, extracted anew."""
    target = tmp_path_factory.mktemp("pot") / "django.pot"
    keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    mapping = ["-F", "assembly/locale/babel.cfg"]
    subprocess.run([*extract, *mapping, *keywords, "-o", str(target), "."], cwd=ROOT, check=True)
    with target.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_every_text_is_translated_and_no_translation_is_left_over(words, language):
    translated = {
        message.id
        for message in catalogue(language)
        if message.id
        and not message.fuzzy
        and (all(message.string) if isinstance(message.string, tuple) else message.string)
    }
    assert (words - translated, translated - words) == (set(), set())


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_every_placeholder_is_kept(language):
    wrong = []
    for message in catalogue(language):
        if not message.id:
            continue
        plural = isinstance(message.id, (tuple, list))
        wanted = sorted(PLACEHOLDER.findall(message.id[-1] if plural else message.id))
        for string in message.string if plural else [message.string]:
            found = sorted(PLACEHOLDER.findall(string))
            spoken = sorted(p for p in wanted if not NUMBERS.fullmatch(p))
            if found != wanted and not (plural and found == spoken):
                wrong.append(message.id)
    assert wrong == []


def test_arabic_has_its_six_forms_in_the_order_of_cldr():
    arabic = catalogue("ar")
    assert arabic.num_plurals == 6
    header = arabic.plural_expr.replace(" ", "")
    expected = "n==0?0:n==1?1:n==2?2:n%100>=3&&n%100<=10?3:n%100>=11&&n%100<=99?4:5"
    assert header.strip("()") == expected

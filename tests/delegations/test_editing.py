"""Changing a delegate under a version check, the head, the photo, and codes."""

import io
from functools import partial

import pytest
from PIL import Image

from assembly.accounts.services import find_code
from assembly.core.errors import StaleState
from assembly.delegations import photos, services
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate
from assembly.people.models import Person
from tests.conftest import NOON
from tests.factories import delegate_of, delegation_of
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db


def change(delegate, *, based_on=1, with_person=True, **facts):
    facts = {"given_name": "Amina", "family_name": "Diallo", **facts}
    services.change_delegate(
        delegate=delegate,
        facts=DelegateFacts(**facts),
        based_on=based_on,
        with_person=with_person,
        by=None,
        at=NOON,
    )


def test_a_change_reaches_the_person_the_badge_and_the_account():
    delegate = delegate_of(delegation_of("CL"))
    change(delegate, family_name="Diop", email="a@police.example", function="Chief", language="fr")
    delegate.refresh_from_db()
    user = delegate.person.user
    user.refresh_from_db()
    assert (delegate.badge_name, delegate.function, delegate.version) == ("Amina Diop", "Chief", 2)
    assert (delegate.person.name_key, user.name, user.email, user.language) == (
        "amina diop",
        "Amina Diop",
        "a@police.example",
        "fr",
    )


def test_who_saves_on_an_old_version_is_refused_and_nothing_is_lost():
    delegate = delegate_of(delegation_of("CL"))
    change(delegate, function="Chief")
    with pytest.raises(StaleState):
        change(delegate, function="Deputy")
    assert Delegate.objects.get().function == "Chief"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins():
    delegate = delegate_of(delegation_of("CL"))
    results = race(*[partial(change, delegate, function=f) for f in ("Chief", "Deputy")])
    assert type_names(results) == ["NoneType", "StaleState"]


def test_a_page_that_was_open_does_not_undo_a_protection_set_meanwhile():
    delegate = delegate_of(delegation_of("CL"))
    opened = Delegate.objects.select_related("person__user").get(pk=delegate.pk)
    Person.objects.filter(pk=delegate.person_id).update(protected=True)
    change(opened, function="Chief")
    assert Person.objects.get().protected is True


def test_names_of_somebody_with_another_capacity_are_left_alone():
    delegate = delegate_of(delegation_of("CL"))
    change(delegate, family_name="Diop", function="Chief", with_person=False)
    delegate.refresh_from_db()
    assert (delegate.person.family_name, delegate.function) == ("Diallo", "Chief")


def test_a_new_head_relieves_the_old_one():
    delegation = delegation_of("CL")
    old = delegate_of(delegation, is_head=True)
    new = delegate_of(delegation, "Omar Haddad")
    services.make_head(delegate=new, by=None, at=NOON)
    assert list(Delegate.objects.filter(is_head=True)) == [new]
    services.withdraw(delegate=old, by=None, at=NOON)
    with pytest.raises(StaleState):
        services.make_head(delegate=old, by=None, at=NOON)
    assert list(Delegate.objects.filter(is_head=True)) == [new]


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_made_at_once_there_is_one():
    delegation = delegation_of("CL")
    both = [delegate_of(delegation, name) for name in ("Amina Diallo", "Omar Haddad")]
    results = race(*[partial(services.make_head, delegate=d, by=None, at=NOON) for d in both])
    assert type_names(results) == ["NoneType", "NoneType"]
    assert Delegate.objects.filter(is_head=True).count() == 1


def test_a_code_is_handed_out_and_signs_in_this_delegate():
    delegate = delegate_of(delegation_of("CL"))
    code = services.hand_out_code(delegate=delegate, by=None, at=NOON)
    assert find_code(typed=code, at=NOON).user == delegate.person.user


def picture(kind="JPEG", size=(900, 600), **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "navy").save(buffer, kind, **options)
    return buffer.getvalue()


def test_a_photo_becomes_a_plain_jpeg_upright_and_small():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x010F] = "Spy camera"
    made = photos.portrait(picture(size=(1600, 1000), exif=exif) + b"<?php evil(); ?>")
    with Image.open(io.BytesIO(made)) as result:
        assert (result.format, result.size, dict(result.getexif())) == ("JPEG", (500, 800), {})
    assert b"evil" not in made


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "could not read"),
        (b"GIF89a" + b"\0" * 50, "could not read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "could not read"),
        (picture()[:300], "could not read"),
        (picture(size=(150, 900)), "too small"),
        (b"\0" * (photos.MOST_BYTES + 1), "larger than 8 MB"),
    ],
)
def test_what_is_no_photo_is_refused_by_name(content, words):
    with pytest.raises(photos.UnusablePhoto) as refusal:
        photos.portrait(content)
    assert words in refusal.value.message


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 10_000)
    with pytest.raises(photos.UnusablePhoto) as refusal:
        photos.portrait(picture())
    assert "too many pixels" in refusal.value.message


@pytest.mark.django_db(transaction=True)
def test_of_two_photos_at_once_one_file_is_left(private_files):
    delegate = delegate_of(delegation_of("CL"))
    copies = [Delegate.objects.get(pk=delegate.pk) for _ in range(2)]
    race(
        *[
            partial(services.set_photo, delegate=copy, jpeg=picture(), by=None, at=NOON)
            for copy in copies
        ]
    )
    files = [f"photos/{path.name}" for path in private_files.rglob("*.jpg")]
    assert files == [Delegate.objects.get().photo.name]


@pytest.mark.django_db(transaction=True)
def test_a_new_photo_replaces_the_file_of_the_old_one(private_files):
    delegate = delegate_of(delegation_of("CL"))
    for _ in range(2):
        services.set_photo(delegate=delegate, jpeg=picture(), by=None, at=NOON)
        delegate.refresh_from_db()
    files = [path for path in private_files.rglob("*") if path.is_file()]
    assert [f"photos/{path.name}" for path in files] == [delegate.photo.name]
    services.remove_photo(delegate=delegate, by=None, at=NOON)
    assert [path for path in private_files.rglob("*") if path.is_file()] == []

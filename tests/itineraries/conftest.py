"""A published programme and a delegate who carries it."""

from datetime import UTC, datetime

import pytest

from assembly.programme.services import publish, save_session
from assembly.programme.services.publishing import plan
from tests.conftest import NOON
from tests.factories import RoomFactory, SessionFactory, ZoneFactory, delegate_of, delegation_of
from venues.models import WalkingTime

PUBLISHED = datetime(2024, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def chile():
    return delegation_of("CL", region="Americas")


@pytest.fixture
def programme(chile):
    """Plenary 09:30-10:30 for all, panel 10:35 far away, an evening nobody has to go to."""
    far = ZoneFactory(name="Armadillo")
    WalkingTime.objects.create(first=far, second=ZoneFactory(), minutes=8)
    common = {"assembly": chile.assembly}
    SessionFactory(code="PLEN01", title="Plenary", mandatory="delegates", **common)
    SessionFactory(
        code="PANEL1",
        title="Panel",
        starts_at=datetime(2024, 11, 5, 10, 35, tzinfo=UTC),
        room=RoomFactory(code="ARMADILLO", zone=far),
        **common,
    )
    SessionFactory(
        code="SOCIAL",
        title="Evening",
        listing="delegates",
        starts_at=datetime(2024, 11, 6, 18, tzinfo=UTC),
        room=RoomFactory(code="HALL5"),
        **common,
    )
    republish(chile.assembly, at=PUBLISHED)
    return chile.assembly


@pytest.fixture
def member(chile):
    return delegate_of(chile, "Amina Diallo")


@pytest.fixture
def phone(as_user, member, programme):
    return as_user(member.person.user)


def republish(assembly, *, at=NOON, tell=True):
    planned = plan(assembly=assembly)
    return publish(
        assembly=assembly,
        by=None,
        at=at,
        based_on=planned.base,
        accepted={clash.key: "A test" for clash in planned.warnings},
        note="",
        tell=tell,
    )


def change(assembly, code, **fields):
    """Edit a draft and publish it."""
    session = assembly.sessions.get(code=code)
    for name, value in fields.items():
        setattr(session, name, value)
    save_session(session=session, based_on=session.version, by=None, at=NOON)
    return republish(assembly)

"""The audit log: what an entry says, and that nobody changes it, not even with SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from assembly.core import audit
from assembly.core.models import AuditEntry
from tests.conftest import NOON
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db


def test_an_entry_names_actor_verb_target_and_time_by_ids_alone(organiser):
    room = RoomFactory()
    audit.record(by=organiser, verb="looked at", target=room, at=NOON, facts={"n": 1})
    audit.record(by=None, verb="swept", target=room, at=NOON)
    entries = AuditEntry.objects.order_by("pk").values_list(
        "actor", "verb", "target_type", "target_id", "at", "facts"
    )
    assert list(entries) == [
        (str(organiser.pk), "looked at", "venues.room", str(room.pk), NOON, {"n": 1}),
        ("system", "swept", "venues.room", str(room.pk), NOON, {}),
    ]


def test_an_entry_is_written_once(organiser):
    entry = audit.record(by=organiser, verb="x", target=organiser, at=NOON)
    with pytest.raises(TypeError):
        entry.save()


@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditentry SET verb = 'y'", "DELETE FROM core_auditentry"]
)
def test_the_database_refuses_to_change_or_delete_an_entry(organiser, statement):
    audit.record(by=organiser, verb="x", target=organiser, at=NOON)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.get().verb == "x"


def test_the_query_set_cannot_change_it_either(organiser):
    audit.record(by=organiser, verb="x", target=organiser, at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(verb="y")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()

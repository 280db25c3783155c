"""The audit log is append-only: the database refuses to change or delete an entry."""

from django.db import migrations

from assembly.core.append_only import guard_statements, release_statements

TABLE = "core_auditentry"
MESSAGE = "The audit log is append-only."


def guard(apps, schema_editor):
    for statement in guard_statements(schema_editor.connection.vendor, TABLE, MESSAGE):
        schema_editor.execute(statement)


def release(apps, schema_editor):
    for statement in release_statements(schema_editor.connection.vendor, TABLE):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(guard, release)]

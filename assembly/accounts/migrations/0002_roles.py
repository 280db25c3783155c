"""A group for each role. What a role may do stands in the code, not in these rows."""

from django.db import migrations

ROLES = (
    "organiser",
    "programme_editor",
    "press_officer",
    "vetter",
    "airspace_officer",
    "gate_staff",
    "focal_point",
    "delegate",
)


def add(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(add, remove)]

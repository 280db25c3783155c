"""Demo sign-ins. Only demo settings ever call this."""

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from assembly.accounts.choices import STAFF_ROLES, Role
from assembly.accounts.models import User
from assembly.core import audit

PASSWORD: Final = "glasgow-demo-92"  # noqa: S105  printed at start, and for the demo alone
BY_CODE: Final = "code by e-mail, read it at /demo/mailbox/"

_PEOPLE: Final = (
    (Role.ORGANISER, "organiser@demo.example", "Demo organiser"),
    (Role.EDITOR, "editor@demo.example", "Demo editor"),
    (Role.PRESS_OFFICER, "press@demo.example", "Demo press officer"),
    (Role.VETTER, "vetter@demo.example", "Demo vetter"),
    (Role.AIRSPACE_OFFICER, "airspace@demo.example", "Demo airspace officer"),
    (Role.GATE_STAFF, "gate@demo.example", "Demo gate staff"),
    (Role.FOCAL_POINT, "focal@demo.example", "Demo focal point"),
    (Role.DELEGATE, "delegate@demo.example", "Demo delegate"),
)

SIGN_INS: Final = tuple(
    (str(role.label), email, f"password {PASSWORD}" if role in STAFF_ROLES else BY_CODE)
    for role, email, _name in _PEOPLE
)


def build(*, at: datetime) -> None:
    """One account for each role; running it again changes nothing."""
    for role, email, name in _PEOPLE:
        if User.objects.filter(email=email).exists():
            continue
        is_staff = role in STAFF_ROLES
        user = User.objects.create_user(
            email, password=PASSWORD if is_staff else None, name=name, is_staff=is_staff
        )
        user.groups.set(Group.objects.filter(name=role))
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        audit.record(by=None, verb="demo account", target=user, at=at, facts={"role": role.value})

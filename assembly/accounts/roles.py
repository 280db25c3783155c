"""What each role may do: one table, read by the sign-in backend. What is not here is refused."""

from collections.abc import Iterable
from typing import Final

from assembly.accounts.choices import Role


def _all(app: str, *models: str) -> frozenset[str]:
    return frozenset(
        f"{app}.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")
    )


def _view(app: str, *models: str) -> frozenset[str]:
    return frozenset(f"{app}.view_{model}" for model in models)


_PROGRAMME: Final = _all("programme", "session", "participation", "interpretation") | _view(
    "programme", "revision"
)
_PLACES: Final = _all("venues", "venue", "zone", "walkingtime", "room", "roomclosure")
_LOOK_AT_PLACES: Final = _view("venues", "venue", "zone", "walkingtime", "room", "roomclosure")
_LOOK_AT_EDITIONS: Final = _view("editions", "assembly", "recordentry")

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    Role.ORGANISER: _PROGRAMME
    | _PLACES
    | _all("editions", "assembly", "recordentry")
    | _all("people", "person", "capacity")
    | _all("delegations", "membercountry", "observerorganisation", "delegation")
    | _view("delegations", "delegate", "importbatch")
    | _view("accounts", "user")
    | _view("outbox", "message", "deliveryattempt", "suppression")
    | _view("core", "auditentry")
    | _all("notifications", "reminderrule", "wording")
    | _view("notifications", "alert")
    | {
        "notifications.announce",
        "accounts.invite_user",
        "programme.see_drafts",
        "programme.publish",
        "people.see_protected",
        "accounts.see_protected",
        "outbox.see_protected",
        "outbox.decide_message",
        "delegations.keep_delegations",
        "delegations.import_delegates",
        "delegations.issue_code",
    },
    Role.EDITOR: _PROGRAMME
    | _LOOK_AT_PLACES
    | _LOOK_AT_EDITIONS
    | _view("people", "person", "capacity")
    | _view("delegations", "membercountry", "observerorganisation", "delegation")
    | {"programme.see_drafts", "programme.publish"},
    Role.PRESS_OFFICER: _LOOK_AT_EDITIONS | _LOOK_AT_PLACES,
    Role.VETTER: _LOOK_AT_EDITIONS,
    Role.AIRSPACE_OFFICER: _LOOK_AT_EDITIONS | _LOOK_AT_PLACES,
    Role.GATE_STAFF: _LOOK_AT_EDITIONS
    | _view("delegations", "delegate")
    | {"delegations.issue_code"},
    Role.FOCAL_POINT: frozenset(),
    Role.DELEGATE: frozenset(),
}


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """All permissions of several roles; an unknown role has none."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))

"""What delegates cost, measured in the process: `python -m tests.bench.people`.

Runs under the demo settings with the database of VAR_DIR, which holds 1,200 sessions; fills it with
2,500 delegates by importing a file, gives each 20 saved sessions, and prints JSON.
"""

# ruff: noqa: E402  Django is set up before models are imported

import json
import random
import sys
import time
from importlib import import_module

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assembly.accounts.models import User
from assembly.delegations import services as delegations
from assembly.delegations.models import Delegate, Delegation
from assembly.editions.models import Assembly
from assembly.itineraries import services as itineraries
from assembly.itineraries.models import Concern, SavedSession
from assembly.itineraries.selectors.impact import impact
from assembly.programme.models import PublishedSession, Revision, Session
from assembly.programme.selectors import drafts
from assembly.programme.services import publish
from assembly.programme.services.publishing import plan

DELEGATES, SAVED, READERS, MOVED = 2500, 20, 60, 50
BACKEND = "assembly.accounts.backends.SignInBackend"


def timed(call) -> tuple[object, float]:
    began = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - began) * 1000


def file_of(assembly: Assembly) -> bytes:
    """A CSV of 2,500 delegates spread over all delegations."""
    codes = [d.code for d in Delegation.objects.of(assembly).select_related("country")]
    codes = [code for code in codes if len(code) == 2]
    rows = ["Delegation,Given names,Family name,E-mail,Date of birth,Function,Languages"]
    for number in range(DELEGATES):
        code = codes[number % len(codes)]
        rows.append(
            f"{code},Given {number},Family {number},d{number}@police.example,"
            f"19{number % 60 + 40}-01-01,Officer,en"
        )
    return "\n".join(rows).encode()


def republish(assembly: Assembly) -> Revision:
    planned = plan(assembly=assembly)
    return publish(
        assembly=assembly,
        by=None,
        at=timezone.now(),
        based_on=planned.base,
        accepted={clash.key: "A bench" for clash in planned.warnings},
        note="",
    )


def people() -> dict[str, object]:
    assembly = Assembly.objects.current().get()
    Delegation.objects.of(assembly).update(seats=40, state="confirmed")
    # Each copy of the programme is mandatory too; nobody has 800 sessions to attend.
    Session.objects.of(assembly).filter(code__startswith="Z").update(mandatory="")
    republish(assembly)
    content, now = file_of(assembly), timezone.now()
    batch, preview_ms = timed(
        lambda: delegations.preview(
            assembly=assembly, name="bench.csv", content=content, by=None, at=now
        )
    )
    _, import_ms = timed(
        lambda: (
            delegations.confirm(batch=batch, without_faulty=False, by=None, at=now)
            or delegations.apply(batch=batch, at=now)
        )
    )
    save(assembly)
    moved = list(Session.objects.of(assembly).order_by("code").values_list("pk", flat=True))[
        -MOVED:
    ]
    Session.objects.filter(pk__in=moved).update(minutes=25)
    Session.objects.of(assembly).exclude(mandatory="").update(minutes=25)
    planned = plan(assembly=assembly)
    old = drafts.published(assembly)
    with CaptureQueriesContext(connection) as queries:
        found, impact_ms = timed(lambda: impact(assembly, old, planned.payloads, now))
    newest = republish(assembly)
    _, rows_ms = timed(lambda: itineraries.work_out(revision=newest, at=now))
    return {
        "delegates": Delegate.objects.of(assembly).active().count(),
        "sessions": PublishedSession.objects.filter(revision=newest).count(),
        "preview_ms": preview_ms,
        "import_ms": import_ms,
        "changes": len(planned.changes),
        "impact_ms": impact_ms,
        "impact_queries": len(queries),
        "people": found.people,
        "clashes": found.clashes,
        "rows_ms": rows_ms,
        "rows": Concern.objects.filter(revision=newest).count(),
        **readers(assembly),
    }


def save(assembly: Assembly) -> None:
    """20 sessions for each delegate, spread at random, the same each time."""
    public = list(
        PublishedSession.objects.in_latest(assembly)
        .filter(listing="public")
        .values_list("session", flat=True)
    )
    dice = random.Random(92)
    now = timezone.now()
    SavedSession.objects.bulk_create(
        SavedSession(person_id=person, session_id=session, saved_at=now)
        for person in Delegate.objects.of(assembly).active().values_list("person", flat=True)
        for session in dice.sample(public, SAVED)
    )


def readers(assembly: Assembly) -> dict[str, object]:
    """Cookies and calendars of some delegates, and what one page and one feed cost."""
    users = list(
        User.objects.filter(email__endswith="@police.example").select_related("person")[:READERS]
    )
    cookies = [signed_in(user) for user in users]
    tokens = [
        itineraries.make_calendar(person=user.person, by=user, at=timezone.now()) for user in users
    ]
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookies[0]
    feed = f"/my/calendar/{tokens[0]}.ics"
    return {
        "cookies": [f"{settings.SESSION_COOKIE_NAME}={cookie}" for cookie in cookies],
        "feeds": [f"/my/calendar/{token}.ics" for token in tokens],
        "pages": [measured(client, "/my/"), measured(Client(), feed)],
    }


def signed_in(user: User) -> str:
    """The key of a session in which this user is signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def measured(client: Client, path: str) -> dict[str, object]:
    _, cold = timed(lambda: client.get(path))
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        response, warm = timed(lambda: client.get(path))
    entries = response.content.count(b"BEGIN:VEVENT") or response.content.count(b'class="item')
    return {
        "queries": len(queries),
        "bytes": len(response.content),
        "cold_ms": cold,
        "warm_ms": warm,
        "entries": entries,
    }


if __name__ == "__main__":
    json.dump(people(), sys.stdout)

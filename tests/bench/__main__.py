"""`make bench`: what the published pages cost, beside plain Django on the same machine.

Every stretch of load on one of our pages follows one on the bare view, and each pair gives a
ratio; the median of the ratios is what counts, since a busy machine slows both. Nothing measured
decides the exit code.
"""

import json
import math
import os
import platform
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from tests.bench import load, mail

ROUNDS, SECONDS, WARM_UP = 19, 0.35, 0.5  # many short pairs: noise rarely hits one half alone
SCALES = (6, 60)  # of the 20 sessions of Glasgow
BARE = {"DJANGO_SETTINGS_MODULE": "tests.bench.bare.settings"}
BARE_WSGI, WSGI = "django.core.wsgi:get_wsgi_application()", "assembly.wsgi:application"
LEAST_RATIO = {"/schedule/": 0.5, "304 of /schedule/": 0.8}
LEAST_PERSONAL, MOST_QUERIES, PEOPLE_WARM_UP = 0.25, 8, 10
MOST_PREVIEW_MS, MOST_IMPACT_MS, MOST_PLANNING_MS = 3000, 2000, 5000
LEAST_MAILS = {"reminders": 200, "announcements": 400}
MOST_BYTES, MOST_ELEMENTS, MOST_CHECK_MS = 60 * 1024, 1500, 100


def main() -> None:
    print(machine())
    with TemporaryDirectory(prefix="bench-") as root:
        places = [prepared(Path(root) / str(scale), scale) for scale in SCALES]
        figures = [inside("pages", place) for place in places]
        with get_context("fork").Pool(load.CLIENTS) as clients:
            for place, found in zip(places, figures, strict=True):
                print_load(clients, place, found)
            print_people(clients, places[-1])
        print_pages(figures)
        print_day(inside("day", places[0]))
        print_checks(figures, inside("synthetic", places[0]))
    print_mail(mail.measure())


def machine() -> str:
    facts = [line.split(": ") for line in Path("/proc/cpuinfo").read_text().splitlines()]
    model = next((fact[1] for fact in facts if fact[0].startswith("model name")), "unknown")
    software = f"Django {version('Django')}, gunicorn {version('gunicorn')}"
    system = f"{os.cpu_count()} cores ({model}), {platform.system()}"
    python = f"Python {platform.python_version()}"
    return f"{system}, {python}, {software}, SQLite {sqlite3.sqlite_version}"


def prepared(directory: Path, scale: int) -> dict[str, str]:
    """The environment of a demo of its own, seeded `scale` times."""
    directory.mkdir()
    environment = {
        "DJANGO_SETTINGS_MODULE": "assembly.settings.demo",
        "DATABASE_URL": f"sqlite:///{directory / 'planner.sqlite3'}",
        "VAR_DIR": str(directory),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LOG_LEVEL": "WARNING",
    }
    seed = ["seed_glasgow", "--dates", "today", "--scale", str(scale)]
    for words in (["migrate", "--no-input"], ["collectstatic", "--no-input"], seed):
        python("manage.py", *words, environment=environment)
    return environment


def inside(task: str, environment: dict[str, str]):
    return json.loads(python("-m", "tests.bench.inside", task, environment=environment))


def python(*words: str, environment: dict[str, str]) -> bytes:
    """What this Python prints. Raises CalledProcessError when it fails."""
    return subprocess.check_output([sys.executable, *words], env=os.environ | environment)


def print_load(clients: Pool, place: dict[str, str], figures: dict) -> None:
    heading(
        f"{figures['sessions']} sessions, {figures['public']} of them public: gunicorn with "
        f"{load.WORKERS} workers of {load.THREADS} threads,\n{load.CLIENTS * load.CONNECTIONS} "
        f"kept-alive connections; ratio to the bare view beside: median and range of {ROUNDS} pairs"
    )
    kinds = ("req/s", "p50 ms", "p99 ms", "CPU ms")
    row("", *kinds, *(f"bare {kind.split()[0]}" for kind in kinds), "ratio", "range")
    with load.served(BARE_WSGI, BARE) as bare, load.served(WSGI, place) as planner:
        for name, path in names(figures["pages"]):
            pairs = list(measured(clients, bare, planner, name, path))
            theirs, ours = zip(*pairs, strict=True)
            ratios = [our.rate / their.rate for their, our in pairs]
            spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
            cells = (*summary(ours), *summary(theirs), f"{median(ratios):.2f}", spread)
            least = LEAST_RATIO.get(name, 0)
            verdict = target(f"at least {least}", reached=median(ratios) >= least)
            row(name, *cells, verdict if least else "")


def names(pages: Sequence[dict]) -> Iterator[tuple[str, str]]:
    for page in pages:
        yield (page["path"] if page["status"] == 200 else f"304 of {page['path']}"), page["path"]


def measured(
    clients: Pool, bare: load.Server, planner: load.Server, name: str, path: str
) -> Iterator[tuple[load.Slice, load.Slice]]:
    """The bare view and our page in turn, after a warm-up of both."""
    floor, ours = load.Question(bare.port, "/"), load.Question(planner.port, path)
    load.measure(clients, bare, WARM_UP, floor)
    load.measure(clients, planner, WARM_UP, ours)
    for _ in range(ROUNDS):
        theirs = load.measure(clients, bare, SECONDS, floor)
        if name != path:
            load.stay_in_minute(SECONDS + 2)
            ours = load.unchanged(load.Question(planner.port, path))
        yield theirs, load.measure(clients, planner, SECONDS, ours)


def print_people(clients: Pool, place: dict[str, str]) -> None:
    """Delegates: what they cost at 2,500, and their pages beside the bare view."""
    found = json.loads(python("-m", "tests.bench.people", environment=place))
    heading(
        f"{found['delegates']} delegates, each with 20 of {found['sessions']} sessions saved;\n"
        f"pages of {len(found['cookies'])} people in turn: none is kept for the next"
    )
    row("", "queries", "bytes", "entries", "cold ms", "warm ms", "req/s", "bare req/s", "ratio")
    with load.served(BARE_WSGI, BARE) as bare, load.served(WSGI, place) as planner:
        asked = {
            "/my/": [load.Question(planner.port, "/my/", "", c) for c in found["cookies"]],
            "/my/calendar/….ics": [load.Question(planner.port, path) for path in found["feeds"]],
        }
        for (name, ours), page in zip(asked.items(), found["pages"], strict=True):
            pairs = list(rotated(clients, bare, planner, ours))
            theirs, mine = zip(*pairs, strict=True)
            ratio = median(my.rate / their.rate for their, my in pairs)
            facts = [page["queries"], page["bytes"], page["entries"]]
            times = [f"{page[kind]:.1f}" for kind in ("cold_ms", "warm_ms")]
            rates = [f"{median(some.rate for some in half):.0f}" for half in (mine, theirs)]
            reached = ratio >= LEAST_PERSONAL and page["queries"] <= MOST_QUERIES
            words = f"at most {MOST_QUERIES} queries, at least {LEAST_PERSONAL}"
            verdict = target(words, reached=reached)
            row(name, *facts, *times, *rates, f"{ratio:.2f}", verdict)
    print_work(found)
    print_planning(json.loads(python("-m", "tests.bench.planning", environment=place)))


def rotated(
    clients: Pool, bare: load.Server, planner: load.Server, ours: Sequence[load.Question]
) -> Iterator[tuple[load.Slice, load.Slice]]:
    floor = load.Question(bare.port, "/")
    load.measure(clients, bare, WARM_UP, floor)
    load.measure(clients, planner, PEOPLE_WARM_UP, *ours)  # each worker meets everybody once
    for _ in range(ROUNDS):
        yield (
            load.measure(clients, bare, SECONDS, floor),
            load.measure(clients, planner, SECONDS, *ours),
        )


def print_work(found: dict) -> None:
    print()
    row(
        "import preview, 2,500 rows",
        f"{found['preview_ms']:.0f} ms",
        target("under 3 s", reached=found["preview_ms"] < MOST_PREVIEW_MS),
    )
    row("import of 2,500 rows", f"{found['import_ms']:.0f} ms")
    row(
        "people a change concerns",
        f"{found['impact_ms']:.0f} ms",
        f"{found['changes']} changes",
        f"{found['people']} people",
        f"{found['clashes']} clashes",
        f"{found['impact_queries']} queries",
        target("under 2 s", reached=found["impact_ms"] + found["rows_ms"] < MOST_IMPACT_MS),
    )
    row("their rows written", f"{found['rows_ms']:.0f} ms", f"{found['rows']} rows")


def print_planning(found: dict) -> None:
    row(
        "reminders planned",
        f"{found['plan_ms']:.0f} ms",
        f"{found['reminders']} rows",
        f"{found['reads']} reads",
        target("under 5 s", reached=found["plan_ms"] < MOST_PLANNING_MS),
    )
    row("planned again", f"{found['again_ms']:.0f} ms", "none moved")
    row("nothing to plan", f"{found['unmoved_ms']:.0f} ms")


def summary(slices: Sequence[load.Slice]) -> list[str]:
    percentiles = quantiles([taken for some in slices for taken in some.latencies], n=100)
    return [
        f"{median(some.rate for some in slices):.0f}",
        f"{percentiles[49] * 1000:.1f}",
        f"{percentiles[98] * 1000:.1f}",
        f"{median(some.cpu_ms for some in slices):.2f}",
    ]


def print_pages(figures: Sequence[dict]) -> None:
    heading(
        "Each page in the process: queries when warm, size, and milliseconds when kept,\n"
        "when rendered anew (the schedule: each minute) and when loaded anew (after publishing)"
    )
    row("", "queries", "bytes", "gzipped", "elements", "kept ms", "render ms", "load ms")
    for found in figures:
        for page, (name, path) in zip(found["pages"], names(found["pages"]), strict=True):
            sizes = (page["queries"], page["bytes"], page["gzipped"], page["elements"])
            kinds = ("warm_ms", "render_ms", "cold_ms") if name == path else ("warm_ms",)
            times = [f"{page[kind]:.1f}" for kind in kinds]
            row(f"{found['sessions']:>5} {name}", *sizes, *times)


def print_day(pages: Sequence[dict]) -> None:
    heading("/schedule/ on a day of 120 sessions; eight rooms stand side by side in a grid")
    row("", "bytes", "gzipped", "elements")
    for page in pages:
        small = page["bytes"] < MOST_BYTES and page["elements"] < MOST_ELEMENTS
        verdict = target("under 60 KiB and 1,500 elements", reached=small)
        name = f"{page['rooms']:>5} rooms, {page['language']}"
        row(name, page["bytes"], page["gzipped"], page["elements"], verdict)


def print_checks(figures: Sequence[dict], synthetic: dict[str, float]) -> None:
    heading("Looking for clashes: the rules alone, and with loading the drafts")
    row("", "rules ms", "all ms")
    for found in figures:
        verdict = target("rules under 100 ms", reached=found["find_ms"] < MOST_CHECK_MS)
        rules, whole = f"{found['find_ms']:.1f}", f"{found['check_ms']:.1f}"
        row(f"{found['sessions']:>5} of the demo", rules, whole, verdict)
    for count, ms in synthetic.items():
        verdict = target("rules under 100 ms", reached=ms < MOST_CHECK_MS)
        row(f"{count:>5} synthetic", f"{ms:.1f}", "", verdict if count == "1200" else "")
    exponent = math.log(synthetic["2400"] / synthetic["300"]) / math.log(2400 / 300)
    print(f"Time grows with the number of sessions to the power of {exponent:.2f}.")


def print_mail(found: dict) -> None:
    heading(
        f"Mail: {mail.SENDERS} senders, beside raw SMTP over one connection to the same mail "
        f"server;\nmedian and range of {mail.ROUNDS} rounds, ratio of each pair"
    )
    row("", "mails/s", "range", "raw SMTP", "ratio")
    for database, rates in found["rates"].items():
        for kind, least in LEAST_MAILS.items():
            mine, floor = rates[kind], rates["floor"]
            spread = f"{min(mine):.0f}-{max(mine):.0f}"
            ratio = median(my / its for my, its in zip(mine, floor, strict=True))
            cells = (f"{median(mine):.0f}", spread, f"{median(floor):.0f}", f"{ratio:.2f}")
            verdict = target(f"at least {least} mails/s", reached=median(mine) >= least)
            row(f"{kind}, {database}", *cells, verdict)
    print()
    kinds = {
        "after_a_worker": ("a worker was killed", mail.LEASE_SECONDS + 5, "the lease and 5 s"),
        "after_a_broker": ("the broker was back", 10, "10 s"),
    }
    for kind, (name, most, words) in kinds.items():
        if kind in found:
            verdict = target(f"{words} at most", reached=found[kind] <= most)
            row(f"last mail after {name}", f"{found[kind]:.1f} s", verdict)


def heading(text: str) -> None:
    print(f"\n{text}\n")


def row(name: str, *cells: object) -> None:
    print(f"{name:<26}" + "".join(f"{cell!s:>11}" for cell in cells), flush=True)


def target(words: str, *, reached: bool) -> str:
    return f"  target: {words}: {'reached' if reached else 'MISSED'}"


if __name__ == "__main__":
    main()

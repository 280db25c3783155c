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

from tests.bench.load import (
    CLIENTS,
    CONNECTIONS,
    THREADS,
    WORKERS,
    Server,
    Slice,
    Target,
    fetch,
    request_for,
    served,
    stay_in_minute,
)

ROUNDS, SECONDS, WARM_UP = 7, 1.0, 0.5
SCALES = (6, 60)  # of the 20 sessions of Glasgow
BARE = {"DJANGO_SETTINGS_MODULE": "tests.bench.bare.settings"}
WSGI = "django.core.wsgi:get_wsgi_application()"
LEAST_RATIO = {"/schedule/": 0.5, "304 of /schedule/": 0.8}
MOST_BYTES, MOST_ELEMENTS, MOST_CHECK_MS = 60 * 1024, 1500, 100


def main() -> None:
    heading(machine())
    with TemporaryDirectory(prefix="bench-") as root:
        places = {scale: prepared(Path(root) / str(scale), scale) for scale in SCALES}
        figures = {scale: inside("pages", place) for scale, place in places.items()}
        with get_context("fork").Pool(CLIENTS) as clients:
            for scale, place in places.items():
                print_load(clients, place, figures[scale])
        print_pages(figures.values())
        print_day(inside("day", places[SCALES[0]]))
        print_checks(figures.values(), inside("synthetic", places[SCALES[0]]))


def machine() -> str:
    model = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    cores = f"{os.cpu_count()} cores" + (f" ({model[0].partition(': ')[2]})" if model else "")
    software = [f"{name} {version(name)}" for name in ("Django", "gunicorn")]
    database = f"SQLite {sqlite3.sqlite_version}"
    parts = [cores, platform.system(), f"Python {platform.python_version()}", *software, database]
    return ", ".join(parts)


def prepared(directory: Path, scale: int) -> dict[str, str]:
    """The environment of a demo of its own, seeded `scale` times."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "assembly.settings.demo",
        "DATABASE_URL": f"sqlite:///{directory / 'planner.sqlite3'}",
        "VAR_DIR": str(directory),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LOG_LEVEL": "WARNING",
    }
    directory.mkdir()
    seed = ["seed_glasgow", "--dates", "today", "--scale", str(scale)]
    for words in (["migrate", "--no-input"], ["collectstatic", "--no-input"], seed):
        python("manage.py", *words, environment=environment)
    return environment


def inside(task: str, environment: dict[str, str]):
    return json.loads(python("-m", "tests.bench.inside", task, environment=environment))


def python(*words: str, environment: dict[str, str]) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(
        command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def print_load(clients: Pool, place: dict[str, str], figures: dict) -> None:
    heading(
        f"{figures['sessions']} sessions, {figures['public']} of them public: "
        f"gunicorn with {WORKERS} workers of {THREADS} threads, "
        f"{CLIENTS * CONNECTIONS} kept-alive connections; median of {ROUNDS} pairs"
    )
    row(
        "", "req/s", "p50 ms", "p99 ms", "CPU ms", "bare r/s", "p50 ms", "p99 ms", "CPU ms", "ratio"
    )
    with served(WSGI, "/", BARE) as bare, served(WSGI, "/healthz", place) as planner:
        floor = Target(bare.port, request_for("/"))
        for name, path in names(figures["pages"]):
            pairs = list(measured(clients, bare, floor, planner, name, path))
            ratio = median(ours.rate / theirs.rate for theirs, ours in pairs)
            theirs, ours = zip(*pairs, strict=True)
            least = LEAST_RATIO.get(name)
            verdict = target(f"at least {least}", reached=ratio >= least) if least else ""
            row(name, *summary(ours), *summary(theirs), f"{ratio:.2f}", verdict)


def names(pages: Sequence[dict]) -> Iterator[tuple[str, str]]:
    for page in pages:
        yield (page["path"] if page["status"] == 200 else f"304 of {page['path']}"), page["path"]


def measured(
    clients: Pool, bare: Server, floor: Target, planner: Server, name: str, path: str
) -> Iterator[tuple[Slice, Slice]]:
    """The bare view and our page in turn, after a warm-up of both."""
    ours = Target(planner.port, request_for(path))
    bare.measure(clients, floor, WARM_UP)
    planner.measure(clients, ours, WARM_UP)
    for _ in range(ROUNDS):
        theirs = bare.measure(clients, floor, SECONDS)
        if name.startswith("304"):
            stay_in_minute(SECONDS + 1)
            ours = unchanged(planner.port, path)
        yield theirs, planner.measure(clients, ours, SECONDS)


def unchanged(port: int, path: str) -> Target:
    """The request of a browser that has the page as it is now."""
    head = fetch(Target(port, request_for(path))).partition(b"\r\n\r\n")[0].decode()
    etag = next(line[6:] for line in head.split("\r\n") if line.startswith("ETag: "))
    return Target(port, request_for(path, If_None_Match=etag), b"304")


def summary(slices: Sequence[Slice]) -> list[str]:
    percentiles = quantiles([ms for some in slices for ms in some.latencies], n=100)
    return [
        f"{median(some.rate for some in slices):.0f}",
        f"{percentiles[49] * 1000:.1f}",
        f"{percentiles[98] * 1000:.1f}",
        f"{median(some.cpu_ms for some in slices):.2f}",
    ]


def print_pages(figures: Sequence[dict]) -> None:
    heading("Each page in the process: queries when warm, size, and milliseconds when kept,")
    print(
        "when rendered anew (the schedule: each minute) and when loaded anew (after publishing)\n"
    )
    row("", "queries", "bytes", "gzipped", "elements", "kept ms", "render", "load")
    for found in figures:
        for page, (name, _path) in zip(found["pages"], names(found["pages"]), strict=True):
            sizes = (page["queries"], page["bytes"], page["gzipped"], page["elements"])
            kinds = ("warm_ms", "render_ms", "cold_ms") if page["status"] == 200 else ("warm_ms",)
            times = [f"{page[kind]:.1f}" for kind in kinds]
            row(f"{found['sessions']:>5} {name}", *sizes, *times)


def print_day(pages: Sequence[dict]) -> None:
    heading("A day of 120 sessions")
    row("", "bytes", "gzipped", "elements")
    for page in pages:
        small = page["bytes"] < MOST_BYTES and page["elements"] < MOST_ELEMENTS
        verdict = target("under 60 KiB and 1,500 elements", reached=small)
        name = f"{page['rooms']} rooms, {page['path']}"
        row(name, page["bytes"], page["gzipped"], page["elements"], verdict)


def print_checks(figures: Sequence[dict], synthetic: dict[str, float]) -> None:
    heading("Looking for clashes: the rules alone, and with loading the drafts")
    row("", "rules ms", "all ms")
    for found in figures:
        verdict = target("rules under 100 ms", reached=found["find_ms"] < MOST_CHECK_MS)
        rules, whole = f"{found['find_ms']:.1f}", f"{found['check_ms']:.1f}"
        row(f"{found['sessions']:>5} of the demo", rules, whole, verdict)
    times = [(int(count), ms) for count, ms in synthetic.items()]
    for count, ms in times:
        verdict = target("under 100 ms", reached=ms < MOST_CHECK_MS) if count == 1200 else ""
        row(f"{count:>5} synthetic", f"{ms:.1f}", "", verdict)
    (fewest, fast), (most, slow) = times[0], times[-1]
    exponent = math.log(slow / fast) / math.log(most / fewest)
    print(f"Time grows with the number of sessions to the power of {exponent:.2f}.")


def heading(text: str) -> None:
    print(f"\n{text}\n")


def row(name: str, *cells: object) -> None:
    print(f"{name:<26}" + "".join(f"{cell!s:>9}" for cell in cells), flush=True)


def target(words: str, *, reached: bool) -> str:
    return f"  target: {words}: {'reached' if reached else 'MISSED'}"


if __name__ == "__main__":
    main()

"""Production refuses to start on a missing or default secret, and is clean under check --deploy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = {
    "SECRET_KEY": "k8#Qz!" * 10 + "aB3xW9",
    "ALLOWED_HOSTS": "assembly.example",
    "BASE_URL": "https://assembly.example",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    settings = {"DJANGO_SETTINGS_MODULE": "assembly.settings.production"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"SECRET_KEY": ""}, "set SECRET_KEY to at least 50 random characters."),
        ({"SECRET_KEY": "short"}, "set SECRET_KEY to at least 50 random characters."),
        ({"SECRET_KEY": "x" * 80}, "set SECRET_KEY to at least 50 random characters."),
        (
            {"SECRET_KEY": "django-insecure-" + "aB3xW9k8#Qz!" * 5},
            "set SECRET_KEY to at least 50 random characters.",
        ),
        (
            {"ALLOWED_HOSTS": "*"},
            "set ALLOWED_HOSTS to the host names people use, separated by commas; not '*'.",
        ),
        (
            {"BASE_URL": "http://assembly.example"},
            "set BASE_URL to the address people use; it starts with https://.",
        ),
        (
            {"DATABASE_URL": ""},
            "set DATABASE_URL to the database, for example postgres://user:password@host/name.",
        ),
    ],
)
def test_production_refuses_to_start_with_one_clear_line(wrong, line):
    result = manage("check", **{**GOOD, **wrong})
    assert (result.returncode, result.stdout, result.stderr) == (
        1,
        "",
        f"Refusing to start: {line}\n",
    )


def test_check_deploy_is_clean_under_production_settings():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert (result.returncode, result.stdout, result.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


def test_demo_data_is_refused_under_production_settings():
    result = manage("seed_glasgow", **GOOD)
    assert (result.returncode, result.stderr) == (
        1,
        "CommandError: Demo data exists under demo settings only.\n",
    )

"""The house rules that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for top in ("assembly", "accreditation", "venues")
    for path in (ROOT / top).rglob("*.py")
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_300_lines_and_no_template_than_150():
    # The clash rules stand on one page, so that a reader sees the whole law.
    tables = {"assembly/programme/clashes.py"}
    long = {name(p) for p in SOURCES if len(p.read_text().splitlines()) > 300}
    assert long - tables == set()
    assert [name(p) for p in TEMPLATES if len(p.read_text().splitlines()) > 150] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_function_is_longer_than_40_lines(path):
    tree = ast.parse(path.read_text())
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    # A docstring, and the names and types of arguments, are not the length that hurts.
    # These two are tables written as one expression.
    tables = {"payload_of", "configure"}
    long = {f.name for f in functions if f.end_lineno - f.body[0].end_lineno > 40}
    assert long - tables == set()


def test_there_is_no_catch_all_module():
    names = {"utils", "util", "helpers", "common", "misc"}
    assert [name(p) for p in SOURCES if p.stem in names] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_there_are_no_signals_of_our_own_and_mail_leaves_through_the_outbox(path):
    text = path.read_text()
    assert (
        re.findall(r"\b(?:post_save|pre_save|post_delete|m2m_changed|post_migrate)\b", text) == []
    )
    if name(path) not in ("assembly/outbox/transport.py", "assembly/outbox/smtp.py"):
        assert "django.core.mail" not in text.replace('"django.core.mail', "")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_obey_the_content_security_policy(path):
    text = path.read_text()
    if path.parent.name == "mail" or path.name.endswith("_message.html"):
        return  # a mail is not a page: its styles have to stand inside
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*src=)", text) == []
    assert re.findall(r"""(?:src|href)=["']https?://""", text) == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_task_is_told_when_to_run(path):
    """An ETA beyond the broker's visibility timeout runs a task again and again."""
    assert re.findall(r"\b(?:apply_async|countdown=|eta=)", path.read_text()) == []


def test_no_registry_and_no_path_of_a_machine_stands_in_the_tree():
    pattern = re.compile(r"https?://[^/ \"]+/(?:simple|packages)/|(?<![\w.])/(?:work|root)/")
    files = [*SOURCES, *TEMPLATES, ROOT / "Makefile", ROOT / "requirements.lock"]
    assert [name(p) for p in files if pattern.search(p.read_text())] == []
    assert "://" not in (ROOT / "requirements.lock").read_text()

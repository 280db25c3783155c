"""What a process keeps: bounded, emptied at once; frames in which nothing of a person stays."""

from django.test import RequestFactory
from django.utils.safestring import SafeString

from assembly.core.frames import framed
from assembly.core.kept import Kept, forget_all


def test_the_oldest_goes_when_there_are_too_many_and_all_go_at_once():
    kept: Kept[str, int] = Kept(2)
    for number, name in enumerate("abc"):
        kept.put(name, number)
    assert [kept.get(name) for name in "abc"] == [None, 1, 2]
    forget_all()
    assert kept.get("c") is None


def test_a_frame_is_rendered_once_and_the_parts_are_each_readers_own(settings, tmp_path):
    (tmp_path / "frame.html").write_text("{{ word }} {{ part.name }} {% csrf_token %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    asked = []

    def page(name: str):
        request = RequestFactory().get("/")
        facts = lambda: asked.append(name) or {"word": "Hello"}  # noqa: E731
        parts = {"name": SafeString(name)}
        return framed(
            request, "frame.html", depends_on=("en",), facts=facts, parts=parts
        ).content.decode()

    first, second = page("Amina"), page("Omar")
    assert (first[:11], second[:10], asked) == ("Hello Amina", "Hello Omar", ["Amina"])
    tokens = [text.partition('value="')[2].partition('"')[0] for text in (first, second)]
    assert [len(token) for token in tokens] == [64, 64]
    assert tokens[0] != tokens[1]

"""One letter for many people: what they wrote is neither markup, nor a template, nor a link."""

import pytest

from assembly.outbox.letters import compose

HOSTILE = 'A {{ x }} <b>b</b>\r\nBcc: www.evil.example http://evil.example/x "q"'


@pytest.fixture
def letter(tmp_path, settings):
    for name, text in {
        "subject.txt": "{% autoescape off %}For {{ personal.name }}{% endautoescape %}",
        "message.txt": "Dear {{ personal.name }}: {{ personal.link }}",
        "message.html": "<style>p { margin: 0 }</style><p>{{ personal.name }}</p>"
        '<a href="{{ personal.link }}">x</a>',
    }.items():
        (tmp_path / f"letter_{name}").write_text(text)
    templates = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.TEMPLATES = templates
    return compose("letter", "en", {}, personal=["name", "link"])


def test_each_person_gets_their_own_name_and_link(letter):
    found = letter.to({"name": "Amina"}, {"link": "https://a.example/1/"})
    assert found.subject == "For Amina"
    assert found.text == "Dear Amina: https://a.example/1/\n"
    assert '<p style="margin: 0;"><bdi>Amina</bdi></p>' in found.html
    assert '<a href="https://a.example/1/">x</a>' in found.html


def test_a_hostile_name_is_only_a_name(letter):
    found = letter.to({"name": HOSTILE}, {"link": "https://a.example/1/"})
    assert "\n" not in found.subject
    assert "{{ x }}" in found.text
    assert "<b>" not in found.html
    assert "&lt;b&gt;" in found.html
    for text in (found.subject, found.text, found.html):
        assert "evil.example" not in text, "a mail program would make a link of it"
        assert "evil.\u2060example" in text

"""The log of outgoing mail: what organisers find, read and decide, and what they never see."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser
from functools import partial
from uuid import uuid4

import pytest
from django.urls import reverse

from assembly.accounts.choices import Role
from assembly.accounts.roles import PERMISSIONS
from assembly.core.models import AuditEntry
from assembly.outbox.choices import Outcome, Phase, State
from assembly.outbox.models import DeliveryAttempt, Message, Suppression
from tests.conftest import NOON
from tests.outbox.conftest import enqueue, enqueue_many
from tests.racing import race

pytestmark = pytest.mark.django_db
LIST = "/organise/outbox/message/"
SUPPRESSED = "/organise/outbox/suppression/"


@pytest.fixture
def desk(organiser, as_user):
    """The browser of an organiser."""
    return as_user(organiser)


def grant(monkeypatch, role: str, *permissions: str) -> None:
    """Let a role do more than the table says."""
    monkeypatch.setitem(PERMISSIONS, role, PERMISSIONS[role] | set(permissions))


def message_in(state: str, **fields) -> Message:
    [message] = enqueue_many(f"{uuid4().hex[:8]}@example.org")
    Message.objects.filter(pk=message.pk).update(state=state, **fields)
    message.refresh_from_db()
    return message


def suppress(address: str, **fields) -> Suppression:
    return Suppression.objects.create(
        email=address, since=NOON, answer="550 5.1.1 No such user", **fields
    )


def page_of(message: Message, name: str = "message") -> str:
    return reverse(name, args=[message.uuid])


def seen(client, message: Message) -> str:
    """What the page in this browser says the decision rests on."""
    return client.get(page_of(message)).context["dossier"].seen


def found(client, query: str) -> set[str]:
    rows = client.get(f"{LIST}?{query}").context["cl"].result_list
    return {row.to_email for row in rows}


# The list


def test_the_short_address_leads_to_the_list_and_keeps_what_was_asked(desk):
    response = desk.get("/organise/messages/?q=panel")
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}?q=panel")


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_many_questions_for_one_message_as_for_thirty(
    desk, django_assert_num_queries, count
):
    enqueue_many(*[f"{n}@example.org" for n in range(count)])
    with django_assert_num_queries(11):
        response = desk.get(LIST)
    assert len(response.context["cl"].result_list) == count


def test_a_row_shows_its_facts_and_leads_to_the_page_of_the_message(desk):
    message = message_in(State.FAILED, to_name="Amina <b>", attempts=3)
    html = desk.get(LIST).content.decode()
    assert f'href="{page_of(message)}"' in html
    assert "Amina &lt;b&gt;" in html
    assert "✕</span>&nbsp;Failed</b>" in html


def test_the_list_says_what_will_be_there(desk):
    assert "from the moment it is queued" in desk.get(LIST).content.decode()
    assert "No message matches." in desk.get(f"{LIST}?q=nobody").content.decode()


def test_messages_are_found_by_person_subject_session_and_announcement(desk):
    enqueue_many("amina@example.org", "jo@example.org")
    Message.objects.filter(to_email="amina@example.org").update(
        to_name="Amina Diop", subject="Room changed: AI", about="PLEN01 PANEL7", batch="A-17"
    )
    for query in ("amina@", "diop", "changed%3A", "PANEL7", "A-17"):
        assert found(desk, f"q={query}") == {"amina@example.org"}
    assert found(desk, "q=A-1") == set()


def test_messages_are_filtered_by_state_template_and_language(desk):
    sent, failed = message_in(State.SENT), message_in(State.FAILED, language="ar", template="t/x")
    assert found(desk, "state__exact=sent") == {sent.to_email}
    assert found(desk, "language=ar") == found(desk, "template=t/x") == {failed.to_email}


def test_what_is_perhaps_sent_is_named_at_the_top(desk):
    assert "perhaps sent" not in desk.get(LIST).content.decode()
    message_in(State.UNCERTAIN)
    message_in(State.UNCERTAIN, sensitive=True)
    assert "1 message was perhaps sent" in desk.get(LIST).content.decode()


def test_a_code_that_waits_is_neither_shown_nor_found(desk):
    message = enqueue(sensitive=True)
    assert message.subject == "Your sign-in code: ABC-123"
    for path in (LIST, page_of(message), page_of(message, "message_file")):
        assert "ABC-123" not in desk.get(path).content.decode()
    assert found(desk, "q=ABC-123") == set()
    assert found(desk, "q=amina@") == {"amina@example.org"}


@pytest.mark.parametrize("field", ["subject", "text", "html", "dedupe_key", "uuid"])
def test_no_address_can_ask_for_a_code_letter_by_letter(desk, field):
    enqueue(sensitive=True)
    response = desk.get(f"{LIST}?{field}__startswith=Your+sign-in+code%3A+A")
    assert response.status_code == 400


def test_messages_to_protected_people_need_a_permission(desk, make_user, as_user, monkeypatch):
    message = message_in(State.SENT, protected=True)
    assert desk.get(page_of(message)).status_code == 200

    grant(monkeypatch, Role.EDITOR, "outbox.view_message", "outbox.decide_message")
    editor = as_user(make_user(Role.EDITOR))
    assert found(editor, "") == set()
    reason = {"reason": "Asked for", "seen": seen(desk, message)}
    for name in ("message", "message_file", "message_resend", "message_settle"):
        assert editor.get(page_of(message, name)).status_code == 404
    for name in ("message_resend", "message_settle"):
        assert editor.post(page_of(message, name), reason).status_code == 404
    assert editor.get(f"{LIST}{message.pk}/change/").status_code == 404
    assert Message.objects.count() == 1


def test_the_admins_address_of_a_row_leads_to_its_page(desk, editor, as_user):
    message, suppression = message_in(State.SENT), suppress("a@example.org")
    response = desk.get(f"{LIST}{message.pk}/change/")
    assert response.headers["Location"] == page_of(message)
    response = desk.get(f"{SUPPRESSED}{suppression.pk}/change/")
    assert response.headers["Location"] == reverse("suppression", args=[suppression.uuid])
    assert as_user(editor).get(f"{LIST}{message.pk}/change/").status_code == 403


@pytest.mark.parametrize("verb", ["add/", "{pk}/delete/"])
def test_nobody_adds_or_deletes_rows(desk, verb):
    message, suppression = message_in(State.SENT), suppress("a@example.org")
    for path, pk in ((LIST, message.pk), (SUPPRESSED, suppression.pk)):
        assert desk.post(path + verb.format(pk=pk), {"post": "yes"}).status_code == 403


# One message


def test_the_page_shows_the_text_as_text_and_the_attempts(desk):
    message = message_in(
        State.SENT,
        subject="<i>Hi</i>",
        text="<script>alert(1)</script> https://example.org/go\n\nمرحبا",
        language="ar",
    )
    DeliveryAttempt.objects.create(
        message=message, at=NOON, outcome=Outcome.LATER, phase=Phase.DATA, answer="451 <later>"
    )
    response = desk.get(page_of(message))
    html = response.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://example.org/go</p>" in html
    assert 'href="https://example.org' not in html
    assert '<span lang="ar"><bdi>&lt;i&gt;Hi&lt;/i&gt;</bdi></span>' in html
    assert 'lang="ar" dir="auto"' in html
    assert "<bdi>451 &lt;later&gt;</bdi>" in html
    assert "Refused for now</td><td>handing over the text" in html
    assert response.headers["Cache-Control"] == "private, no-store"


def test_reading_leaves_no_trace(desk):
    desk.get(page_of(message_in(State.SENT)))
    assert AuditEntry.objects.count() == 0


def test_a_message_that_does_not_exist_is_not_found(desk):
    for name in ("message", "message_file", "message_resend", "message_settle"):
        assert desk.get(reverse(name, args=[uuid4()])).status_code == 404
    assert desk.post(reverse("message_resend", args=[uuid4()]), {"reason": "x"}).status_code == 404
    assert desk.get("/organise/messages/1/").status_code == 404


@pytest.mark.parametrize("copies", [1, 5])
def test_a_message_asks_as_many_questions_for_one_attempt_as_for_many(
    desk, django_assert_num_queries, copies
):
    message = message_in(State.SENT)
    for _ in range(copies):
        decide(desk, message)
        DeliveryAttempt.objects.create(message=message, at=NOON, outcome=Outcome.LATER)
    desk.get(page_of(message))  # shows what the decisions said, once
    with django_assert_num_queries(10):
        html = desk.get(page_of(message)).content.decode()
    assert html.count("Refused for now") == copies
    assert html.count("○</span>&nbsp;Queued") == copies


def test_the_file_is_the_mail_as_it_left(desk):
    message = message_in(State.SENT, sent_at=NOON, html="<p>Go there</p>", to_name="Amina")
    response = desk.get(page_of(message, "message_file"))
    assert response.headers["Content-Type"] == "message/rfc822"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{message.uuid}.eml"'
    mail = BytesParser(policy=policy.default).parsebytes(response.content)
    assert mail["To"] == f"Amina <{message.to_email}>"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"].startswith(f"<{message.uuid}@")
    assert mail.get_body(("plain",)).get_content().strip() == "Go there"


@pytest.mark.parametrize(
    "fields",
    [{"sensitive": True}, {"text": "(removed after sending)"}, {"to_email": ""}],
)
def test_what_nobody_may_read_is_no_file(desk, fields):
    message = message_in(State.SENT, **fields)
    response = desk.get(page_of(message, "message_file"))
    assert (response.status_code, response.headers["Content-Type"]) == (
        409,
        "text/html; charset=utf-8",
    )


@pytest.mark.parametrize("fields", [{"subject": "Two\nlines"}, {"to_email": "é@example.org"}])
def test_a_mail_that_cannot_be_made_is_no_file(desk, fields):
    response = desk.get(page_of(message_in(State.FAILED, **fields), "message_file"))
    assert response.status_code == 409
    assert "No mail can be made of this message" in response.content.decode()


# Decisions


def decide(client, message: Message, name: str = "message_resend", **facts):
    facts = {"reason": "She asked", "seen": seen(client, message), **facts}
    return client.post(page_of(message, name), facts)


def test_an_organiser_sends_a_failed_message_again_and_says_why(desk, organiser):
    message = message_in(State.FAILED)
    response = decide(desk, message, reason="  The box was full ")
    assert (response.status_code, response.headers["Location"]) == (302, page_of(message))
    assert Message.objects.get().state == State.QUEUED
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.facts["reason"]) == (
        str(organiser.pk),
        "message sent again",
        "The box was full",
    )


def test_a_sent_message_goes_as_a_new_mail_which_both_pages_know(desk):
    message = message_in(State.SENT)
    response = decide(desk, message)
    copy = Message.objects.exclude(pk=message.pk).get()
    assert response.headers["Location"] == page_of(copy)
    assert page_of(copy) in desk.get(page_of(message)).content.decode()


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNCERTAIN, State.CANCELLED])
def test_a_second_click_sends_nothing(desk, state):
    message = message_in(state)
    stale = seen(desk, message)
    assert decide(desk, message).status_code == 302
    response = decide(desk, message, seen=stale)
    assert response.status_code == 409
    assert "has changed since you opened the page" in response.content.decode()
    assert AuditEntry.objects.count() == 1
    assert Message.objects.filter(state=State.QUEUED).count() == 1


def test_a_page_from_before_another_decision_changes_nothing(desk):
    message = message_in(State.UNCERTAIN)
    stale = seen(desk, message)
    assert decide(desk, message, "message_settle").status_code == 302
    for name in ("message_settle", "message_resend"):
        assert decide(desk, message, name, seen=stale).status_code == 409
        assert decide(desk, message, name, seen="").status_code == 409
    assert list(Message.objects.values_list("state", flat=True)) == [State.SENT]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_sends_one_mail(organiser, as_user):
    message = message_in(State.SENT)
    clients = [as_user(organiser), as_user(organiser)]
    facts = {"reason": "She asked", "seen": seen(clients[0], message)}
    clicks = [partial(client.post, page_of(message, "message_resend"), facts) for client in clients]
    assert sorted(response.status_code for response in race(*clicks)) == [302, 409]
    assert Message.objects.count() == 2


@pytest.mark.parametrize("reason", [None, "", "   ", "x" * 301, "a\x00b"])
def test_a_decision_needs_a_short_reason(desk, reason):
    message = message_in(State.FAILED)
    facts = {"seen": seen(desk, message)} | ({} if reason is None else {"reason": reason})
    response = desk.post(page_of(message, "message_resend"), facts)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert Message.objects.get().state == State.FAILED


def test_a_mail_with_a_code_is_never_decided_about(desk):
    message = message_in(State.UNCERTAIN, sensitive=True)
    html = desk.get(page_of(message)).content.decode()
    assert "they ask for a new one where they asked for this one" in html
    assert "<form" not in html.split('id="content"')[1].split("<footer")[0]
    for name in ("message_resend", "message_settle"):
        response = decide(desk, message, name)
        assert response.status_code == 409
        assert "never sent again" in response.content.decode()
    assert Message.objects.get().state == State.UNCERTAIN


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": State.QUEUED}, "on its way"),
        ({"state": State.QUEUED, "held": True}, "paused"),
        ({"state": State.FAILED, "text": "(removed after sending)"}, "is gone"),
    ],
)
def test_the_page_says_why_a_message_cannot_go_again(desk, fields, words):
    message = message_in(**fields)
    html = desk.get(page_of(message)).content.decode()
    assert words in html
    assert page_of(message, "message_resend") not in html
    assert decide(desk, message).status_code == 409
    assert Message.objects.get().state == fields["state"]


def test_a_suppressed_address_is_lifted_before_anything_goes_there(desk):
    message = message_in(State.FAILED)
    suppression = suppress(message.to_email)
    html = desk.get(page_of(message)).content.decode()
    assert reverse("suppression", args=[suppression.uuid]) in html
    response = decide(desk, message)
    assert response.status_code == 409
    assert "Lift that first" in response.content.decode()

    desk.post(reverse("suppression_lift", args=[suppression.uuid]), {"reason": "Typo mended there"})
    assert decide(desk, message).status_code == 302


def test_only_what_is_perhaps_sent_can_be_counted_as_sent(desk):
    uncertain, failed = message_in(State.UNCERTAIN), message_in(State.FAILED)
    assert "Count as sent" not in desk.get(page_of(failed)).content.decode()
    assert decide(desk, failed, "message_settle").status_code == 409
    assert "Count as sent" in desk.get(page_of(uncertain)).content.decode()
    assert decide(desk, uncertain, "message_settle").status_code == 302
    assert dict(Message.objects.values_list("pk", "state")) == {
        uncertain.pk: State.SENT,
        failed.pk: State.FAILED,
    }
    assert AuditEntry.objects.get().verb == "message counted as sent"


@pytest.mark.parametrize("name", ["message_resend", "message_settle"])
def test_an_address_that_is_opened_decides_nothing(desk, name):
    message = message_in(State.UNCERTAIN)
    response = desk.get(page_of(message, name), {"reason": "x", "seen": seen(desk, message)})
    assert response.headers["Location"] == page_of(message)
    assert Message.objects.get().state == State.UNCERTAIN


def test_who_may_only_look_decides_nothing(make_user, as_user, monkeypatch):
    grant(monkeypatch, Role.EDITOR, "outbox.view_message", "outbox.view_suppression")
    editor = as_user(make_user(Role.EDITOR))
    message, suppression = message_in(State.UNCERTAIN), suppress("a@example.org")
    lift = reverse("suppression_lift", args=[suppression.uuid])
    for path, post in (
        (page_of(message), page_of(message, "message_resend")),
        (page_of(message), page_of(message, "message_settle")),
        (reverse("suppression", args=[suppression.uuid]), lift),
    ):
        assert "You can look at" in editor.get(path).content.decode()
        assert post not in editor.get(path).content.decode()
        assert editor.post(post, {"reason": "x", "seen": "uncertain 0 0"}).status_code == 403
    assert Message.objects.get().state == State.UNCERTAIN


# Suppressed addresses


def test_suppressed_addresses_are_listed_found_and_filtered(desk):
    suppress("a@example.org")
    suppress("b@example.org", lifted_at=NOON + timedelta(days=1), lifted_because="Typo")
    response = desk.get("/organise/messages/suppressed/?q=a%40")
    assert response.headers["Location"] == f"{SUPPRESSED}?q=a%40"

    def listed(query: str) -> list[str]:
        return [row.email for row in desk.get(SUPPRESSED + query).context["cl"].result_list]

    assert sorted(listed("")) == ["a@example.org", "b@example.org"]
    assert listed("?q=a%40") == listed("?standing=yes") == ["a@example.org"]
    assert listed("?standing=no") == ["b@example.org"]
    html = desk.get(SUPPRESSED).content.decode()
    assert "550 5.1.1 No such user" in html
    assert "Lifted on 6 November 2024" in html


@pytest.mark.parametrize("count", [1, 30])
def test_the_suppressed_ask_as_many_questions_for_one_as_for_thirty(
    desk, django_assert_num_queries, count
):
    for n in range(count):
        suppress(f"{n}@example.org")
    with django_assert_num_queries(9):
        desk.get(SUPPRESSED)


def test_the_list_of_the_suppressed_says_what_will_be_there(desk):
    assert "No address is suppressed." in desk.get(SUPPRESSED).content.decode()
    assert "No address matches." in desk.get(f"{SUPPRESSED}?q=x").content.decode()


def test_an_address_is_lifted_once_with_a_reason(desk, organiser):
    suppression = suppress("a@example.org")
    page = reverse("suppression", args=[suppression.uuid])
    lift = reverse("suppression_lift", args=[suppression.uuid])
    assert "550 5.1.1 No such user" in desk.get(page).content.decode()
    assert desk.get(lift).headers["Location"] == page
    for faulty in ({}, {"reason": " "}, {"reason": "x" * 301}):
        assert desk.post(lift, faulty).status_code == 422
    assert desk.post(lift, {"reason": "They mended it"}).headers["Location"] == page
    response = desk.post(lift, {"reason": "Again"})
    assert response.status_code == 409
    assert "Somebody else has lifted this already." in response.content.decode()
    suppression.refresh_from_db()
    assert suppression.lifted_because == "They mended it"
    assert AuditEntry.objects.get().actor == str(organiser.pk)


def test_a_suppression_that_does_not_exist_is_not_found(desk):
    assert desk.get(reverse("suppression", args=[uuid4()])).status_code == 404


def test_protected_addresses_need_a_permission(desk, make_user, as_user, monkeypatch):
    suppression = suppress("a@example.org", protected=True)
    page = reverse("suppression", args=[suppression.uuid])
    lift = reverse("suppression_lift", args=[suppression.uuid])
    assert desk.get(page).status_code == 200

    grant(monkeypatch, Role.EDITOR, "outbox.view_suppression", "outbox.decide_message")
    editor = as_user(make_user(Role.EDITOR))
    assert "a@example.org" not in editor.get(SUPPRESSED).content.decode()
    assert editor.get(page).status_code == 404
    assert editor.post(lift, {"reason": "x"}).status_code == 404
    assert editor.get(f"{SUPPRESSED}{suppression.pk}/change/").status_code == 404
    assert Suppression.objects.standing().exists()

from datetime import timedelta

import pytest

from assembly.outbox import rules
from assembly.outbox.choices import Outcome, Phase, Priority
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 120), (3, 600), (4, 1800), (5, 7200), (9, 7200)]
)
def test_each_failure_waits_longer_up_to_two_hours(attempts, seconds):
    wait = timedelta(seconds=seconds)
    assert rules.next_try(attempts, NOON, jitter=0, until=None) == NOON + wait
    assert rules.next_try(attempts, NOON, jitter=1, until=None) == NOON + wait * 1.25


def test_what_expires_soon_is_tried_while_it_is_of_use():
    until = NOON + timedelta(minutes=30)
    assert rules.next_try(5, NOON, jitter=0, until=until) == NOON + timedelta(minutes=10)
    until = NOON + timedelta(seconds=6)
    assert rules.next_try(5, NOON, jitter=0, until=until) == NOON + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("code", "phase", "outcome"),
    [
        (451, Phase.RECIPIENT, Outcome.LATER),
        (421, Phase.DOT, Outcome.LATER),
        (550, Phase.RECIPIENT, Outcome.REFUSED),
        (554, Phase.DOT, Outcome.REFUSED),
        (535, Phase.CONNECT, Outcome.LATER),
        (550, Phase.SENDER, Outcome.LATER),
    ],
)
def test_only_an_answer_about_the_mail_ends_it(code, phase, outcome):
    assert rules.outcome_of(code, phase) is outcome


@pytest.mark.parametrize(
    ("phase", "answer", "blamed"),
    [
        (Phase.RECIPIENT, "550 No such person", True),
        (Phase.RECIPIENT, "550 5.1.1 No such person", True),
        (Phase.RECIPIENT, "552 5.2.2 Mailbox full", True),
        (Phase.RECIPIENT, "550 5.7.1 Relaying denied", False),
        (Phase.DOT, "554 5.7.1 Looks like spam", False),
        (Phase.DOT, "550 No such person", True),
        (Phase.DATA, "550 No", False),
        ("", "This address is suppressed.", False),
    ],
)
def test_an_address_is_suppressed_only_for_what_is_its_own_fault(phase, answer, blamed):
    assert rules.blames_address(phase, answer) is blamed


def test_announcements_are_grouped_and_the_rest_goes_one_by_one():
    priorities = [Priority.URGENT, Priority.NORMAL, *[Priority.BULK] * 23]
    found = [len(group) for group in rules.groups(range(25), priorities)]
    assert found == [1, 1, 10, 10, 3]

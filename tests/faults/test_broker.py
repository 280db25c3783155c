"""The broker carries wake-up calls and nothing else: what it loses, a tick of beat makes good."""

import time

import pytest

from tests.faults.farm import tally

pytestmark = pytest.mark.faults
AWAY_SECONDS = 31  # long enough for Celery to have lost its patience
NOTHING_WRONG = ([], 0, 0, 0)


def verdict(farm, sink):
    found = tally(farm.wait_for_the_end(), sink.mails())
    return found.lost, found.strangers, found.uncertain, found.copies


def test_a_broker_that_forgets_everything_holds_up_nothing(farm):
    sink = farm.sink()
    farm.worker()
    farm.beat()
    farm.fill(200, "reminders")
    sink.wait_for(30)

    farm.broker.flush()
    assert len(sink.mails()) < 200, "it forgot in the middle of the work"
    assert verdict(farm, sink) == NOTHING_WRONG

    farm.fill(50, "announcements")
    farm.broker.flush()
    assert verdict(farm, sink) == NOTHING_WRONG
    assert len(sink.mails()) == 250


def test_mail_goes_on_soon_after_a_killed_broker_is_back(farm, note):
    sink = farm.sink()
    farm.worker()
    farm.beat()
    farm.fill(200, "reminders")
    sink.wait_for(30)

    farm.broker.end()
    assert verdict(farm, sink) == NOTHING_WRONG, "what was begun goes on without it"
    farm.fill(100, "announcements")  # nobody can be woken, and yet they are written
    time.sleep(AWAY_SECONDS)
    farm.broker.start()
    back = time.time()

    assert verdict(farm, sink) == NOTHING_WRONG
    after = sink.mails()[200].at - back
    note(
        f"mail goes on {after:.1f} s after the broker is back, which was away for {AWAY_SECONDS} s"
    )
    assert after < 30


def test_three_beats_at_once_send_nothing_twice(farm):
    sink = farm.sink()
    farm.worker()
    for number in range(3):
        farm.beat(number)
    farm.fill(300, "reminders")
    farm.fill(300, "announcements")

    assert verdict(farm, sink) == NOTHING_WRONG
    assert len(sink.mails()) == 600

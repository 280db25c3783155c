"""Senders that are killed lose no mail and send hardly any twice, on either database."""

import pytest

from tests.faults.farm import tally
from tests.faults.programs import SENDERS

pytestmark = pytest.mark.faults
KILLS, ROWS, FEWEST, MOST = 6, 800, 30, 120


def run_with_kills(farm, kind):
    """800 mails while six workers are killed, each after 30 mails; all that became of them."""
    sink = farm.sink()
    farm.beat()
    farm.fill(ROWS, kind)
    for _ in range(KILLS):
        before = len(sink.mails())
        farm.wake()
        worker = farm.worker()
        worker.wait_for_all_senders(sink, before + FEWEST, before + MOST)
        worker.end()
    assert len(sink.mails()) < ROWS, "it was killed in the middle of its work"
    farm.worker()
    return tally(farm.wait_for_the_end(), sink.mails())


def test_six_kills_amid_reminders_lose_none_and_repeat_one_for_each_sender_at_most(any_farm, note):
    found = run_with_kills(any_farm, "reminders")

    note(f"{found.copies} mails twice")
    assert (found.lost, found.strangers, found.uncertain) == ([], 0, 0)
    assert found.copies <= KILLS * SENDERS


def test_six_kills_amid_announcements_repeat_none_and_name_each_that_is_in_doubt(any_farm, note):
    found = run_with_kills(any_farm, "announcements")

    note(f"{found.uncertain} mails in doubt")
    assert (found.lost, found.strangers, found.copies) == ([], 0, 0)
    assert found.uncertain <= KILLS * SENDERS * 10


def test_a_sender_process_that_is_killed_is_replaced(farm):
    sink, worker = farm.sink(), farm.worker()
    farm.beat()
    farm.fill(200, "reminders")
    sink.wait_for(30)

    victim = worker.senders(sink.port)[0]
    victim.kill()

    found = tally(farm.wait_for_the_end(), sink.mails())
    assert (found.lost, found.strangers, found.uncertain) == ([], 0, 0)
    assert found.copies <= 1
    assert len(worker.children()) == SENDERS


def test_a_database_that_restarts_at_once_loses_nothing(farm, note):
    sink, worker = farm.sink(), farm.worker()
    farm.beat()
    farm.fill(300, "reminders")
    farm.wake()
    worker.wait_for_all_senders(sink, 30, 120)

    farm.postgres.restart_at_once()
    assert len(sink.mails()) < 300, "it was restarted in the middle of the work"

    found = tally(farm.wait_for_the_end(), sink.mails())
    note(f"{found.copies} mails twice")
    assert (found.lost, found.strangers, found.uncertain) == ([], 0, 0)
    assert found.copies <= SENDERS

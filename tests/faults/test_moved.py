"""A session that is moved while its reminders go out."""

import pytest

from tests.faults.programs import SENDERS, wait_until

pytestmark = pytest.mark.faults
PEOPLE = 400


def test_no_old_time_leaves_once_the_move_is_committed(farm, note):
    told = farm.call("tests.faults.moving.build", people=PEOPLE)
    sink, worker = farm.sink(), farm.worker()
    farm.beat()
    try:
        worker.wait_for_all_senders(sink, 40, 250)
        committed_at = farm.clerk().call("tests.faults.moving.move")

        rows = farm.wait_for_the_end()
        anew = "tests.faults.moving.planned_anew"
        wait_until(lambda: farm.call(anew) == [PEOPLE, [30]], "all are planned for the new time")
    finally:
        farm.call("tests.faults.moving.clear")

    mails = sink.mails()
    old = [mail for mail in mails if mail.subject.startswith(told)]
    late = [mail for mail in old if mail.at > committed_at]
    note(f"{len(old)} of {PEOPLE} had the old time, {len(late)} of them were being handed over")
    assert len(late) <= SENDERS, "only what a server was being told at that moment"
    assert len(old) < PEOPLE, "it was moved in the middle of the work"
    states = {row["state"] for row in rows}
    assert states == {"sent", "cancelled"}
    assert len(old) == sum(row["state"] == "sent" for row in rows)

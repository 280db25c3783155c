"""What becomes of a mail with each answer of the mail server, and of a server that goes away.

Rows are of use for 45 s, so that they are tried again within 20 s and not after half a minute.
"""

import time
from collections import Counter

import pytest

from tests.faults.farm import tally
from tests.faults.programs import SENDERS

pytestmark = pytest.mark.faults
EXPIRES_IN = 45
RESEND, ASK = "reminders", "announcements"
# What the address asks the server for, the kind of mail, and: its end, how many copies the server
# accepted, and whether the address is suppressed.
ENDS = [
    ("to", RESEND, ("sent", 1, False)),
    ("busy", RESEND, ("sent", 1, False)),  # 451 at first
    ("busy", ASK, ("sent", 1, False)),
    ("closing", RESEND, ("sent", 1, False)),  # 421 at first
    ("closing", ASK, ("sent", 1, False)),
    ("gone", RESEND, ("failed", 0, True)),  # 550
    ("gone", ASK, ("failed", 0, True)),
    ("drop", RESEND, ("sent", 2, False)),  # accepted, and gone without a word, at first
    ("drop", ASK, ("uncertain", 1, False)),
    ("hang", RESEND, ("sent", 2, False)),  # accepted, and silent, at first
    ("hang", ASK, ("uncertain", 1, False)),
]


@pytest.fixture(scope="module")
def ends(postgres_place):
    """All of them in one go, since each takes a while."""
    farm = postgres_place
    try:
        farm.begin()
        sink = farm.sink()
        for word, kind, _end in ENDS:
            farm.fill(1, kind, word=word, expires_in=EXPIRES_IN)
        farm.worker()
        farm.beat()
        rows = farm.wait_for_the_end()
        copies = Counter(mail.id for mail in sink.mails())
    finally:
        farm.close()
    return {
        tuple(row["to"].split(".")[:2]): (row["state"], copies[row["id"]], row["suppressed"])
        for row in rows
    }


@pytest.mark.parametrize(("word", "kind", "end"), ENDS)
def test_each_answer_has_its_end(ends, word, kind, end):
    assert ends[word, kind] == end


def test_a_mail_server_that_is_killed_and_comes_back_gets_everything(farm, note):
    sink, worker = farm.sink(), farm.worker()
    farm.beat()
    farm.fill(200, "reminders", expires_in=EXPIRES_IN)
    farm.wake()
    worker.wait_for_all_senders(sink, 30, 120)

    sink.end()
    assert len(sink.mails()) < 200, "it was killed in the middle of the work"
    time.sleep(3)
    sink.start()

    found = tally(farm.wait_for_the_end(), sink.mails())
    note(f"{found.copies} mails twice")
    assert (found.lost, found.strangers, found.uncertain) == ([], 0, 0)
    assert found.copies <= SENDERS

"""Instants, batches and placeholders, in plain Python with literal expectations."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from assembly.notifications import rules
from assembly.notifications.choices import AlertKind
from tests.conftest import NOON

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("fold", "due"),
    [
        (0, datetime(2024, 10, 26, 23, 30, tzinfo=UTC)),
        (1, datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_hour_before_each_of_the_two_half_past_ones(fold, due):
    start = datetime(2024, 10, 27, 1, 30, tzinfo=LONDON, fold=fold)
    assert rules.before(start, 60) == due


def test_an_hour_before_half_past_two_on_the_day_the_clock_skips_an_hour():
    start = datetime(2025, 3, 30, 2, 30, tzinfo=LONDON)
    assert rules.before(start, 60) == datetime(2025, 3, 30, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first_day", "due"),
    [
        # 01:30 happens twice: the first of the two, which is British Summer Time
        (date(2024, 10, 28), datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
        # 01:30 does not exist: half an hour after the clocks changed at 01:00 UTC
        (date(2025, 3, 31), datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),
        (date(2024, 11, 4), datetime(2024, 11, 3, 1, 30, tzinfo=UTC)),
    ],
)
def test_half_past_one_on_the_evening_before_is_one_instant(first_day, due):
    assert rules.evening_before(first_day, time(1, 30), LONDON) == due


@pytest.mark.parametrize(
    ("ago", "soonest", "told"),
    [
        ([10], timedelta(hours=5), False),
        ([120], timedelta(hours=5), True),
        ([119], timedelta(hours=5), False),
        ([20], timedelta(hours=1), True),
        ([19], timedelta(hours=1), False),
        ([400, 60], timedelta(hours=5), False),
        ([600, 60], timedelta(hours=5), True),
        ([600], None, True),
        ([], None, False),
    ],
)
def test_changes_wait_for_a_quiet_moment_but_not_for_ever(ago, soonest, told):
    published = [NOON - timedelta(seconds=seconds) for seconds in ago]
    begins = NOON + soonest if soonest is not None else None
    assert rules.is_told_now(published, begins, NOON) is told


@pytest.mark.parametrize(
    "text",
    ["{title.__class__}", "{title[0]}", "{0}", "{}", "{title!r}", "{title:>10}", "{unknown}", "{"],
)
def test_only_the_names_a_mail_has_may_stand_in_braces(text):
    with pytest.raises(rules.BadPlaceholder):
        rules.check_text(text, {"title"})


def test_what_is_filled_in_is_never_read_again():
    assert rules.fill("{title} {{x}}", {"title": "{number}"}) == "{number} {x}"


def test_organisers_are_warned_of_mail_that_waits_fails_or_is_not_sent_at_all():
    well = {"oldest_due": None, "finished": 100, "failed": 10, "pump_seen": NOON, "at": NOON}
    assert rules.alerts(**well) == {}
    assert rules.alerts(**well | {"oldest_due": NOON - timedelta(minutes=6)}) == {
        AlertKind.OLD: {"minutes": 6}
    }
    assert rules.alerts(**well | {"failed": 11}) == {AlertKind.FAILING: {"percent": 11}}
    assert rules.alerts(**well | {"finished": 19, "failed": 19}) == {}
    silent = rules.alerts(**well | {"pump_seen": NOON - timedelta(seconds=61)})
    assert silent == {AlertKind.SILENT: {"seconds": 61}}

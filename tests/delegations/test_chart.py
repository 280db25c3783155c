"""Where bars and steps stand."""

from datetime import date

from assembly.delegations.chart import bar, steps


def test_parts_of_a_bar_follow_each_other_and_empty_ones_are_left_out():
    parts = bar([("confirmed", 10), ("invited", 0), ("planned", 30)], 80)
    assert [(p.state, p.count, p.x, p.width) for p in parts] == [
        ("confirmed", 10, 0.0, 50.0),
        ("planned", 30, 50.0, 150.0),
    ]
    assert [(p.middle, p.is_wide) for p in parts] == [(25.0, True), (125.0, True)]
    assert bar([("confirmed", 1)], 400)[0].is_wide is False
    assert bar([("confirmed", 0)], 0) == []


def test_steps_climb_on_their_days_and_end_at_the_edge():
    days = [(date(2024, 9, 1), 1), (date(2024, 9, 6), 3)]
    assert steps(days, date(2024, 9, 1), date(2024, 9, 11), 4) == "M0 60 H0 V45 H200 V15 H400"
    assert steps([], date(2024, 9, 1), date(2024, 9, 1), 0) == "M0 60 H400"

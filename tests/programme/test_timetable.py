"""Where sessions stand in the day's grid, in literal rows."""

from datetime import UTC, datetime

from assembly.programme.timetable import Cell, cell, first_hour, fits, last_hour


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 11, 5, hour, minute, tzinfo=UTC)


def test_a_row_is_five_minutes_from_the_first_hour():
    assert cell(at(9, 30), at(11, 15), 9, 2) == Cell(row=8, span=21, column=2)
    assert cell(at(9), at(9, 2), 9, 3).classes == "r2 s1 c3"


def test_what_began_before_the_grid_is_cut_to_it():
    assert cell(at(0), at(9), 8, 2) == Cell(row=2, span=12, column=2)


def test_the_grid_covers_all_hours_of_its_sessions():
    assert (first_hour([at(9, 30), at(8, 45)]), last_hour([at(16), at(17, 5)], 8)) == (8, 18)
    assert (first_hour([]), last_hour([], 8)) == (8, 9)


def test_two_to_eight_rooms_stand_side_by_side():
    assert [fits(range(count)) for count in (1, 2, 8, 9)] == [False, True, True, False]

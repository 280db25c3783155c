"""The clash rules against examples worked by hand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from assembly.programme.choices import Anchor, Level, Listing, MediaAccess, Role, Rule, SessionKind
from assembly.programme.clashes import Clash, Engagement, Hall, Lone, Setting, Slot, find
from venues.selectors import Closure

DAY = datetime(2024, 11, 5, tzinfo=UTC)
HALLS = {
    "LOMOND": Hall("LOMOND", "Lomond Auditorium", "SEC Centre", 624, 4),
    "ALSH": Hall("ALSH", "Alsh", "SEC Centre", 300, 2),
    "ARMADILLO": Hall("ARMADILLO", "SEC Armadillo", "Armadillo", 3000, 4),
}
WALKS = {("Armadillo", "SEC Centre"): 8, ("SEC Centre", "Armadillo"): 8}


def at(time: str) -> datetime:
    hour, minute = time.split(":")
    return DAY + timedelta(hours=int(hour), minutes=int(minute))


def slot(code: str, start: str, end: str, room: str = "LOMOND", **facts) -> Slot:
    return Slot(code, code.lower(), at(start), at(end), room, **facts)


def clashes(
    *slots: Slot, closures=(), opens=DAY, closes=DAY + timedelta(days=1), lone=()
) -> list[Clash]:
    return find(slots, Setting(HALLS, closures, WALKS, opens, closes, lone))


def found(*slots: Slot, **setting) -> list[tuple[Rule, Level, tuple[str, ...]]]:
    return [(clash.rule, clash.level, clash.codes) for clash in clashes(*slots, **setting)]


def somebody(role: str = Role.SPEAKER) -> tuple[Engagement, ...]:
    return (Engagement("p1", "Amina Diallo", role),)


CHILE = Lone("CL", "Chile", "Americas", head=True)
FRANCE = Lone("FR", "France", "Europe", head=False)


def test_two_mandatory_sessions_at_once_block_for_a_delegation_of_one():
    heads = slot("A", "09:00", "10:00", mandatory="heads")
    named = slot("B", "09:30", "10:30", room="ALSH", mandatory="named", delegations=("CL", "FR"))
    regional = slot("C", "09:45", "10:30", room="ARMADILLO", mandatory="region", region="Europe")
    late = slot("D", "10:30", "11:00", mandatory="delegates")
    assert found(heads, named, regional, late, lone=[CHILE, FRANCE]) == [
        (Rule.LONE_DELEGATE, Level.BLOCKS, ("A", "B")),
        (Rule.LONE_DELEGATE, Level.BLOCKS, ("B", "C")),
    ]
    first, second = clashes(heads, named, regional, lone=[CHILE, FRANCE])
    assert (first.detail, second.detail) == ("CL", "FR")
    assert str(first) == "“a” / “b” are mandatory at the same time for delegations of one: Chile."
    assert found(heads, named, regional) == []


def test_a_clash_of_many_delegations_of_one_names_five():
    lone = [Lone(f"A{n}", f"Country {n}", "Africa", head=True) for n in range(7)]
    clash = clashes(
        slot("A", "09:00", "10:00", mandatory="delegates"),
        slot("B", "09:30", "10:30", room="ALSH", mandatory="heads"),
        lone=lone,
    )[0]
    names = "Country 0, Country 1, Country 2, Country 3, Country 4, …"
    assert str(clash).endswith(f"for delegations of one: {names}.")


def test_a_room_used_twice_blocks():
    assert found(slot("A", "09:00", "10:00"), slot("B", "09:30", "10:30")) == [
        (Rule.ROOM_TWICE, Level.BLOCKS, ("A", "B"))
    ]


def test_two_sessions_that_start_at_the_same_minute_in_one_room_block():
    assert found(slot("A", "09:00", "09:05"), slot("B", "09:00", "11:00")) == [
        (Rule.ROOM_TWICE, Level.BLOCKS, ("A", "B"))
    ]


def test_a_long_session_clashes_with_each_that_starts_inside_it():
    assert found(
        slot("A", "09:00", "12:00"), slot("B", "09:30", "09:45"), slot("C", "11:00", "12:30")
    ) == [
        (Rule.ROOM_TWICE, Level.BLOCKS, ("A", "B")),
        (Rule.ROOM_TWICE, Level.BLOCKS, ("A", "C")),
    ]


def test_the_same_time_in_another_room_is_no_clash():
    assert found(slot("A", "09:00", "10:00"), slot("B", "09:00", "10:00", "ALSH")) == []


def test_a_room_closed_in_the_window_blocks_and_a_closure_that_only_touches_does_not():
    closed = Closure("LOMOND", at("08:00"), at("09:00"), "Rigging")
    overlapping = Closure("LOMOND", at("09:59"), at("11:00"), "Bag search")
    assert found(slot("A", "09:00", "10:00"), closures=[closed, overlapping]) == [
        (Rule.ROOM_CLOSED, Level.BLOCKS, ("A",))
    ]
    [clash] = clashes(slot("A", "09:00", "10:00"), closures=[overlapping])
    assert str(clash) == "Lomond Auditorium is closed during “a”: Bag search."


def test_attendance_over_capacity_blocks_over_ninety_percent_warns():
    assert found(slot("A", "09:00", "10:00", "ALSH", expected=301)) == [
        (Rule.OVER_CAPACITY, Level.BLOCKS, ("A",))
    ]
    assert found(slot("A", "09:00", "10:00", "ALSH", expected=300)) == [
        (Rule.NEARLY_FULL, Level.WARNS, ("A",))
    ]
    assert found(slot("A", "09:00", "10:00", "ALSH", expected=271)) == [
        (Rule.NEARLY_FULL, Level.WARNS, ("A",))
    ]
    assert found(slot("A", "09:00", "10:00", "ALSH", expected=270)) == []


def test_one_person_in_two_places_blocks():
    assert found(
        slot("A", "09:00", "10:00", people=somebody()),
        slot("B", "09:59", "11:00", "ALSH", people=somebody()),
    ) == [(Rule.TWO_PLACES, Level.BLOCKS, ("A", "B"))]


def test_a_person_with_two_roles_on_one_session_is_in_one_place():
    both = somebody(Role.CHAIR) + somebody(Role.SPEAKER)
    assert found(slot("A", "09:00", "10:00", people=both)) == []


def test_too_little_time_to_walk_warns_and_blocks_for_a_chair():
    walk = ("09:00", "10:00", "ARMADILLO"), ("10:07", "11:00", "LOMOND")
    speaker = [slot(c, *w, people=somebody()) for c, w in zip("AB", walk, strict=True)]
    chair = [slot(c, *w, people=somebody(Role.CHAIR)) for c, w in zip("AB", walk, strict=True)]
    assert found(*speaker) == [(Rule.SHORT_WALK, Level.WARNS, ("A", "B"))]
    assert found(*chair) == [(Rule.SHORT_WALK, Level.BLOCKS, ("A", "B"))]


def test_exactly_enough_time_to_walk_is_no_clash():
    assert (
        found(
            slot("A", "09:00", "10:00", "ARMADILLO", people=somebody()),
            slot("B", "10:08", "11:00", people=somebody()),
        )
        == []
    )


def test_the_opening_comes_first_and_the_closing_last_breaks_apart():
    opening = slot("OPEN", "09:00", "10:00", anchor=Anchor.OPENING)
    closing = slot("CLOSE", "16:00", "17:00", anchor=Anchor.CLOSING)
    early = slot("EARLY", "08:00", "08:30", "ALSH")
    late = slot("LATE", "16:30", "16:45", "ALSH")
    coffee = slot("COFFEE", "08:00", "08:30", "ARMADILLO", kind=SessionKind.BREAK)
    assert found(opening, closing, early, late, coffee) == [
        (Rule.OPENING_FIRST, Level.BLOCKS, ("EARLY",)),
        (Rule.CLOSING_LAST, Level.BLOCKS, ("LATE",)),
    ]


def test_a_session_that_must_follow_another_blocks_before_its_end():
    first = slot("FIRST", "09:00", "10:00")
    assert found(first, slot("NEXT", "09:59", "11:00", "ALSH", must_follow="FIRST")) == [
        (Rule.OUT_OF_ORDER, Level.BLOCKS, ("NEXT", "FIRST"))
    ]
    assert found(first, slot("NEXT", "10:00", "11:00", "ALSH", must_follow="FIRST")) == []
    assert found(slot("NEXT", "10:00", "11:00", must_follow="GONE")) == []


def test_outside_the_days_of_the_assembly_blocks():
    assert found(slot("A", "09:00", "10:00"), opens=at("09:01")) == [
        (Rule.OUTSIDE_DAYS, Level.BLOCKS, ("A",))
    ]
    assert found(slot("A", "09:00", "10:00"), closes=at("09:59")) == [
        (Rule.OUTSIDE_DAYS, Level.BLOCKS, ("A",))
    ]


def test_a_turnaround_under_fifteen_minutes_warns():
    assert found(slot("A", "09:00", "10:00"), slot("B", "10:14", "11:00")) == [
        (Rule.SHORT_TURNAROUND, Level.WARNS, ("A", "B"))
    ]
    assert found(slot("A", "09:00", "10:00"), slot("B", "10:15", "11:00")) == []


def test_media_invited_to_a_session_that_is_not_public_blocks():
    for listing in (Listing.DELEGATES, Listing.NAMED, Listing.ORGANISERS):
        session = slot("A", "09:00", "10:00", media=MediaAccess.OPEN, listing=listing)
        assert found(session) == [(Rule.MEDIA_UNLISTED, Level.BLOCKS, ("A",))]


def test_a_pool_larger_than_the_room_warns():
    pool = slot("A", "09:00", "10:00", "ALSH", media=MediaAccess.POOL, media_places=301)
    assert found(pool) == [(Rule.POOL_TOO_LARGE, Level.WARNS, ("A",))]


def test_more_interpreted_languages_than_booths_blocks():
    assert found(slot("A", "09:00", "10:00", "ALSH", languages=3)) == [
        (Rule.TOO_FEW_BOOTHS, Level.BLOCKS, ("A",))
    ]
    assert found(slot("A", "09:00", "10:00", "ALSH", languages=2)) == []


def test_a_key_stays_while_the_clash_is_the_same_and_moves_with_its_numbers():
    [before] = clashes(slot("A", "09:00", "10:00", "ALSH", expected=280))
    [again] = clashes(slot("A", "11:00", "12:00", "ALSH", expected=280))
    [worse] = clashes(slot("A", "09:00", "10:00", "ALSH", expected=299))
    assert (before.key, again.key, worse.key) == (
        "nearly_full:A:280/300",
        "nearly_full:A:280/300",
        "nearly_full:A:299/300",
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(5, 120), st.sampled_from(sorted(HALLS))),
        max_size=12,
    )
)
@settings(deadline=None)
def test_every_overlap_in_a_room_is_found_and_nothing_else(spans):
    slots = [
        Slot(f"S{i:02d}", "", DAY + timedelta(minutes=s), DAY + timedelta(minutes=s + m), room)
        for i, (s, m, room) in enumerate(spans)
    ]
    expected = {
        frozenset((a.code, b.code))
        for a in slots
        for b in slots
        if a.code < b.code
        and a.room == b.room
        and a.starts_at < b.ends_at
        and b.starts_at < a.ends_at
    }
    twice = {frozenset(c.codes) for c in clashes(*slots) if c.rule == Rule.ROOM_TWICE}
    assert twice == expected


def test_a_chair_who_also_speaks_is_still_the_chair():
    both = somebody(Role.CHAIR) + somebody(Role.SPEAKER)
    for people in (both, both[::-1]):
        assert found(
            slot("A", "09:00", "10:00", "ARMADILLO", people=people),
            slot("B", "10:07", "11:00", people=somebody()),
        ) == [(Rule.SHORT_WALK, Level.BLOCKS, ("A", "B"))]


def test_a_room_that_is_gone_blocks_and_stops_no_other_rule():
    gone = slot("A", "09:00", "10:00", "DEMOLISHED", expected=9)
    assert found(gone, slot("B", "09:00", "10:00"), slot("C", "09:00", "10:00")) == [
        (Rule.ROOM_GONE, Level.BLOCKS, ("A",)),
        (Rule.ROOM_TWICE, Level.BLOCKS, ("B", "C")),
    ]

"""Where rooms stand on the schematic plan."""

from assembly.programme.plan import plan_of

PLACES = {
    "LOMOND": {"name": {"en": "Lomond"}, "zone": "Centre", "plan": [0, 0], "step_free": True},
    "ALSH": {"name": {"en": "Alsh"}, "zone": "Centre", "plan": [100, 100], "step_free": False},
}


def test_rooms_are_numbered_by_code_and_placed_by_percent():
    plan = plan_of(PLACES, "LOMOND")
    assert [(s.number, s.code, s.x, s.y, s.is_marked) for s in plan.spots] == [
        (1, "ALSH", 560, 280, False),
        (2, "LOMOND", 40, 40, True),
    ]
    assert plan.marked == plan.spots[1]


def test_a_zone_is_the_box_round_its_rooms_and_the_picture_holds_all():
    plan = plan_of(PLACES)
    area = plan.areas[0]
    assert (area.name, area.x, area.y, area.width, area.height) == ("Centre", 14, 1, 572, 305)
    assert (plan.view_box, plan.marked) == ("1 -12 598 331", None)


def test_a_revision_without_rooms_has_an_empty_plan():
    assert plan_of({}).view_box == "0 0 600 320"

"""The demo in the order of the staircase: each app builds its own part."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from assembly.accounts import demo as accounts
from assembly.accounts.models import User
from assembly.delegations import demo as delegations
from assembly.editions import demo as editions
from assembly.people import demo as people
from assembly.programme import demo as programme
from venues import demo as venues

DATA: Final = Path(__file__).parent / "data"


def read(name: str) -> dict[str, Any]:
    """One of the data files beside this module."""
    facts: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return facts


@transaction.atomic
def build(*, dates: str, scale: int, at: datetime, progress: Callable[[int, int], None]) -> bool:
    """All of the demo in one transaction; False when it is there already."""
    data = read("glasgow_2024.json")
    accounts.build(at=at)
    venue = venues.build(data=data, at=at, scale=scale)
    today = at.astimezone(ZoneInfo(data["assembly"]["timezone"])).date()
    first_day = editions.first_day_for(dates, today)
    assembly, is_new = editions.build(data=data, venue=venue, first_day=first_day, at=at)
    editions.build_archived(data=read("santiago_2019.json"))
    delegations.build(assembly=assembly, at=at)
    people.build(data=data, assembly=assembly, at=at, scale=scale)
    if is_new:
        organiser = User.objects.get(email="organiser@demo.example")
        programme.build(
            data=data, assembly=assembly, by=organiser, at=at, scale=scale, progress=progress
        )
    return is_new

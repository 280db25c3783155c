"""Reads a calendar from standard input with libical and prints what it found, as JSON.

Run by Debian's own Python, which has the bindings (packages gir1.2-ical-3.0 and python3-gi).
"""

import json
import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402  the version is chosen first

calendar = ICalGLib.Component.new_from_string(sys.stdin.read())
ICalGLib.restriction_check(calendar)
kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
events = []
event = calendar.get_first_component(kind)
while event is not None:
    times = [event.get_dtstart().as_ical_string(), event.get_dtend().as_ical_string()]
    events.append([*times, event.get_summary()])
    event = calendar.get_next_component(kind)
json.dump({"errors": calendar.count_errors(), "events": sorted(events)}, sys.stdout)

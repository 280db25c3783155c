"""Files for calendar apps."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from assembly.programme import ical
from assembly.programme.selectors.calendar import entry_of
from assembly.programme.selectors.published import State, programme_for


def calendar_of(request: HttpRequest, state: State, at: datetime) -> HttpResponse:
    """The published programme as this reader may see it, in the current language."""
    programme = programme_for(request.user, state, at)
    assembly = programme.assembly
    content = ical.feed(
        [entry_of(item) for item in programme.items],
        name=_("General Assembly %(number)s, %(city)s")
        % {"number": assembly.number, "city": assembly.city},
        timezone=assembly.timezone,
        cancelled_prefix=_("CANCELLED:"),
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    name = f"general-assembly-{assembly.number}.ics"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response

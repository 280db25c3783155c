"""Organisers type and read times in the current Assembly's zone."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from assembly.editions.models import Assembly


class AssemblyTimezone:
    """Activates the zone for people who signed in as staff; one query, on their pages only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.user.is_staff:
            assembly = Assembly.objects.current().first()
            if assembly is not None:
                timezone.activate(assembly.zone)

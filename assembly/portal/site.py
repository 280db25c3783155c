"""The organisers' admin site at /organise/: Django's admin in our words and our look."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OrganiserSite(admin.AdminSite):
    site_header = _("Organise")
    site_title = _("General Assembly planner")
    index_title = _("Overview")
    site_url = "/"
    enable_nav_sidebar = False
    index_template = "admin/dashboard.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from assembly.portal.selectors import dashboard  # noqa: PLC0415  needs loaded apps

        facts = dashboard(at=timezone.now(), user=request.user)
        return super().index(request, {"dashboard": facts, **(extra_context or {})})

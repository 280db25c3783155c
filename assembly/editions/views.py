"""What the pages of every app about the current Assembly stand on."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from assembly.accounts.models import User
from assembly.editions.models import Assembly


class AssemblyView(View):
    """A page about the current Assembly for somebody who signed in."""

    def assembly(self) -> Assembly:
        assembly: Assembly = get_object_or_404(Assembly.objects.current().select_related("venue"))
        return assembly

    def user(self) -> User:
        user = self.request.user
        if not isinstance(user, User):
            raise PermissionDenied
        return user


class OrganiserView(AssemblyView):
    """A page in the admin's frame."""

    title = ""

    def page(self, request: HttpRequest, template: str, **facts: Any) -> HttpResponse:
        site = admin.site.each_context(request)
        response = render(request, template, {**site, "title": self.title, **facts})
        response.headers["Cache-Control"] = "private, no-store"
        return response


class PersonalView(AssemblyView):
    """A page with people's data in the public frame: times in the Assembly's zone, kept nowhere."""

    def page(
        self, request: HttpRequest, template: str, *, status: int = 200, **facts: Any
    ) -> HttpResponse:
        assembly = facts.get("assembly") or self.assembly()
        with timezone.override(assembly.zone):
            response = render(request, template, {"assembly": assembly, **facts}, status=status)
        response.headers["Cache-Control"] = "private, no-store"
        return response

"""Who may open which route: one declared table, deny by default.

Every route of the project is named in the table (settings.ACCESS_TABLE). A route that is not
there is refused to everybody, and a test that walks the URL configuration fails. The table says
who gets as far as the view; what they see in it is for `visible_to` and the policies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string


class Level(Enum):
    PUBLIC = "everybody"
    SIGNED_IN = "whoever signed in"
    STAFF = "staff with a second factor"


@dataclass(frozen=True)
class Audience:
    """Who a route is for. `permission` narrows it to users who hold it."""

    level: Level
    permission: str = ""


PUBLIC = Audience(Level.PUBLIC)
SIGNED_IN = Audience(Level.SIGNED_IN)
STAFF = Audience(Level.STAFF)


def staff_with(permission: str) -> Audience:
    return Audience(Level.STAFF, permission)


def audience_of(view_name: str, table: Mapping[str, Audience]) -> Audience | None:
    """The declared audience of a route; a namespace may be declared whole as "name:*"."""
    if view_name in table:
        return table[view_name]
    namespace, _, _ = view_name.rpartition(":")
    return table.get(f"{namespace}:*") if namespace else None


class AccessMiddleware:
    """Asks the table before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.table: Mapping[str, Audience] = import_string(settings.ACCESS_TABLE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        audience = audience_of(match.view_name, self.table) if match else None
        if audience is None:
            raise PermissionDenied
        if audience.level is Level.PUBLIC:
            return None
        return _challenge(request, audience)


def _challenge(request: HttpRequest, audience: Audience) -> HttpResponseBase | None:
    """None when the user may pass; else the sign-in page, the second-factor page or a refusal."""
    user = request.user
    if not user.is_authenticated:
        code = "account_request_login_code"
        where = None if audience.level is Level.STAFF else reverse(code)
        return redirect_to_login(request.get_full_path(), where)
    if audience.level is Level.STAFF and not user.is_staff:
        raise PermissionDenied
    if settings.STAFF_MFA_REQUIRED and audience.level is Level.STAFF and not is_mfa_enabled(user):
        return redirect("mfa_activate_totp")
    if audience.permission and not user.has_perm(audience.permission):
        raise PermissionDenied
    return None

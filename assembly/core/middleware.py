"""Each request has an id, in its answer and in every log line it causes."""

from collections.abc import Callable
from functools import cached_property
from uuid import uuid4

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class RequestContext:
    """Binds a request id for logs and adds the headers no other middleware adds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp, which builds the header anew for each response; here it is built once.

    A view that changes the policy, or a template that asks for a nonce, gets one of its own.
    """

    @cached_property
    def _header(self) -> str:
        return str(build_policy())

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        changed = any(name.startswith("_csp") for name in vars(response))
        if changed or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._header)
        return response

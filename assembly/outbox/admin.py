"""Outgoing mail as lists: what was sent to whom, and where nothing is sent any more.

A row leads to a page of its own, where organisers decide. Nobody edits one.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assembly.core.admin import ReadOnlyAdmin
from assembly.core.templatetags.planner import foreign, shown
from assembly.outbox import selectors, services
from assembly.outbox.models import Message, Suppression


class PageList(ChangeList):
    """Each row leads to its own page, not to a form."""

    def url_for_result(self, result: Model) -> str:
        address: str = self.model_admin.page_of(result)  # type: ignore[attr-defined]  # a LogAdmin
        return address


class LanguageFilter(admin.SimpleListFilter):
    """By language, in its own name."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, str(name)) for code, name in settings.LANGUAGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class StandingFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Suppressed")), ("no", _("Lifted"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Suppression]
    ) -> QuerySet[Suppression]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(lifted_at__isnull=self.value() == "yes")


def _moment(at: datetime | None) -> str:
    """To the minute, in one line; a dash where nothing happened yet."""
    return format_html('<span class="when">{}</span>', shown(at))


class LogAdmin(ReadOnlyAdmin):
    """A list of which the rows lead elsewhere."""

    list_per_page = 50
    preserve_filters = False
    allowed_lookups: frozenset[str] = frozenset()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the filters ask for. Else an address could ask, letter by letter, for the code
        in a mail that waits."""
        return lookup in self.allowed_lookups

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PageList

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        found: Any = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if found is None:
            raise Http404
        return redirect(self.page_of(found))

    def page_of(self, row: Any) -> str:
        raise NotImplementedError


@admin.register(Message)
class MessageAdmin(LogAdmin, admin.ModelAdmin[Message]):
    list_display = ("written", "shape", "recipient", "shown_subject", "attempts", "left")
    list_filter = ("state", "template", LanguageFilter)
    allowed_lookups = frozenset({"state__exact", "template", "language"})
    search_fields = ("to_email", "to_name", "open_subject", "about", "batch__exact")
    search_help_text = gettext_lazy(
        "A name, an address, a subject, the code of a session or the id of an announcement."
    )
    ordering = ("-pk",)  # as they were written, from the key's own index

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        found = Message.objects.visible_to(request.user).alias(
            open_subject=selectors.open_subject()
        )
        return found.defer("text", "html", "calendar").order_by(*self.get_ordering(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        facts = {
            "title": _("Outgoing mail"),
            "undecided": selectors.undecided(request.user),
        }
        return super().changelist_view(request, {**facts, **(extra_context or {})})

    def page_of(self, row: Message) -> str:
        return reverse("message", args=[row.uuid])

    @admin.display(description=gettext_lazy("time"), ordering="created_at")
    def written(self, message: Message) -> str:
        return _moment(message.created_at)

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def left(self, message: Message) -> str:
        return _moment(message.sent_at)

    @admin.display(description=gettext_lazy("recipient"), ordering="to_email")
    def recipient(self, message: Message) -> str:
        if not message.to_email:
            return _("Removed")
        if not message.to_name:
            return foreign(message.to_email)
        return format_html("{}<br>{}", foreign(message.to_name), foreign(message.to_email))

    @admin.display(description=gettext_lazy("subject"), ordering="open_subject")
    def shown_subject(self, message: Message) -> str:
        if message.sensitive:
            return _("A mail with a code or a link")
        removed = message.subject == services.BLANK["subject"]
        return _("Removed") if removed else foreign(message.subject)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shape(self, message: Message) -> SafeString:
        return render_to_string("admin/outbox/_state.html", {"message": message})


@admin.register(Suppression)
class SuppressionAdmin(LogAdmin, admin.ModelAdmin[Suppression]):
    list_display = ("refused", "shape", "address", "said")
    list_filter = (StandingFilter,)
    allowed_lookups = frozenset({"standing"})
    search_fields = ("email", "answer")
    search_help_text = gettext_lazy("An address, or words of the mail server’s answer.")
    ordering = ("-since", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suppression]:
        return selectors.suppressions(request.user).order_by(*self.get_ordering(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        facts = {"title": _("Suppressed addresses")}
        return super().changelist_view(request, {**facts, **(extra_context or {})})

    def page_of(self, row: Suppression) -> str:
        return reverse("suppression", args=[row.uuid])

    @admin.display(description=gettext_lazy("since"), ordering="since")
    def refused(self, suppression: Suppression) -> str:
        return _moment(suppression.since)

    @admin.display(description=gettext_lazy("address"), ordering="email")
    def address(self, suppression: Suppression) -> str:
        return foreign(suppression.email)

    @admin.display(description=gettext_lazy("answer"))
    def said(self, suppression: Suppression) -> str:
        return foreign(suppression.answer)

    @admin.display(description=gettext_lazy("state"), ordering="lifted_at")
    def shape(self, suppression: Suppression) -> SafeString:
        return render_to_string("admin/outbox/_standing.html", {"suppression": suppression})

"""The programme for organisers: sessions with their people and languages, and revisions."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin

from assembly.core.admin import HistoryAdmin, ReadOnlyAdmin
from assembly.core.errors import PlannerError
from assembly.editions.forms import for_current
from assembly.editions.models import Assembly
from assembly.programme import services
from assembly.programme.choices import Role, Status
from assembly.programme.forms import SessionForm
from assembly.programme.models import Interpretation, Participation, Revision, Session


class OneModerator(forms.BaseInlineFormSet[Participation, Session, forms.ModelForm[Participation]]):
    """The constraint of one moderator, for two who are typed in at once."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        roles = [form.cleaned_data.get("role") for form in kept if hasattr(form, "cleaned_data")]
        if roles.count(Role.MODERATOR) > 1:
            raise forms.ValidationError(_("A session has one moderator."))


class ParticipationInline(admin.TabularInline[Participation, Session]):
    model = Participation
    extra = 0
    autocomplete_fields = ("person",)
    fields = ("person", "role", "affiliation", "position")
    formset = OneModerator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participation]:
        """Protected people stay on the session unseen by those without the permission."""
        found = super().get_queryset(request)
        if request.user.has_perm("people.see_protected"):
            return found
        return found.filter(person__protected=False)


class InterpretationInline(admin.TabularInline[Interpretation, Session]):
    model = Interpretation
    extra = 0


@admin.register(Session)
class SessionAdmin(HistoryAdmin, TranslationAdmin[Session]):
    form = SessionForm
    change_form_template = "admin/programme/session/change_form.html"
    list_display = ("when", "title", "kind", "room", "status", "listing", "media_access", "code")
    list_display_links = ("title",)
    list_filter = ("status", "kind", "room", "listing", "media_access", "assembly")
    search_fields = ("title_en", "title_fr", "title_es", "title_ar", "code", "agenda_item")
    list_select_related = ("room",)
    ordering = ("starts_at", "code")
    date_hierarchy = "starts_at"
    autocomplete_fields = ("delegations", "must_follow")
    inlines = (ParticipationInline, InterpretationInline)
    actions = ("confirm", "cancel")
    fieldsets = (
        (
            None,
            {"fields": ("based_on", "title", "kind", "status", "starts_at", "minutes", "room")},
        ),
        (
            gettext_lazy("Who sees it, who attends"),
            {
                "fields": (
                    "listing",
                    "audience",
                    "region",
                    "delegations",
                    "mandatory",
                    "expected",
                    "embargo_until",
                )
            },
        ),
        (
            gettext_lazy("Agenda"),
            {
                "fields": (
                    "code",
                    "agenda_item",
                    "document_reference",
                    "anchor",
                    "must_follow",
                    "theme",
                    "abstract",
                    "illustrative",
                )
            },
        ),
        (
            gettext_lazy("Media"),
            {
                "fields": (
                    "media_access",
                    "media_places",
                    "media_call_minutes",
                    "media_meeting_point",
                    "media_escort",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        """The current Assembly's sessions, unless the filter asks for another one's."""
        found = super().get_queryset(request)
        if "assembly__id__exact" in request.GET or request.resolver_match is None:
            return found
        if request.resolver_match.url_name == "programme_session_changelist":
            return found.filter(assembly__is_current=True)
        return found

    def get_form(
        self, request: HttpRequest, obj: Session | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A new session belongs to the current Assembly before its constraints are checked."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return form if obj is not None else for_current(form)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing from the address: what stands there may be anything."""
        return {}

    def save_model(
        self, request: HttpRequest, obj: Session, form: forms.ModelForm[Session], change: bool
    ) -> None:
        based_on = form.cleaned_data["based_on"] if change else None
        services.save_session(session=obj, based_on=based_on, by=_user(request), at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        services.delete_draft(session=obj, by=_user(request), at=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        """Never in bulk, and never what was published: that is cancelled."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.published.exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and Assembly.objects.current().exists()

    @admin.display(description=gettext_lazy("time"), ordering="starts_at")
    def when(self, session: Session) -> str:
        if session.starts_at is None:
            return _("not placed")
        start = timezone.localtime(session.starts_at)
        end = start + timedelta(minutes=session.minutes or 0)
        text = f"{date_format(start, 'D j M')}, {start:%H:%M}–{end:%H:%M}"
        return format_html('<bdi class="when">{}</bdi>', text)

    @admin.action(description=gettext_lazy("Confirm the chosen sessions"), permissions=["change"])
    def confirm(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        self._move(request, sessions, Status.CONFIRMED)

    @admin.action(description=gettext_lazy("Cancel the chosen sessions"), permissions=["change"])
    def cancel(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        self._move(request, sessions, Status.CANCELLED)

    def _move(self, request: HttpRequest, sessions: QuerySet[Session], status: Status) -> None:
        moved = 0
        for session in sessions:
            try:
                services.set_status(
                    session=session, status=status, by=_user(request), at=timezone.now()
                )
                moved += 1
            except PlannerError as error:
                messages.error(request, f"{session}: {error.message}")
        if moved:
            text = ngettext("%(n)s session changed.", "%(n)s sessions changed.", moved)
            messages.success(request, text % {"n": moved})


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin, admin.ModelAdmin[Revision]):
    list_display = ("number", "assembly", "published_at", "published_by", "note", "tell")
    list_filter = ("assembly",)
    list_select_related = ("assembly", "published_by")

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A revision is looked at on its own page."""
        revision = self.get_object(request, object_id)
        if revision is None or not revision.assembly.is_current:
            return redirect("admin:programme_revision_changelist")
        return redirect(reverse("revision_draft", args=[revision.number]))


def _user(request: HttpRequest) -> Any:
    return request.user

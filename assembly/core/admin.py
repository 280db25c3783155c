"""The audit log, to read."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from assembly.core.models import AuditEntry


class ReadOnlyAdmin:
    """Rows that organisers look at and nobody edits as rows."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class HistoryAdmin(SimpleHistoryAdmin):
    """The history of a record, to read. Its form would save round every service and check."""

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        response: HttpResponse = super().history_form_view(request, *args, **kwargs)
        return response


class NamedActors(ChangeList):
    """Gives each entry on the page the name of who acted; one query for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        keys = {entry.actor for entry in self.result_list} - {"system"}
        names = {
            str(user.pk): str(user)
            for user in get_user_model().objects.visible_to(request.user).filter(pk__in=keys)
        }
        for entry in self.result_list:
            entry.actor_name = names.get(entry.actor, entry.actor)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, admin.ModelAdmin[AuditEntry]):
    list_display = ("at", "who", "verb", "what", "target_id")
    list_filter = ("verb", "target_type")
    search_fields = ("actor", "target_id", "verb")
    date_hierarchy = "at"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedActors

    @admin.display(description=_("by"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return str(getattr(entry, "actor_name", entry.actor))

    @admin.display(description=_("kind of record"), ordering="target_type")
    def what(self, entry: AuditEntry) -> str:
        return str(apps.get_model(entry.target_type)._meta.verbose_name)

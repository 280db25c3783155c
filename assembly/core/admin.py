"""The audit log, to read."""

from django.contrib import admin
from django.http import HttpRequest

from assembly.core.models import AuditEntry


class ReadOnlyAdmin:
    """Rows that organisers look at and nobody edits as rows."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, admin.ModelAdmin[AuditEntry]):
    list_display = ("at", "actor", "verb", "target_type", "target_id")
    list_filter = ("verb", "target_type")
    search_fields = ("actor", "target_id", "verb")
    date_hierarchy = "at"

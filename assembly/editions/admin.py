"""Assemblies and their public record."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from assembly.core.admin import HistoryAdmin
from assembly.editions.models import Assembly, RecordEntry


class RecordInline(TranslationTabularInline[RecordEntry, Assembly]):
    model = RecordEntry
    extra = 0


@admin.register(Assembly)
class AssemblyAdmin(HistoryAdmin, TranslationAdmin[Assembly]):
    list_display = ("number", "city", "first_day", "last_day", "timezone", "status", "is_current")
    list_filter = ("status",)
    search_fields = ("number", "city")
    inlines = (RecordInline,)

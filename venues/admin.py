"""Venues, rooms and closures for organisers."""

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from assembly.core.admin import HistoryAdmin
from venues.models import Room, RoomClosure, Venue, WalkingTime, Zone


class ZoneInline(admin.TabularInline[Zone, Venue]):
    model = Zone
    extra = 0


class ClosureInline(admin.TabularInline[RoomClosure, Room]):
    model = RoomClosure
    extra = 0


@admin.register(Venue)
class VenueAdmin(admin.ModelAdmin[Venue]):
    list_display = ("name", "city")
    search_fields = ("name", "city")
    inlines = (ZoneInline,)


@admin.register(Room)
class RoomAdmin(HistoryAdmin, TranslationAdmin[Room]):
    list_display = ("code", "name", "zone", "capacity", "booths", "step_free", "illustrative")
    list_filter = ("venue", "zone", "step_free")
    search_fields = ("code", "name")
    list_select_related = ("zone",)
    inlines = (ClosureInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> tuple[str, ...]:
        """A code stands in addresses, feeds and published revisions, so it never changes."""
        return ("code",) if obj is not None else ()


@admin.register(RoomClosure)
class RoomClosureAdmin(admin.ModelAdmin[RoomClosure]):
    list_display = ("room", "starts_at", "ends_at", "reason")
    list_filter = ("room",)
    search_fields = ("reason", "room__code", "room__name")
    list_select_related = ("room",)
    date_hierarchy = "starts_at"


@admin.register(WalkingTime)
class WalkingTimeAdmin(admin.ModelAdmin[WalkingTime]):
    list_display = ("first", "second", "minutes", "illustrative")
    list_select_related = ("first", "second")

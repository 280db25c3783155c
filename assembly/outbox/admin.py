"""Outgoing mail, to read: what was sent to whom, and what the server answered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assembly.core.admin import ReadOnlyAdmin
from assembly.outbox.models import DeliveryAttempt, Message


class AttemptInline(ReadOnlyAdmin, admin.TabularInline[DeliveryAttempt, Message]):
    model = DeliveryAttempt
    extra = 0


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin, admin.ModelAdmin[Message]):
    list_display = ("created_at", "subject", "to_email", "state", "attempts", "sent_at")
    list_filter = ("state", "template", "language")
    search_fields = ("to_email", "subject")
    exclude = ("html", "user_id", "dedupe_key", "text")
    inlines = (AttemptInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return Message.objects.visible_to(request.user)

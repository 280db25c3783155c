"""People and the capacities they come in."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assembly.people import selectors, services
from assembly.people.choices import CapacityKind
from assembly.people.models import Capacity, Person


class OneLiveCapacity(forms.BaseInlineFormSet[Capacity, Person, forms.ModelForm[Capacity]]):
    """The constraint of one live capacity, for two that are typed in at once."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        live = [
            form.cleaned_data["assembly"]
            for form in kept
            if form.cleaned_data.get("assembly")
            and not form.cleaned_data.get("ended_at")
            and not form.cleaned_data.get("override_reason")
        ]
        if len(live) != len(set(live)):
            raise forms.ValidationError(_("This person already comes in another capacity."))


class CapacityInline(admin.TabularInline[Capacity, Person]):
    model = Capacity
    extra = 0
    formset = OneLiveCapacity
    fields = ("assembly", "kind", "override_reason", "ended_at")
    can_delete = False  # a capacity ends, and what hangs on it is looked after

    def get_queryset(self, request: HttpRequest) -> QuerySet[Capacity]:
        """Those of delegates and observers begin and end with their place in a delegation."""
        kinds = (CapacityKind.DELEGATE, CapacityKind.OBSERVER)
        return super().get_queryset(request).exclude(kind__in=kinds)


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin[Person]):
    list_display = ("display_name", "family_name", "given_name", "language", "comes_as")
    list_filter = ("capacities__kind", "language")
    search_fields = ("display_name", "given_name", "family_name", "email")
    fields = (
        "display_name",
        ("given_name", "family_name"),
        "birth_date",
        "email",
        "language",
        "protected",
        "user",
        "twins",
    )
    readonly_fields = ("twins",)
    autocomplete_fields = ("user",)
    inlines = (CapacityInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return Person.objects.visible_to(request.user).prefetch_related("capacities__assembly")

    @admin.display(description=gettext_lazy("comes as"))
    def comes_as(self, person: Person) -> str:
        return ", ".join(
            f"{capacity.get_kind_display()} ({capacity.assembly.number})"
            for capacity in person.capacities.all()
            if capacity.ended_at is None
        )

    @admin.display(description=gettext_lazy("may be the same person"))
    def twins(self, person: Person) -> str:
        found = getattr(person, "likely_twins", [])
        if not found:
            return _("Nobody found.")
        reasons = (
            (
                twin.person.display_name,
                _("same name and date of birth")
                if twin.same_name_and_birth_date
                else _("same e-mail address"),
            )
            for twin in found
        )
        return format_html_join("; ", "{} ({})", reasons)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Person | None:
        person = super().get_object(request, object_id, from_field)
        if person is not None:
            found = selectors.likely_twins(person, seen_by=request.user)
            person.likely_twins = found  # type: ignore[attr-defined]  # for the display above
        return person

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        services.save_person(person=obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # staff only
        for twin in selectors.likely_twins(obj, seen_by=request.user):
            messages.warning(
                request, _("May be the same person: %(name)s.") % {"name": twin.person}
            )

"""Members, observers, delegations and delegates for organisers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from assembly.core.admin import ReadOnlyAdmin
from assembly.delegations import services
from assembly.delegations.downloads import spreadsheet
from assembly.delegations.forms import DelegationForm
from assembly.delegations.models import (
    Delegate,
    Delegation,
    MemberCountry,
    ObserverOrganisation,
)
from assembly.delegations.selectors.lists import export_rows
from assembly.editions.forms import for_current
from assembly.editions.models import Assembly


@admin.register(MemberCountry)
class MemberCountryAdmin(TranslationAdmin[MemberCountry]):
    list_display = ("code", "name", "region", "member_since")
    list_filter = ("region",)
    search_fields = ("code", "name_en", "name_fr", "name_es", "name_ar")


@admin.register(ObserverOrganisation)
class ObserverOrganisationAdmin(TranslationAdmin[ObserverOrganisation]):
    list_display = ("code", "name")
    search_fields = ("code", "name_en", "name_fr", "name_es", "name_ar")


class FocalFilter(admin.SimpleListFilter):
    """Finds the delegations nobody keeps, which cannot be invited."""

    title = gettext_lazy("focal point")
    parameter_name = "focal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("missing", _("Missing")), ("named", _("Named"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Delegation]
    ) -> QuerySet[Delegation]:
        if self.value() not in ("missing", "named"):
            return queryset
        return queryset.filter(focal_points__isnull=self.value() == "missing").distinct()


class HeadFilter(admin.SimpleListFilter):
    """Finds the delegations nobody heads yet."""

    title = gettext_lazy("head")
    parameter_name = "head"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("missing", _("Missing")), ("named", _("Named"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Delegation]
    ) -> QuerySet[Delegation]:
        wanted = {"missing": False, "named": True}.get(self.value() or "")
        heads = Delegate.objects.active().filter(is_head=True).values("delegation")
        if wanted is None:
            return queryset
        return queryset.filter(pk__in=heads) if wanted else queryset.exclude(pk__in=heads)


@admin.register(Delegation)
class DelegationAdmin(admin.ModelAdmin[Delegation]):
    form = DelegationForm
    change_form_template = "admin/delegations/delegation/change_form.html"
    change_list_template = "admin/delegations/delegation/change_list.html"
    list_display = (
        "party_name",
        "region",
        "state",
        "seats_used",
        "head_named",
        "credentials",
        "may_vote",
        "whole",
    )
    list_filter = (
        "state",
        HeadFilter,
        FocalFilter,
        "credentials",
        "may_vote",
        "country__region",
        "assembly",
    )
    list_select_related = ("country", "organisation", "assembly")
    search_fields = (
        *(f"country__{name}" for name in ("code", "name_en", "name_fr", "name_es", "name_ar")),
        *("organisation__code", "organisation__name_en"),
    )
    autocomplete_fields = ("country", "organisation")
    fields = (
        "based_on",
        ("country", "organisation"),
        "state",
        "seats",
        "credentials",
        "may_vote",
        "voting_reason",
    )
    actions = ("invite", "export")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delegation]:
        """The current Assembly's delegations, unless the filter asks for another one's."""
        heads = Delegate.objects.active().filter(delegation=OuterRef("pk"), is_head=True)
        found = Delegation.objects.visible_to(request.user).annotate(has_head=Exists(heads))
        found = found.order_by("country__name", "organisation__name")
        match = request.resolver_match
        if "assembly__id__exact" in request.GET or match is None:
            return found
        if match.url_name == "delegations_delegation_changelist":
            return found.filter(assembly__is_current=True)
        return found

    def get_readonly_fields(
        self, request: HttpRequest, obj: Delegation | None = None
    ) -> tuple[str, ...]:
        """Whose delegation it is never changes: revisions and lists name it."""
        return ("country", "organisation") if obj is not None else ()

    def get_form(
        self,
        request: HttpRequest,
        obj: Delegation | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        """A new delegation comes to the current Assembly, also for the constraints."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return form if obj is not None else for_current(form)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and Assembly.objects.current().exists()

    def has_delete_permission(self, request: HttpRequest, obj: Delegation | None = None) -> bool:
        """Never with people on its list, and never in bulk."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.delegates.exists()

    def save_model(
        self, request: HttpRequest, obj: Delegation, form: forms.ModelForm[Delegation], change: bool
    ) -> None:
        based_on = form.cleaned_data["based_on"] if change else None
        services.save_delegation(
            delegation=obj,
            based_on=based_on,
            by=request.user,  # type: ignore[arg-type]  # staff only
            at=timezone.now(),
        )

    @admin.display(description=gettext_lazy("delegation"), ordering="country__name")
    def party_name(self, delegation: Delegation) -> str:
        return str(delegation)

    @admin.display(description=gettext_lazy("region"), ordering="country__region")
    def region(self, delegation: Delegation) -> str:
        country = delegation.country
        return country.get_region_display() if country else _("Observer")

    @admin.display(description=gettext_lazy("seats"), ordering="seats_taken")
    def seats_used(self, delegation: Delegation) -> str:
        return format_html("<bdi>{}/{}</bdi>", delegation.seats_taken, delegation.seats)

    @admin.display(description=gettext_lazy("head"), boolean=True)
    def head_named(self, delegation: Delegation) -> bool:
        return bool(getattr(delegation, "has_head", False))

    @admin.display(description=gettext_lazy("all of it"))
    def whole(self, delegation: Delegation) -> str:
        address = reverse("delegation_whole", args=[delegation.uuid])
        return format_html('<a href="{}">{}</a>', address, _("Open"))

    @admin.action(description=gettext_lazy("Invite the chosen delegations"), permissions=["change"])
    def invite(
        self, request: HttpRequest, delegations: QuerySet[Delegation]
    ) -> HttpResponse | None:
        """Asks first, then invites; whoever cannot be reached is named."""
        chosen = delegations.select_related("assembly").prefetch_related("focal_points")
        if "confirmed" not in request.POST:
            facts = {**self.admin_site.each_context(request), "chosen": list(chosen)}
            facts["title"] = _("Invite delegations")
            facts["reachable"] = sum(services.can_be_invited(d) for d in facts["chosen"])
            return render(request, "admin/delegations/invite.html", facts)
        sent, unreachable = services.invite(
            delegations=chosen,
            by=request.user,  # type: ignore[arg-type]  # staff only
            at=timezone.now(),
        )
        messages.success(request, _("Invitations on their way: %(n)s.") % {"n": sent})
        if unreachable:
            names = ", ".join(str(delegation) for delegation in unreachable)
            words = _("Not invited, for they have no focal point with an address: %(names)s.")
            messages.warning(request, words % {"names": names})
        return None

    @admin.action(
        description=gettext_lazy("Export the delegates of the chosen delegations (XLSX)"),
        permissions=["change"],
    )
    def export(self, request: HttpRequest, delegations: QuerySet[Delegation]) -> HttpResponse:
        first = delegations.select_related("assembly").first()
        rows = (
            export_rows(first.assembly, request.user, only=delegations)  # type: ignore[arg-type]  # staff
            if first is not None
            else []
        )
        return spreadsheet("delegates", "xlsx", rows)


@admin.register(Delegate)
class DelegateAdmin(ReadOnlyAdmin, admin.ModelAdmin[Delegate]):
    """The list; a delegate is looked at and changed on the page the focal point uses too."""

    change_list_template = "admin/delegations/delegate/change_list.html"
    list_display = ("badge_name", "party", "function", "is_head", "signs_in_by")
    list_filter = ("is_head", "delegation__state", "delegation__country__region")
    list_select_related = ("delegation__country", "delegation__organisation", "person__user")
    search_fields = (
        "badge_name",
        "person__given_name",
        "person__family_name",
        "person__name_key",  # without accents
        "delegation__country__code",
        "delegation__country__name_en",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delegate]:
        found = Delegate.objects.visible_to(request.user).active()
        found = found.filter(delegation__assembly__is_current=True)
        return found.order_by("delegation__country__name", "-is_head", "pk")

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        delegate = self.get_object(request, object_id)
        if delegate is None:
            return redirect("admin:delegations_delegate_changelist")
        keeps = request.user.has_perm("delegations.keep_delegations")
        return redirect("delegate" if keeps else "delegate_code", delegate.uuid)

    @admin.display(description=gettext_lazy("delegation"), ordering="delegation__country__name")
    def party(self, delegate: Delegate) -> str:
        return str(delegate.delegation)

    @admin.display(description=gettext_lazy("signs in by"))
    def signs_in_by(self, delegate: Delegate) -> str:
        user = delegate.person.user
        return _("e-mail") if user is not None and user.email else _("printed code")

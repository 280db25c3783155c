"""Member countries and delegations."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from assembly.delegations.models import Delegation, MemberCountry


@admin.register(MemberCountry)
class MemberCountryAdmin(TranslationAdmin[MemberCountry]):
    list_display = ("code", "name", "region", "member_since")
    list_filter = ("region",)
    search_fields = ("code", "name_en", "name_fr", "name_es", "name_ar")


@admin.register(Delegation)
class DelegationAdmin(admin.ModelAdmin[Delegation]):
    list_display = ("country", "assembly")
    list_filter = ("assembly", "country__region")
    list_select_related = ("country", "assembly")
    search_fields = ("country__code", "country__name_en", "country__name_fr", "country__name_es")
    autocomplete_fields = ("country",)

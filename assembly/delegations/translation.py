"""Names of countries and observers in four languages."""

from modeltranslation.translator import TranslationOptions, register

from assembly.delegations.models import MemberCountry, ObserverOrganisation


@register(MemberCountry)
class MemberCountryTranslation(TranslationOptions):
    fields = ("name",)


@register(ObserverOrganisation)
class ObserverOrganisationTranslation(TranslationOptions):
    fields = ("name",)

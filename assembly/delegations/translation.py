"""Names of countries in four languages."""

from modeltranslation.translator import TranslationOptions, register

from assembly.delegations.models import MemberCountry


@register(MemberCountry)
class MemberCountryTranslation(TranslationOptions):
    fields = ("name",)

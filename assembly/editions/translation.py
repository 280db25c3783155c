"""Names and records in four languages, and the history of Assemblies."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from assembly.editions.models import Assembly, RecordEntry


@register(Assembly)
class AssemblyTranslation(TranslationOptions):
    fields = ("city",)


@register(RecordEntry)
class RecordEntryTranslation(TranslationOptions):
    fields = ("subject", "outcome")


simple_history.register(Assembly)

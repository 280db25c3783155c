"""Titles and abstracts in four languages, and the history of what organisers edit."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from assembly.programme.models import Participation, Session


@register(Session)
class SessionTranslation(TranslationOptions):
    fields = ("title", "abstract", "theme")


simple_history.register(Session)
simple_history.register(Participation)

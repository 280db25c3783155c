"""What organisers enter in four languages."""

from modeltranslation.translator import TranslationOptions, register

from assembly.notifications.models import Announcement, Wording


@register(Announcement)
class AnnouncementOptions(TranslationOptions):
    fields = ("subject", "body")
    fallback_languages = {"default": ()}


@register(Wording)
class WordingOptions(TranslationOptions):
    fields = ("subject", "opening")
    fallback_languages = {"default": ()}

"""Names of rooms in four languages, and the history of rooms."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from venues.models import Room


@register(Room)
class RoomTranslation(TranslationOptions):
    fields = ("name",)


# After @register: HistoricalRecords() on the model would miss the translated columns.
simple_history.register(Room)

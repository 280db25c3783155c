"""What a person keeps: saved sessions, what they have seen, a calendar; and who is concerned."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.programme.models import Revision, Session


class SavedSession(models.Model):
    """A session somebody chose to see in their schedule."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_sessions")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="saved_by")
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved session")
        verbose_name_plural = _("saved sessions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "session"], name="each_session_saved_once"),
        ]

    def __str__(self) -> str:
        return str(self.session_id)


class ItineraryQuerySet(models.QuerySet["Itinerary"]):
    def readable(self) -> Self:
        """Those whose owner may sign in and has not signed out everywhere since the token."""
        return self.filter(
            person__user__is_active=True,
            person__erased_at__isnull=True,
            token_key=F("person__user__sign_in_key"),
        )


class Itinerary(Timestamped):
    """What a person's schedule remembers. `seen` is the revision they said they had seen,
    of the Assembly `seen_at`: numbers begin anew each year.

    The calendar's token is kept as a digest; `version` moves with everything they choose.
    `lead_minutes` is how long before a session they want a reminder: None as the organisers set
    it, 0 for none. `muted` are the topics they want no mail about.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="itinerary")
    seen = models.PositiveIntegerField(default=0)
    seen_at = models.ForeignKey(Assembly, on_delete=models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    lead_minutes = models.PositiveSmallIntegerField(null=True)
    muted = models.JSONField(default=list)
    token_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  no two are empty
    token_key = models.CharField(max_length=32, blank=True)
    token_made_at = models.DateTimeField(null=True)

    objects = ItineraryQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal schedule")
        verbose_name_plural = _("personal schedules")

    def __str__(self) -> str:
        return str(self.pk)


class Reach(models.Model):
    """That it was worked out whom a revision concerns, and how many they are."""

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="reach")
    worked_out_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    clashes = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("reach of a revision")
        verbose_name_plural = _("reach of revisions")

    def __str__(self) -> str:
        return str(self.revision_id)


class Concern(models.Model):
    """One person whom one revision concerns, with the codes of the sessions that changed for them.

    The notifications read these rows; nobody who is not here is told.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="concerns")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="concerns")
    codes = models.JSONField()

    class Meta:
        verbose_name = _("concerned person")
        verbose_name_plural = _("concerned people")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "person"], name="concerned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.person_id}"

"""The words of mails that organisers changed."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.editions.models import Assembly
from assembly.notifications import rules
from assembly.notifications.choices import WordingKey

TEXTS = ("subject", "opening")


class Wording(Timestamped):
    """The subject and the first sentences of one kind of mail; empty is what the planner says."""

    assembly = models.ForeignKey(
        Assembly, on_delete=models.CASCADE, related_name="wordings", verbose_name=_("Assembly")
    )
    key = models.CharField(_("mail"), max_length=12, choices=WordingKey.choices)
    subject = models.CharField(
        _("subject"), max_length=150, blank=True, help_text=_("Empty: the planner's own.")
    )
    opening = models.TextField(
        _("first sentences"),
        max_length=1000,
        blank=True,
        help_text=_("Stands above the facts of the session, which always follow."),
    )

    class Meta:
        verbose_name = _("words of a mail")
        verbose_name_plural = _("words of mails")
        ordering: ClassVar = ["assembly", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assembly", "key"],
                name="one_wording_of_a_mail",
                violation_error_message=_("The words of this mail are there already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_key_display()

    def clean(self) -> None:
        """Only the placeholders this mail has, in each language."""
        super().clean()
        allowed = rules.PLACEHOLDERS.get(self.key, frozenset())
        errors = {}
        for code, _name in settings.LANGUAGES:
            for field in TEXTS:
                name = f"{field}_{code}"
                try:
                    rules.check_text(getattr(self, name) or "", allowed)
                except rules.BadPlaceholder as error:
                    errors[name] = refusal(error, allowed)
        if errors:
            raise ValidationError(errors)
        names = [f"{field}_{code}" for code, _name in settings.LANGUAGES for field in TEXTS]
        if not any(getattr(self, name) for name in names):
            raise ValidationError(_("Write a subject or first sentences in one language at least."))


def refusal(error: rules.BadPlaceholder, allowed: frozenset[str]) -> ValidationError:
    """Which placeholder it was, and which there are."""
    return ValidationError(
        _("%(placeholder)s cannot stand here. Use one of these, or none: %(allowed)s."),
        params={
            "placeholder": error.placeholder,
            "allowed": " ".join("{" + name + "}" for name in sorted(allowed)),
        },
    )

"""A user signs in by e-mail address. Staff are users with `is_staff`; roles are groups."""

import uuid
from typing import Any, ClassVar

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from assembly.outbox.recipients import Recipient


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a normalised address; without a password only codes sign them in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. The key is random, so that it says nothing in an address or a log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    is_staff = models.BooleanField(
        _("staff"),
        default=False,
        help_text=_("Staff sign in with a password and a second factor, never by code."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Somebody who left cannot sign in.")
    )
    date_joined = models.DateTimeField(_("invited"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering: ClassVar = ["email"]
        permissions: ClassVar = [("invite_user", "Invite, off-board and reset second factors")]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="one_user_for_an_address"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of the user's groups; one query, kept for the life of the object."""
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def is_trusted(self) -> bool:
        """False for staff who have yet to set up the second factor that the setting asks for."""
        if not (self.is_staff and settings.STAFF_MFA_REQUIRED):
            return True
        return bool(is_mfa_enabled(self))

    def as_recipient(self) -> Recipient:
        return Recipient(
            email=self.email, name=self.name, language=self.language, user_id=str(self.pk)
        )

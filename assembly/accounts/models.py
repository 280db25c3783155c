"""A user signs in by e-mail address. Staff are users with `is_staff`; roles are groups."""

import secrets
import uuid
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import (
    AbstractBaseUser,
    AnonymousUser,
    BaseUserManager,
    Group,
    PermissionsMixin,
)
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from assembly.core.compiled import CompiledQuery, stored
from assembly.outbox.recipients import Recipient


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> "User":
        """A user with a normalised address, or none; without a password only codes sign them in."""
        user = self.model(email=(email or "").strip().lower() or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Accounts as organisers list them; those of protected people need a permission."""
        return self if user.has_perm("accounts.see_protected") else self.filter(protected=False)


def new_sign_in_key() -> str:
    return secrets.token_hex(16)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. The key is random, so that it says nothing in an address or a log.

    Delegates who share a mailbox or have none carry no address: a printed code signs them in.
    `sign_in_key` is part of every session of the user: a new one ends them all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
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
    protected = models.BooleanField(_("protected"), default=False, editable=False)
    sign_in_key = models.CharField(max_length=32, default=new_sign_in_key, editable=False)
    date_joined = models.DateTimeField(_("invited"), default=timezone.now)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering: ClassVar = ["email"]
        permissions: ClassVar = [
            ("invite_user", "Invite, off-board and reset second factors"),
            ("see_protected", "See the accounts of protected people"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="one_user_for_an_address"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(self.pk)

    def get_full_name(self) -> str:
        return str(self)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of the user's groups; one query, kept for the life of the object."""
        return roles_of(self.pk)

    @cached_property
    def is_trusted(self) -> bool:
        """False for staff who have yet to set up the second factor that the setting asks for."""
        if not (self.is_staff and settings.STAFF_MFA_REQUIRED):
            return True
        return bool(is_mfa_enabled(self))

    @property
    def has_code(self) -> bool:
        """Whether a printed code that somebody handed out can still be used."""
        code = getattr(self, "sign_in_code", None)
        return code is not None and code.used_at is None and code.expires_at > timezone.now()

    def as_recipient(self) -> Recipient:
        """Whom a message to this user goes to. Only for users who have an address."""
        return Recipient(
            email=self.email or "",
            name=self.name,
            language=self.language,
            user_id=str(self.pk),
            protected=self.protected,
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own, made of the password and of `sign_in_key`."""
        salt = "assembly.accounts.models.User.session"
        value = f"{self.password}:{self.sign_in_key}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


_ROLES: Final = CompiledQuery(
    lambda user: Group.objects.filter(user=user).order_by().values_list("name"), "user"
)


def roles_of(user: uuid.UUID) -> frozenset[str]:
    """The names of the groups of the user with this key; one query."""
    key = stored(User._meta.pk, user)
    return frozenset(name for (name,) in _ROLES.rows(user=key))


class SignInCodeQuerySet(models.QuerySet["SignInCode"]):
    def usable(self, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=at, user__is_active=True)


class SignInCode(models.Model):
    """A printed code that signs one user in once. Only its digest is kept; a new one voids it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="sign_in_code")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("handed out"))
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")

    def __str__(self) -> str:
        return str(self.user_id)

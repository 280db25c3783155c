"""Permissions come from the table of roles in the code, not from rows somebody may have edited."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from assembly.accounts.models import User
from assembly.accounts.roles import permissions_of


class RoleBackend(BaseBackend):
    """Answers `user.has_perm` from `roles.PERMISSIONS`. It signs nobody in."""

    def get_all_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Any = None
    ) -> set[str]:
        if not isinstance(user_obj, User) or not user_obj.is_active or not user_obj.is_trusted:
            return set()
        return set(permissions_of(user_obj.roles))

    def has_perm(
        self, user_obj: AbstractBaseUser | AnonymousUser, perm: str, obj: Any = None
    ) -> bool:
        return perm in self.get_all_permissions(user_obj)

    def has_module_perms(self, user_obj: AbstractBaseUser | AnonymousUser, app_label: str) -> bool:
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions(user_obj))

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id).first()


class SignInBackend(AuthenticationBackend):
    """Signs people in as django-allauth does, and grants nothing.

    Django's own backend would read permissions from rows, with two queries for every question
    that the table answers with no.
    """

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

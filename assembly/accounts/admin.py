"""Accounts as organisers see them: read here, changed through the services."""

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assembly.accounts.choices import Role
from assembly.accounts.models import User

# django.contrib.auth and allauth register models that organisers must not edit as rows.
for model in (Group, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "name", "role_names", "is_staff", "second_factor", "is_active")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = (
        "email",
        "name",
        "language",
        "role_names",
        "is_staff",
        "second_factor",
        "is_active",
        "date_joined",
        "last_login",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        authenticators = Authenticator.objects.filter(user=OuterRef("pk"))
        return (
            User.objects.visible_to(request.user)
            .order_by(*self.get_ordering(request))
            .prefetch_related(Prefetch("groups", Group.objects.order_by("name")))
            .annotate(has_second_factor=Exists(authenticators))
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        known = {role.value: str(role.label) for role in Role}
        return ", ".join(known.get(group.name, group.name) for group in user.groups.all())

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(getattr(user, "has_second_factor", False))

"""Who may do what to whose account."""

from assembly.accounts.models import User


def can_manage(user: User, other: User) -> bool:
    """Organisers manage each other's accounts, and nobody their own: two people are involved."""
    return user.has_perm("accounts.invite_user") and user.pk != other.pk and not other.is_superuser

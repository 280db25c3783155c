"""Whose schedule somebody may look at."""

from assembly.accounts.models import User
from assembly.delegations.models import Delegate
from assembly.delegations.policies import keeps


def can_see_schedule(user: User, delegate: Delegate) -> bool:
    """Organisers, and focal points for the members of their own delegation."""
    return user.has_perm("delegations.keep_delegations") or keeps(user, delegate.delegation)

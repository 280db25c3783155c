"""Who may do what to a delegation and its delegates."""

from datetime import datetime

from assembly.accounts.models import User
from assembly.delegations import rules
from assembly.delegations.models import Delegate, Delegation


def keeps(user: User, delegation: Delegation) -> bool:
    """Whether the user is a focal point of this delegation."""
    return delegation.focal_points.filter(pk=user.pk).exists()


def can_change_list(user: User, delegation: Delegation, at: datetime) -> bool:
    """Organisers always; the delegation's focal points until nominations close."""
    if user.has_perm("delegations.keep_delegations"):
        return True
    is_open = rules.is_open(delegation.assembly.nominations_close_at, at)
    return is_open and keeps(user, delegation)


def can_see_details(user: User, delegation: Delegation) -> bool:
    """Birth dates, needs and photos: organisers and the delegation's own focal points."""
    return user.has_perm("delegations.keep_delegations") or keeps(user, delegation)


def can_issue_code(user: User, delegate: Delegate) -> bool:
    """The help desk for everybody it may see; focal points for their own, also after closing."""
    if delegate.withdrawn_at is not None:
        return False
    return user.has_perm("delegations.issue_code") or keeps(user, delegate.delegation)


def can_change_person(user: User, delegate: Delegate) -> bool:
    """Organisers alone keep names and address of somebody who comes in another capacity too."""
    if user.has_perm("delegations.keep_delegations"):
        return True
    others = delegate.person.capacities.exclude(pk=delegate.capacity_id)
    return not others.live().filter(assembly=delegate.delegation.assembly_id).exists()

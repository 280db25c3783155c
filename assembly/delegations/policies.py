"""Who may do what to a delegation and its delegates."""

from datetime import datetime

from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.delegations import rules
from assembly.delegations.models import Delegate, Delegation


def keeps(user: User, delegation: Delegation) -> bool:
    """Whether the user is a focal point of this delegation of the current Assembly."""
    return Delegation.objects.kept_by(user).filter(pk=delegation.pk).exists()


def can_change_list(user: User, delegation: Delegation, at: datetime) -> bool:
    """Organisers always; the delegation's focal points until nominations close."""
    if user.has_perm("delegations.keep_delegations"):
        return True
    is_open = rules.is_open(delegation.assembly.nominations_close_at, at)
    return is_open and keeps(user, delegation)


def can_see_details(user: User, delegation: Delegation) -> bool:
    """Birth dates, needs and photos: organisers and the delegation's own focal points."""
    return user.has_perm("delegations.keep_delegations") or keeps(user, delegation)


def can_link(user: User | None) -> bool:
    """Organisers alone, and the planner itself, say that somebody known is the person named."""
    return user is None or user.has_perm("delegations.keep_delegations")


def can_issue_code(user: User, delegate: Delegate) -> bool:
    """The help desk for everybody it may see; focal points for their own, also after closing.

    A code opens the whole account, so for somebody who is more than a delegate organisers alone.
    """
    if delegate.withdrawn_at is not None:
        return False
    if user.has_perm("delegations.keep_delegations"):
        return True
    if not is_only_delegate(delegate):
        return False
    return user.has_perm("delegations.issue_code") or keeps(user, delegate.delegation)


def is_only_delegate(delegate: Delegate) -> bool:
    """Whether the account behind a delegate, if there is one, opens nothing but their schedule."""
    user = delegate.person.user
    return user is None or (not user.is_staff and user.roles <= {Role.DELEGATE})


def can_change_person(user: User, delegate: Delegate) -> bool:
    """Names and address; of somebody who is more than a delegate organisers alone keep them."""
    if user.has_perm("delegations.keep_delegations"):
        return True
    others = delegate.person.capacities.exclude(pk=delegate.capacity_id).live()
    today = delegate.delegation.assembly.first_day
    return is_only_delegate(delegate) and not others.filter(assembly__last_day__gte=today).exists()

"""What happens to a delegation as a whole: is invited, answers, is given a focal point."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from assembly.accounts import services as accounts
from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import NotAllowed, StaleState
from assembly.delegations import notices, rules
from assembly.delegations.choices import State
from assembly.delegations.models import Delegation


@transaction.atomic
def save_delegation(
    *, delegation: Delegation, based_on: int | None, by: User | None, at: datetime
) -> Delegation:
    """Save a new or edited delegation under a version check; writes an audit entry.

    `based_on` is None for a new one. Raises StaleState when somebody saved in between, and
    NotAllowed when the invitation cannot move like this or the seats are too few.
    """
    verb = "delegation saved"
    if based_on is None:
        verb = "delegation added"
    else:
        mine = Delegation.objects.filter(pk=delegation.pk, version=based_on)
        if not mine.update(version=based_on + 1):
            raise StaleState(
                delegation, _("Somebody else saved this delegation while you were editing it.")
            )
        stored = Delegation.objects.get(pk=delegation.pk)
        check_move(stored, delegation.state)
        # The row is ours since the version moved: nobody takes a seat between here and the end.
        if delegation.seats < stored.seats_taken:
            raise NotAllowed(_("More delegates than that are named already."))
        delegation.version = based_on + 1
        delegation.seats_taken = stored.seats_taken
        if delegation.state != stored.state:
            _stamp(delegation, at)
    delegation.save()
    facts = {"delegation": delegation.code, "state": delegation.state, "seats": delegation.seats}
    audit.record(by=by, verb=verb, target=delegation, at=at, facts=facts)
    return delegation


def _stamp(delegation: Delegation, at: datetime) -> None:
    """Say when it was invited or answered."""
    if delegation.state == State.INVITED:
        delegation.invited_at = at
    else:
        delegation.answered_at = at


def check_move(stored: Delegation, state: str) -> None:
    """Raises NotAllowed when the invitation cannot go to this state."""
    if not rules.may_move(stored.state, state):
        words = _("A delegation that is “%(old)s” cannot become “%(new)s”.")
        new = Delegation(state=state).get_state_display()
        raise NotAllowed(words % {"old": stored.get_state_display(), "new": new})
    if state == State.DECLINED and stored.seats_taken:
        raise NotAllowed(_("Withdraw the delegates first: somebody is on the list."))


@transaction.atomic
def answer(*, delegation: Delegation, state: str, by: User, at: datetime) -> None:
    """Confirm or decline for the delegation, as its focal point does. Raises NotAllowed.

    Of two answers at once the second is held against the first, so none is lost unseen.
    """
    stored = Delegation.objects.select_for_update().get(pk=delegation.pk)
    check_move(stored, state)
    moved = Delegation.objects.filter(pk=stored.pk, state=stored.state).update(
        state=state, answered_at=at, version=stored.version + 1, updated_at=at
    )
    if not moved:
        raise StaleState(delegation, _("Somebody else answered meanwhile. Look at it again."))
    facts = {"delegation": stored.code, "state": state}
    audit.record(by=by, verb="delegation answered", target=stored, at=at, facts=facts)


@transaction.atomic
def invite(
    *, delegations: Iterable[Delegation], by: User | None, at: datetime
) -> tuple[int, list[Delegation]]:
    """Invite delegations that have not answered: mail to each focal point, state *invited*.

    Returns how many mails were queued, and the delegations left out because nobody would get one.
    Whoever confirmed already is not asked again.
    """
    sent, unreachable = 0, []
    for delegation in delegations:
        if delegation.state == State.CONFIRMED:
            continue
        points = _reachable(delegation)
        if not points:
            unreachable.append(delegation)
            continue
        # Whoever answers at this moment is not overwritten, and not asked again.
        unanswered = Delegation.objects.filter(pk=delegation.pk, version=delegation.version)
        if not unanswered.update(
            state=State.INVITED, invited_at=at, version=delegation.version + 1, updated_at=at
        ):
            continue
        for user in points:
            notices.invited(delegation, user, at=at)
            sent += 1
        facts = {"delegation": delegation.code, "mails": len(points)}
        audit.record(by=by, verb="delegation invited", target=delegation, at=at, facts=facts)
    return sent, unreachable


def _reachable(delegation: Delegation) -> list[User]:
    return [user for user in delegation.focal_points.all() if user.email and user.is_active]


def can_be_invited(delegation: Delegation) -> bool:
    """Whether `invite` would send this delegation anything."""
    return delegation.state != State.CONFIRMED and bool(_reachable(delegation))


@transaction.atomic
def add_focal_point(
    *, delegation: Delegation, email: str, name: str, language: str, by: User | None, at: datetime
) -> User:
    """Let somebody keep a delegation's list; they sign in with a code sent to this address.

    An account of this address is used; staff keep no delegation. Raises NotAllowed.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = accounts.invite(
            email=email, name=name, roles=[Role.FOCAL_POINT], by=by, at=at, language=language
        )
    elif user.is_staff or not user.is_active:
        raise NotAllowed(_("This address belongs to an account that cannot keep a delegation."))
    if Role.FOCAL_POINT not in user.roles:
        user.kept_delegations.clear()  # what an account kept that was off-boarded since
    user.groups.add(Group.objects.get_or_create(name=Role.FOCAL_POINT)[0])
    delegation.focal_points.add(user)
    facts = {"delegation": delegation.code, "user": str(user.pk)}
    audit.record(by=by, verb="focal point added", target=delegation, at=at, facts=facts)
    return user


@transaction.atomic
def remove_focal_point(
    *, delegation: Delegation, user: User, by: User | None, at: datetime
) -> None:
    """Take the delegation's list away from a focal point; who keeps no other loses the role."""
    delegation.focal_points.remove(user)
    if not user.kept_delegations.exists():
        user.groups.remove(*Group.objects.filter(name=Role.FOCAL_POINT))
    facts = {"delegation": delegation.code, "user": str(user.pk)}
    audit.record(by=by, verb="focal point removed", target=delegation, at=at, facts=facts)

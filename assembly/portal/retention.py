"""What is erased when: each app erases its own, in the order of the staircase from the top."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from assembly.delegations import services as delegations
from assembly.editions.models import Assembly
from assembly.itineraries import services as itineraries
from assembly.notifications import services as notifications


def erase_expired(*, at: datetime, dry_run: bool) -> dict[str, dict[str, int]]:
    """Erase what every Assembly has kept long enough; returns what and how many, by Assembly.

    A dry run does all of it and takes it back, so its figures are those of the real run; files
    are deleted after the commit that a dry run never reaches.
    """
    figures: dict[str, dict[str, int]] = {}
    with transaction.atomic():
        for assembly in Assembly.objects.order_by("number"):
            found = _of(assembly, at)
            if any(found.values()):
                figures[str(assembly)] = found
        if not dry_run:
            SessionStore.clear_expired()  # a sign-in under way leaves address and code in it
        transaction.set_rollback(dry_run)
    return figures


def _of(assembly: Assembly, at: datetime) -> dict[str, int]:
    """Sensitive data after so many days, people after so many more."""
    counts: dict[str, int] = {}
    if at >= assembly.ends_at + timedelta(days=assembly.sensitive_kept_days):
        counts |= delegations.forget_sensitive(assembly=assembly, at=at)
    if at >= assembly.ends_at + timedelta(days=assembly.people_kept_days):
        people = delegations.people_to_forget(assembly)
        counts["messages"] = notifications.forget(people=people)
        counts["schedules"] = itineraries.forget(people=people)
        counts |= delegations.forget_delegates(assembly=assembly, at=at)
        counts |= delegations.forget_focal_points(assembly=assembly, at=at)
    return counts

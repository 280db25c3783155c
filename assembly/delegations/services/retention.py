"""What is not kept: needs, birth dates and photos soon after an Assembly, people later."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from assembly.accounts import services as accounts
from assembly.accounts.models import User
from assembly.core import audit
from assembly.delegations.models import Delegate, Delegation, ImportBatch
from assembly.delegations.services.editing import delete_after_commit
from assembly.editions.models import Assembly
from assembly.people.choices import CapacityKind
from assembly.people.models import Capacity, Person
from assembly.people.services import erase, forget_birth_dates, forget_in_admin_log


@transaction.atomic
def forget_sensitive(*, assembly: Assembly, at: datetime) -> dict[str, int]:
    """Empty needs, birth dates and photos of an Assembly's delegates; returns how many of each.

    Somebody who also comes to an Assembly that is not over keeps the date of birth until then.
    Running it again does nothing.
    """
    theirs = Delegate.objects.of(assembly)
    needs = theirs.exclude(dietary="", access_needs="")
    counts = {"needs": needs.update(dietary="", access_needs="", updated_at=at)}
    photos = list(theirs.exclude(photo="").values_list("photo", flat=True))
    theirs.exclude(photo="").update(photo="", updated_at=at)
    for name in photos:
        delete_after_commit(name)
    counts["photos"] = len(photos)
    people = theirs.exclude(person__in=_coming_later(assembly)).values_list("person", flat=True)
    counts["birth dates"] = forget_birth_dates(people=list(people), at=at)
    counts["imports"] = ImportBatch.objects.filter(assembly=assembly).delete()[0]
    if any(counts.values()):
        audit.record(by=None, verb="sensitive data erased", target=assembly, at=at, facts=counts)
    return counts


@transaction.atomic
def forget_delegates(*, assembly: Assembly, at: datetime) -> dict[str, int]:
    """Erase the people who were delegates or observers at an Assembly and come to no later one.

    Names go from pages, old revisions, accounts, mail and the admin's log; rows and numbers stay.
    """
    keys = people_to_forget(assembly)
    erased = 0
    for person in Person.objects.filter(pk__in=keys).select_related("user"):
        erase(person=person, by=None, at=at)
        erased += 1
    theirs = Delegate.objects.of(assembly).filter(person__erased_at__isnull=False)
    forget_in_admin_log(Delegate, list(theirs.values_list("pk", flat=True)))
    theirs.exclude(badge_name="").update(
        badge_name="", function="", languages=[], arrives_at=None, departs_at=None, updated_at=at
    )
    return {"people": erased}


@transaction.atomic
def forget_focal_points(*, assembly: Assembly, at: datetime) -> dict[str, int]:
    """Forget the focal points of an Assembly who keep no later delegation and come to none."""
    later = Delegation.focal_points.through._default_manager.filter(
        delegation__assembly__last_day__gt=assembly.last_day
    )
    theirs = User.objects.filter(
        kept_delegations__assembly=assembly, is_staff=False, email__isnull=False
    ).exclude(pk__in=later.values("user"))
    done = 0
    for user in theirs.exclude(person__erased_at__isnull=True, person__isnull=False).distinct():
        accounts.forget(user=user, by=None, at=at)
        done += 1
    return {"focal points": done}


def people_to_forget(assembly: Assembly) -> list[int]:
    """Delegates and observers of an Assembly who come to no later one and are not erased yet."""
    came = (CapacityKind.DELEGATE, CapacityKind.OBSERVER)
    theirs = Person.objects.filter(
        Q(delegates__delegation__assembly=assembly)
        | Q(capacities__assembly=assembly, capacities__kind__in=came),
        erased_at__isnull=True,
    )
    later = _coming_later(assembly)
    return list(theirs.exclude(pk__in=later).values_list("pk", flat=True).distinct())


def _coming_later(assembly: Assembly) -> "list[int]":
    """People with a capacity at an Assembly that ends after this one, by key."""
    later = Capacity.objects.filter(assembly__last_day__gt=assembly.last_day)
    return list(later.values_list("person", flat=True))

"""Changing what is known of a delegate, who heads, the photo, and handing out a sign-in code."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assembly.accounts import services as accounts
from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import StaleState
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate
from assembly.delegations.policies import can_link
from assembly.delegations.rules import CODE_LASTS
from assembly.delegations.services.nominating import colleagues, lock
from assembly.people.models import Person
from assembly.people.services import give_accounts, save_person


@transaction.atomic
def change_delegate(
    *,
    delegate: Delegate,
    facts: DelegateFacts,
    based_on: int,
    with_person: bool,
    by: User | None,
    at: datetime,
    protected: bool | None = None,
) -> None:
    """Save what is known of a delegate; `with_person` says whether names and address too.

    Whoever comes in another capacity as well keeps the names and the address the organisers know.
    Raises StaleState when somebody saved since version `based_on`.
    """
    lock(delegate)
    mine = Delegate.objects.active().filter(pk=delegate.pk, version=based_on)
    if not mine.update(version=based_on + 1, updated_at=at, **facts.of_delegate):
        raise StaleState(
            delegate, _("Somebody else changed this delegate meanwhile. Look at it again.")
        )
    if with_person or protected is not None:
        # Read again: what organisers changed since the page was opened, "protected" say, stays.
        rows = Person.objects.select_for_update(of=("self",)).select_related("user")
        person = rows.get(pk=delegate.person_id)
        if with_person:
            for name, value in {**facts.of_person, "display_name": facts.name}.items():
                setattr(person, name, value)
        if protected is not None:
            person.protected = protected
        save_person(person=person, by=by, at=at)
        among = None if can_link(by) else colleagues(delegate.delegation)
        give_accounts(people=[person], at=at, among=among)
    audit.record(by=by, verb="delegate saved", target=delegate, at=at)


@transaction.atomic
def make_head(*, delegate: Delegate, by: User | None, at: datetime) -> None:
    """Let this delegate head the delegation instead of whoever does. Raises StaleState."""
    lock(delegate)
    on_list = Delegate.objects.active().filter(delegation=delegate.delegation_id)
    on_list.filter(is_head=True).exclude(pk=delegate.pk).update(
        is_head=False, version=F("version") + 1, updated_at=at
    )
    mine = on_list.filter(pk=delegate.pk)
    if not mine.update(is_head=True, version=F("version") + 1, updated_at=at):
        raise StaleState(delegate, _("This delegate was withdrawn meanwhile."))
    facts = {"delegation": delegate.delegation.code}
    audit.record(by=by, verb="head named", target=delegate, at=at, facts=facts)


@transaction.atomic
def set_photo(*, delegate: Delegate, jpeg: bytes, by: User | None, at: datetime) -> None:
    """Keep a photo that was made harmless already; the one before is deleted once this is safe."""
    old = _photo_now(delegate)
    delegate.photo.save("photo.jpg", ContentFile(jpeg), save=False)
    Delegate.objects.filter(pk=delegate.pk).update(photo=delegate.photo.name, updated_at=at)
    delete_after_commit(old)
    audit.record(by=by, verb="photo saved", target=delegate, at=at)


@transaction.atomic
def remove_photo(*, delegate: Delegate, by: User | None, at: datetime) -> None:
    old = _photo_now(delegate)
    Delegate.objects.filter(pk=delegate.pk).update(photo="", updated_at=at)
    delete_after_commit(old)
    audit.record(by=by, verb="photo removed", target=delegate, at=at)


def _photo_now(delegate: Delegate) -> str:
    """The stored photo under the lock: of two uploads at once none leaves a file behind."""
    lock(delegate)
    return str(Delegate.objects.values_list("photo", flat=True).get(pk=delegate.pk))


def delete_after_commit(name: str | None) -> None:
    """Delete a stored photo when the transaction is safe; a rollback keeps row and file."""
    if name:
        storage = Delegate._meta.get_field("photo").storage
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def hand_out_code(*, delegate: Delegate, by: User | None, at: datetime) -> str:
    """Make the printed code that signs a delegate in once; an earlier one stops working.

    Returns the code, which nobody can read again.
    """
    if delegate.person.user is None:
        give_accounts(people=[delegate.person], at=at)
    user = delegate.person.user
    assert user is not None
    return accounts.issue_code(user=user, by=by, at=at, until=at + CODE_LASTS)

"""Importing delegates in two steps: a preview with every verdict, then all of it or nothing."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import NotAllowed, StaleState
from assembly.core.queue import run_after_commit
from assembly.delegations.choices import BatchState, Verdict
from assembly.delegations.columns import Row, rows_of, understood
from assembly.delegations.models import Delegation, ImportBatch
from assembly.delegations.selectors.verdicts import counts, digest, judge
from assembly.delegations.services.bulk import write
from assembly.delegations.spreadsheet import read
from assembly.editions.models import Assembly

EXPIRES: Final = timedelta(minutes=30)
AT_ONCE: Final = 200  # more rows than that are imported by a worker
TYPES: Final[dict[str, Callable[[str], Any]]] = {
    "birth_date": date.fromisoformat,
    "arrives_at": datetime.fromisoformat,
    "departs_at": datetime.fromisoformat,
}
TASK: Final = "assembly.delegations.tasks.apply_import"


def preview(
    *, assembly: Assembly, name: str, content: bytes, by: User | None, at: datetime
) -> ImportBatch:
    """Read a file and judge each row; writes the batch and nothing else. Raises Unreadable."""
    table = read(name, content)
    places, unknown = understood(table)
    rows = rows_of(table, places, assembly.zone)
    judged = judge(rows, assembly)
    notes = []
    if unknown:
        words = _("These columns are not known and are left out: %(names)s.")
        notes.append(words % {"names": ", ".join(unknown)[:300]})
    return ImportBatch.objects.create(
        assembly=assembly,
        uploaded_by=by,
        file_name=name[-120:],
        expires_at=at + EXPIRES,
        rows=[asdict(row) for row in judged],
        notes=notes,
        digest=digest(judged),
        counts=counts(judged),
    )


@transaction.atomic
def confirm(*, batch: ImportBatch, without_faulty: bool, by: User | None, at: datetime) -> None:
    """Import what the preview showed, at once when it is small, else by a worker.

    Faulty rows must be left out knowingly. Raises StaleState for a preview that expired, was used,
    or whose data changed meanwhile, and NotAllowed when nothing would happen.
    """
    if batch.counts[Verdict.FAULTY] and not without_faulty:
        raise NotAllowed(_("Tick the box to leave out the faulty rows, or mend the file."))
    if not batch.counts[Verdict.NEW] + batch.counts[Verdict.CHANGED]:
        raise NotAllowed(_("There is nothing to import: no row is new or changed."))
    usable = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEW, expires_at__gt=at)
    if not usable.update(state=BatchState.QUEUED, updated_at=at):
        raise StaleState(batch, _("This preview has expired or was used. Upload the file again."))
    audit.record(by=by, verb="import confirmed", target=batch, at=at, facts=batch.counts)
    if len(batch.rows) > AT_ONCE:
        run_after_commit(TASK, str(batch.uuid))
    else:
        apply(batch=batch, at=at)


def apply(*, batch: ImportBatch, at: datetime) -> None:
    """Write a confirmed batch; a second call finds it done and does nothing.

    The rows are judged once more under the lock. Other verdicts than those that were shown mean
    that the data changed meanwhile: the batch is refused and nothing of it is saved.
    """
    try:
        with transaction.atomic(), translation.override(_language(batch)):
            mine = ImportBatch.objects.select_for_update(of=("self",)).filter(
                pk=batch.pk, state=BatchState.QUEUED
            )
            queued = mine.select_related("assembly", "uploaded_by").first()
            if queued is None:
                return
            if not _write(queued, at):
                _finish(queued, at, _("The data changed after the preview. Upload the file again."))
    except IntegrityError:
        words = _("Somebody else named the same people at the same moment. Upload the file again.")
        _finish(batch, at, words)


def _language(batch: ImportBatch) -> str:
    """A worker speaks the language of whoever waits for it."""
    return batch.uploaded_by.language if batch.uploaded_by else settings.LANGUAGE_CODE


def _write(batch: ImportBatch, at: datetime) -> bool:
    """Write the batch; False when it no longer fits the data.

    Imports wait for each other at the Assembly's row, and for whoever changes a list at that of the
    delegation, before anything is judged.
    """
    Assembly.objects.select_for_update().get(pk=batch.assembly_id)
    list(Delegation.objects.of(batch.assembly).select_for_update(of=("self",)).order_by("pk"))
    judged = judge(_rows(batch), batch.assembly)
    if digest(judged) != batch.digest:
        return False
    done = write(judged, batch.assembly, key=str(batch.uuid), at=at)
    _finish(batch, at)
    audit.record(by=batch.uploaded_by, verb="delegates imported", target=batch, at=at, facts=done)
    return True


def _finish(batch: ImportBatch, at: datetime, refusal: str = "") -> None:
    """The rows hold people's data: they go as soon as nobody needs them."""
    state = BatchState.REFUSED if refusal else BatchState.DONE
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.QUEUED).update(
        state=state, refusal=refusal, rows=[], updated_at=at
    )


def _rows(batch: ImportBatch) -> list[Row]:
    """The stored rows as they were read from the file, dates and instants as such again."""
    return [
        Row(stored["number"], _typed(stored["facts"]), stored["unreadable"])
        for stored in batch.rows
    ]


def _typed(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: TYPES[name](v) if v and name in TYPES else v for name, v in facts.items()}


def drop_expired(*, at: datetime) -> int:
    """Delete previews nobody confirmed; returns how many."""
    return ImportBatch.objects.expired(at).delete()[0]

"""What importing a file would do, row by row. Nothing is written here."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from assembly.delegations.choices import State, Verdict
from assembly.delegations.columns import Row, heading
from assembly.delegations.facts import DELEGATE_FIELDS, PERSON_FIELDS
from assembly.delegations.models import Delegate
from assembly.delegations.rules import DEFAULT_SEATS
from assembly.delegations.selectors.known import Known, known
from assembly.editions.models import Assembly
from assembly.people.choices import CapacityKind
from assembly.people.models import Capacity
from assembly.people.rules import name_key

MEMBERS: Final = (CapacityKind.DELEGATE, CapacityKind.OBSERVER)
COMPARED: Final = (*PERSON_FIELDS, *DELEGATE_FIELDS, "is_head")


@dataclass
class Judged:
    """A row with its verdict. `facts` are the columns the file has; `delegate` its row, if any."""

    number: int
    code: str = ""
    party: str = ""
    name: str = ""
    verdict: str = Verdict.NEW
    faults: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # of the faults, the cells'
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    delegate: int | None = None
    person: int | None = None
    is_delegation: bool = False

    def blame(self, column: str, words: str) -> None:
        self.faults.append((heading(column), words))
        self.verdict = Verdict.FAULTY


def judge(rows: Sequence[Row], assembly: Assembly) -> list[Judged]:
    """The verdict on every row, held against the database as it is now; seven queries."""
    keys = {_key(row) for row in rows}
    born = {row.values["birth_date"] for row in rows if row.values.get("birth_date")}
    world = known(assembly, keys, born)
    judged = [_judge(row, world) for row in rows]
    _same_twice(judged)
    _seats(judged, world)
    _heads(judged, world)
    return judged


def digest(judged: Sequence[Judged]) -> str:
    """What these verdicts are, in short and in no language: it moves when the data does."""
    facts = [
        (
            *(row.number, row.code, row.verdict, row.delegate, row.person, row.changes),
            [column for column, _words in row.faults],
        )
        for row in judged
    ]
    text = json.dumps(facts, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def counts(judged: Sequence[Judged]) -> dict[str, int]:
    found = Counter(str(row.verdict) for row in judged)
    return {verdict.value: found[verdict.value] for verdict in Verdict}


def _key(row: Row) -> str:
    return name_key(row.values.get("given_name", ""), row.values.get("family_name", ""))


def _judge(row: Row, world: Known) -> Judged:
    values = row.values
    name = f"{values.get('given_name', '')} {values.get('family_name', '')}".strip()
    judged = Judged(row.number, name=name, facts=values, unreadable=row.faults)
    if row.faults:
        judged.faults = list(row.faults)
        judged.verdict = Verdict.FAULTY
    cell = values.get("delegation", "")
    judged.code = world.parties.get(cell.casefold(), "")
    if not judged.code:
        words = _("No member or observer is called “%(cell)s”.") if cell else _("Name one.")
        judged.blame("delegation", words % {"cell": cell} if cell else words)
        return judged
    judged.party = world.names[judged.code]
    if not values.get("family_name") and not values.get("given_name"):
        _judge_delegation(judged, world)
    else:
        _judge_person(judged, _key(row), world)
    return judged


def _judge_delegation(judged: Judged, world: Known) -> None:
    """A row without a name is about the delegation: that it exists, and how many seats it has."""
    judged.is_delegation = True
    judged.name = ""
    if not judged.facts.get("seats"):
        judged.blame("family_name", _("Write a name; without one, the number of seats."))
        return
    delegation = world.delegations.get(judged.code)
    if delegation is None:
        return
    if delegation.seats == judged.facts["seats"]:
        judged.verdict = Verdict.UNCHANGED
    else:
        judged.verdict = Verdict.CHANGED
        judged.changes = [(heading("seats"), delegation.seats, judged.facts["seats"])]


def _judge_person(judged: Judged, key: str, world: Known) -> None:
    if not judged.facts.get("family_name"):
        judged.blame("family_name", _("Write the family name; a single name goes here."))
    _check_stay(judged)
    delegation = world.delegations.get(judged.code)
    if delegation is not None and delegation.state == State.DECLINED:
        judged.blame("delegation", _("This delegation has declined."))
    reference = judged.facts.get("reference", "")
    born = judged.facts.get("birth_date")
    delegate = world.by_reference.get(reference) if reference else None
    if reference and delegate is None:
        judged.blame("reference", _("No delegate has this reference. Leave it empty for new ones."))
    elif delegate is not None and delegate.delegation.code != judged.code:
        judged.blame("delegation", _("The reference belongs to another delegation."))
    elif delegate is None:
        delegate = world.on_list(judged.code, key, born)
    if delegate is None:
        _check_capacity(judged, world, key)
    elif not judged.faults:
        _compare(judged, delegate)


def _check_stay(judged: Judged) -> None:
    arrives, departs = judged.facts.get("arrives_at"), judged.facts.get("departs_at")
    if arrives and departs and departs <= arrives:
        judged.blame("departs_at", _("The departure must come after the arrival."))


def _check_capacity(judged: Judged, world: Known, key: str) -> None:
    """Somebody with these names and this date of birth may come already, as something else."""
    person = world.people.get((key, judged.facts.get("birth_date")))
    if person is None:
        return
    judged.person = person.pk
    held = world.held.get(person.pk, [])
    elsewhere = [capacity.delegate for capacity in held if hasattr(capacity, "delegate")]
    if elsewhere:
        words = _("This person is in another delegation already: %(party)s.")
        judged.blame("family_name", words % {"party": elsewhere[0].delegation})
    elif held and not (judged.facts.get("reason") and _may_add(held)):
        kinds = ", ".join(capacity.get_kind_display() for capacity in held)
        words = _("Already there as: %(kinds)s. Give a reason in this column.")
        judged.blame("reason", words % {"kinds": kinds})


def _may_add(held: Sequence[Capacity]) -> bool:
    """A reason lets a media person or a speaker be a delegate too; nobody is delegate twice."""
    return all(capacity.kind not in MEMBERS for capacity in held)


def _compare(judged: Judged, delegate: Delegate) -> None:
    judged.delegate = delegate.pk
    for name in COMPARED:
        if name not in judged.facts:
            continue
        old, new = getattr(delegate.person if name in PERSON_FIELDS else delegate, name), None
        new = judged.facts[name]
        if name == "badge_name" and not new:
            continue  # an empty badge name keeps the one there is
        if old != new:
            judged.changes.append((heading(name), old, new))
    judged.verdict = Verdict.CHANGED if judged.changes else Verdict.UNCHANGED


def _same_twice(judged: Sequence[Judged]) -> None:
    seen: dict[object, int] = {}
    for row in judged:
        if row.is_delegation:
            keys: list[object] = [("delegation", row.code)]
        else:
            key = name_key(row.facts.get("given_name", ""), row.facts.get("family_name", ""))
            born = row.facts.get("birth_date")
            keys = [("delegate", row.delegate)] if row.delegate else [(row.code, key, born)]
            keys += [(key, born)] if born else []
        first = next((seen[k] for k in keys if k in seen), None)
        if first is not None and row.code:
            row.blame("family_name", _("The same as row %(n)s.") % {"n": first})
        for k in keys:
            seen.setdefault(k, row.number)


def _seats(judged: Sequence[Judged], world: Known) -> None:
    """Nobody is let in beyond the seats: those a row of the file gives, else those there are."""
    seats = {code: delegation.seats for code, delegation in world.delegations.items()}
    taken = {code: delegation.seats_taken for code, delegation in world.delegations.items()}
    for row in judged:
        if row.facts.get("seats") and row.verdict != Verdict.FAULTY:
            if row.facts["seats"] < taken.get(row.code, 0):
                words = _("%(n)s delegates are named already.")
                row.blame("seats", words % {"n": taken[row.code]})
            else:
                _give_seats(row, seats)
    for row in judged:
        if row.verdict != Verdict.NEW or row.is_delegation:
            continue
        taken[row.code] = taken.get(row.code, 0) + 1
        if taken[row.code] > seats.get(row.code, DEFAULT_SEATS):
            words = _("%(party)s has %(seats)s seats, and all are taken.")
            facts = {"party": row.party, "seats": seats.get(row.code, DEFAULT_SEATS)}
            row.blame("delegation", words % facts)


def _give_seats(row: Judged, seats: dict[str, int]) -> None:
    """Seats in the row of a delegate count for the delegation, also when the person stays as is."""
    wanted = row.facts["seats"]
    if seats.get(row.code) not in (None, wanted) and not row.is_delegation:
        row.changes.append((heading("seats"), seats[row.code], wanted))
        if row.verdict == Verdict.UNCHANGED:
            row.verdict = Verdict.CHANGED
    seats[row.code] = wanted


def _heads(judged: Sequence[Judged], world: Known) -> None:
    """One head: whoever heads now and is not relieved in the file, or the first the file names."""
    heads = {
        delegate.delegation.code: delegate.pk
        for delegate in world.by_reference.values()
        if delegate.is_head
    }
    relieved = {
        row.delegate for row in judged if row.delegate and row.facts.get("is_head") is False
    }
    named: dict[str, set[object]] = defaultdict(set)
    for code, head in heads.items():
        if head not in relieved:
            named[code].add(head)
    for row in judged:
        if row.facts.get("is_head") and row.verdict != Verdict.FAULTY:
            named[row.code].add(row.delegate or f"row {row.number}")
            if len(named[row.code]) > 1:
                row.blame("is_head", _("The delegation has a head already."))

"""The difference of two programmes, on plain data."""

import json

from assembly.programme.choices import ChangeKind
from assembly.programme.differences import between
from assembly.programme.payloads import CanonicalEncoder


def payload(code: str = "PLEN01", **facts):
    return {
        "code": code,
        "status": "confirmed",
        "title": {"en": "Plenary"},
        "abstract": {},
        "theme": {},
        "agenda_item": "1",
        "document_reference": "",
        "starts_at": "2024-11-05T09:30:00+00:00",
        "minutes": 60,
        "room": "LOMOND",
        "people": [],
        "listing": "public",
        **facts,
    }


def kinds(old, new):
    return [(change.code, change.kinds) for change in between(old, new)]


def test_equal_programmes_have_no_difference():
    assert between({"PLEN01": payload()}, {"PLEN01": payload()}) == []


def test_each_kind_of_change_has_its_name():
    old = {"PLEN01": payload()}
    assert kinds({}, old) == [("PLEN01", (ChangeKind.ADDED,))]
    assert kinds(old, {}) == [("PLEN01", (ChangeKind.REMOVED,))]
    for facts, kind in [
        ({"status": "cancelled"}, ChangeKind.CANCELLED),
        ({"starts_at": "2024-11-05T10:00:00+00:00"}, ChangeKind.RETIMED),
        ({"minutes": 90}, ChangeKind.RETIMED),
        ({"room": "ALSH"}, ChangeKind.MOVED),
        ({"title": {"en": "Plenary session"}}, ChangeKind.TEXT),
        ({"people": [{"person": "x", "role": "chair", "affiliation": ""}]}, ChangeKind.PEOPLE),
        ({"listing": "delegates"}, ChangeKind.DETAILS),
    ]:
        assert kinds(old, {"PLEN01": payload(**facts)}) == [("PLEN01", (kind,))]


def test_a_session_that_moves_in_time_and_place_is_one_change_with_two_names():
    new = payload(starts_at="2024-11-05T10:00:00+00:00", room="ALSH", status="confirmed")
    assert kinds({"PLEN01": payload()}, {"PLEN01": new}) == [
        ("PLEN01", (ChangeKind.RETIMED, ChangeKind.MOVED))
    ]


def test_a_cancelled_session_that_takes_place_again_is_reinstated():
    old = {"PLEN01": payload(status="cancelled")}
    assert kinds(old, {"PLEN01": payload()}) == [("PLEN01", (ChangeKind.REINSTATED,))]


def test_changes_come_in_the_order_of_the_day():
    late = payload("PLEN01", starts_at="2024-11-05T15:00:00+00:00")
    early = payload("PLEN02", starts_at="2024-11-05T08:00:00+00:00")
    assert [code for code, _ in kinds({}, {"PLEN01": late, "PLEN02": early})] == [
        "PLEN02",
        "PLEN01",
    ]


def test_equal_payloads_have_the_same_bytes_whatever_their_order():
    for payload_in_any_order in ({"b": "é", "a": 1}, {"a": 1, "b": "é"}):
        assert json.dumps(payload_in_any_order, cls=CanonicalEncoder) == '{"a":1,"b":"é"}'

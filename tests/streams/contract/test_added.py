"""What a vocabulary adds to the one before, and what of it is more than an addition."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.events import Event
from models.vocabulary import Vocabulary
from streams.contract.added import added, not_added
from streams.wire.decoder import Decoder
from streams.wire.encode import encode_event
from tests.streams.contract.contracts import of_text
from tests.streams.contract.test_incoming import other_vocabularies
from tests.streams.wire.test_roundtrip import events, vocabularies

WORDS = """\
currency: CNY
languages: [zh, en]
customer:
  plan: S | M
  points: whole number
events:
  data used:
    family: consumption
    amount: data
    network: home | roaming
    cell: text, optional
  paid:
    family: consumption
    as: com.acme.paid
    price: money
  seen: {family: location, spot: point}
places:
  airport: {near: [31.1443, 121.8083], within: 4 km}
  mast: {cell: m-1}
names:
  zh: {data used: 使用流量, amount: 用量, home: 境内}
"""


def edited(*edits: tuple[str, str]) -> Vocabulary:
    """The vocabulary with each first text replaced by the second."""
    text = WORDS
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return of_text(text)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  seen:", "  roamed: {family: service, country: text}\n  seen:", ['the event "roamed"']),
        ("cell: text", "tower: text, optional\n    cell: text", ['the field "tower" of "data used"']),
        ("  points:", "  tier: gold | silver\n  points:", ['the attribute "tier"']),
        ("S | M", "S | M | L", ['"L" of "plan"']),
        ("home | roaming", "plane | home | roaming", ['"plane" of "network"']),
        ("  mast:", "  port: {cell: p-1}\n  mast:", ['the place "port"']),
        ("[zh, en]", "[zh, en, de]", ["the language de"]),
        ("    amount: data", "    amount: data, optional", []),
        ("currency: CNY", "currency: CNY\nhistory: 60 days", []),
        ("amount: 用量", "amount: 用量, price: 价格", []),
    ],
)
def test_what_is_added_is_named_and_no_change(old: str, new: str, named: list[str]) -> None:
    """Event types, fields, attributes, choices, places, languages, names; a field that may be left out from now on."""
    now = edited((old, new))
    assert not_added(edited(), now) == []
    assert added(edited(), now) == named


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("  seen: {family: location, spot: point}\n", "", "E701", "the event is no longer read"),
        ("    cell: text, optional\n", "", "E702", 'the field "cell" is no longer read'),
        ("cell: text, optional", "cell: text", "E703", "could be left out, and is needed now"),
        ("amount: data", "amount: duration", "E704", "was data and is duration now"),
        ("home | roaming", "home | abroad", "E704", 'may no longer be "roaming"'),
        ("  points: whole number\n", "", "E702", 'the attribute "points" is no longer read'),
        ("currency: CNY", "currency: EUR", "E704", "amounts were in CNY"),
        ("points: whole number", "points: number", "E707", '"points" was whole number and is number now'),
        ("cell: text", "cell: cell", "E707", '"cell" was text and is cell now'),
        ("network: home", "net: home", "E702", 'the field "network" is no longer read'),
        ("family: location, spot", "family: service, spot", "E707", "`family` was location and is service now"),
        ("  paid:", "  paid:\n    stale after: 2 hours", "E707", "`stale after` was 1 hour and is 2 hours now"),
        (
            "  paid:",
            "  paid:\n    arrives within: 2 hours",
            "E707",
            "`arrives within` was 0 seconds and is 2 hours now",
        ),
        ("currency: CNY", "currency: CNY\nsettle: 5 seconds", "E707", "`settle` was 2 seconds and is 5 seconds now"),
        ("currency: CNY", "currency: CNY\ntime zone: Asia/Tokyo", "E707", "`time zone` was UTC and is Asia/Tokyo now"),
        ("currency: CNY", "currency: CNY\nposition fades: 1 hour", "E707", "`position fades` was 2 hours"),
        ("[zh, en]", "[en, zh]", "E707", "`languages` was zh, en and is en, zh now"),
        ("within: 4 km", "within: 5 km", "E707", '"airport": gone, or no longer where it was'),
        ("  mast: {cell: m-1}\n", "", "E707", '"mast": the place is gone'),
    ],
)
def test_what_is_more_than_an_addition_is_told_once(old: str, new: str, code: str, said: str) -> None:
    """In the words of `check --against` where it breaks producers; each with what to do."""
    (found,) = not_added(edited(), edited((old, new)))
    assert found.code == code
    assert said in f"{found.whom}: {found.what}"
    assert found.fix


def test_another_name_for_what_is_sent_is_no_addition() -> None:
    """Producers would see nothing of it, but what is remembered goes by the old name."""
    found = not_added(
        edited(),
        edited(
            ("  paid:", "  bought:"),
            ("\nnames:\n", "\nnames:\n  en: {bought: paid, mobile: cell}\n"),
            ("cell: text", "mobile: text"),
        ),
    )
    assert [(one.code, one.whom) for one in found] == [("E707", '"paid"'), ("E707", '"cell"')]


def test_a_stale_after_of_all_events_is_told_once() -> None:
    """Not once for each event that takes it over."""
    (found,) = not_added(edited(), edited(("currency: CNY", "currency: CNY\nstale after: 2 hours")))
    assert found.keys == ("stale after",)


@settings(max_examples=80)
@given(st.data())
def test_what_only_adds_reads_every_event_as_before(data: st.DataObject) -> None:
    """The same event comes of what was sent, by whichever of the two it is read."""
    before = data.draw(vocabularies())
    now = data.draw(other_vocabularies(before))
    if not_added(before, now):
        return
    event = data.draw(events(before))
    read = Decoder(now).decode(encode_event(event, before))
    assert isinstance(read, Event)
    assert read == event


def test_no_setting_is_forgotten() -> None:
    """Whatever setting the vocabulary has, another value is refused; but for `history`, which is of topics."""
    before = edited()
    values = {field.name: getattr(before, field.name) for field in fields(before)}
    others: dict[str, Any] = {name: value + 1 for name, value in values.items() if isinstance(value, int)}
    others |= {"time_zone": "Asia/Tokyo", "currency": "EUR"}
    assert others.keys() == {name for name, value in values.items() if isinstance(value, int | str)}
    accepted = [name for name, value in others.items() if not not_added(before, replace(before, **{name: value}))]
    assert accepted == ["history"]

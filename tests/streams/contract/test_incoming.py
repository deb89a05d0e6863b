"""What a change of the vocabulary breaks for producers, and what would mend it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.events import Event
from models.types import Kind, Type
from models.vocabulary import EventType, Vocabulary
from streams.contract.compare import compare
from streams.wire.decoder import Decoder
from streams.wire.encode import encode_event
from tests.streams.contract.contracts import VOCABULARY, changed, changes, contract, of_text
from tests.streams.wire.test_roundtrip import events, types, vocabularies


@pytest.mark.parametrize(
    ("edits", "code", "whom", "what", "fix"),
    [
        (
            [("  paid:\n    family: consumption\n    as: com.acme.paid\n    price: money\n", "")],
            "E701",
            'producers of "paid"',
            "the event is no longer read.",
            "Put it back; take it away when nobody sends it any more.",
        ),
        (
            [("    as: com.acme.paid\n", "")],
            "E701",
            'producers of "paid"',
            'the event is no longer read under "com.acme.paid".',
            "Write `as: com.acme.paid` there.",
        ),
        (
            [("data used: 使用流量, ", "")],
            "E701",
            'producers of "data used"',
            'the event is no longer read under "使用流量".',
            'Add "使用流量" to "data used" under `names`.',
        ),
        (
            [("    cell: text, optional\n", "")],
            "E702",
            'producers of "data used"',
            'the field "cell" is no longer read.',
            "Put it back; take it away when nobody sends it any more.",
        ),
        (
            [("network: home", "net: home")],
            "E702",
            'producers of "data used"',
            'the field "network" is no longer read, and "net" is needed now.',
            'If it is "net" now, add the old name under `names`: `net: network`.',
        ),
        (
            [("amount: 用量, ", "")],
            "E702",
            'producers of "data used", "grant recovered", "grant written off", "granted"',
            'the field "amount" is no longer read under "用量".',
            'Add "用量" to "amount" under `names`.',
        ),
        (
            [("  points: whole number\n", "")],
            "E702",
            'producers of "customer changed"',
            'the attribute "points" is no longer read.',
            "Put it back; take it away when nobody sends it any more.",
        ),
        (
            [("    price: money\n", "    price: money\n    shop: text\n")],
            "E703",
            'producers of "paid"',
            'the field "shop" is needed now.',
            "Write `shop: text, optional`.",
        ),
        (
            [("cell: text, optional", "cell: text")],
            "E703",
            'producers of "data used"',
            'the field "cell" could be left out, and is needed now.',
            "Write `cell: text, optional`.",
        ),
        (
            [("amount: data", "amount: duration")],
            "E704",
            'producers of "data used"',
            'the field "amount" was data and is duration now.',
            "Write `amount: data` again, and give what is new a name of its own.",
        ),
        (
            [("home | roaming", "text"), (", home: 境内", "")],
            "E704",
            'producers of "data used"',
            'the field "network" was home | roaming and is text now.',
            "Write `network: home | roaming` again, and give what is new a name of its own.",
        ),
        (
            [("home | roaming", "home | abroad")],
            "E704",
            'producers of "data used"',
            'the field "network" may no longer be "roaming".',
            "Let it be one of the choices until nobody sends it any more.",
        ),
        (
            [(", home: 境内", "")],
            "E704",
            'producers of "data used"',
            'the field "network" may no longer be "境内".',
            "Let it be one of the choices until nobody sends it any more.",
        ),
        (
            [("currency: CNY", "currency: EUR")],
            "E704",
            "producers of money",
            "amounts were in CNY, and are taken to be in EUR now.",
            "Write the `currency` as it was.",
        ),
        (
            [("currency: CNY", "currency: CNY\ndata unit: 1024")],
            "E704",
            "producers of data",
            'texts such as "1 GB" have another meaning: 1 KB is 1000 bytes before, 1 KB is 1024 bytes now.',
            "Write the `data unit` as it was.",
        ),
    ],
)
def test_what_breaks_producers_is_one_problem_with_its_fix(
    edits: list[tuple[str, str]], code: str, whom: str, what: str, fix: str
) -> None:
    """One mistake is one problem; what comes with it and breaks nothing is told beside it."""
    (broken,) = [change for change in changes(*edits) if change.breaks]
    assert (broken.code, broken.whom, broken.what, broken.fix) == (code, whom, what, fix)


@pytest.mark.parametrize(
    ("edits", "what"),
    [
        ([("  paid:", "  left: {family: service}\n  paid:")], "the event can be sent now."),
        (
            [("    price: money\n", "    price: money\n    shop: text, optional\n")],
            'the field "shop" can be sent now.',
        ),
        ([("  points: ", "  tier: text\n  points: ")], 'the attribute "tier" can be sent now.'),
        ([("amount: data", "amount: data, optional")], 'the field "amount" may be left out now.'),
        ([("home | roaming", "home | roaming | sea")], 'the field "network" may be "sea", too.'),
        (
            [("points: whole number", "points: number")],
            'the attribute "points" was of the type whole number and is of number; all of them are read.',
        ),
        (
            [("plan: S | M | L", "plan: text")],
            'the attribute "plan" was of the type choice and is of text; all of them are read.',
        ),
        ([("cell: text", "cell: cell")], 'the field "cell" was of the type text and is of cell; all of them are read.'),
        (
            [("  paid:\n    family: consumption", "  paid:\n    family: service")],
            "the event belongs on events.service now; it is still read from events.consumption.",
        ),
    ],
)
def test_what_breaks_nobody_is_told(edits: list[tuple[str, str]], what: str) -> None:
    """As something good to know."""
    (told,) = changes(*edits)
    assert (told.code, told.what, told.fix, told.breaks) == ("N701", what, None, False)


@pytest.mark.parametrize(
    ("edits", "mended"),
    [
        ([("network: home", "net: home")], ("names:\n", "names:\n  en: {net: network}\n")),
        (
            [("  data used:\n", "  usage:\n"), ("{data used: 使用流量, ", "{")],
            ("  usage:\n", "  usage:\n    as: data used\n"),
        ),
    ],
)
def test_what_is_renamed_can_keep_its_old_name(edits: list[tuple[str, str]], mended: tuple[str, str]) -> None:
    """The fix that is named mends it."""
    codes = [change.code for change in changes(*edits) if change.breaks]
    text = changed(*edits).replace(*mended)
    left = [change for change in compare(contract(of_text(VOCABULARY)), contract(of_text(text))) if change.breaks]
    assert codes
    assert [change.what for change in left if "使用流量" not in change.what] == []


def test_a_renamed_event_is_recognised() -> None:
    """By its fields, or by its name."""
    old = (
        "  paid:\n    family: consumption\n    as: com.acme.paid\n    price: money\n",
        "  {}:\n    family: service\n    {}\n",
    )
    for name, field in (("settled", "price: money"), ("repaid", "cost: money")):
        gone = changes((old[0], old[1].format(name, field)))
        (broken,) = [change for change in gone if change.breaks]
        assert broken.fix == f'If it is "{name}" now, write `as: com.acme.paid` there.'


@settings(max_examples=15)
@given(vocabularies(), st.lists(st.sampled_from(["app", "短信"]), unique=True))
def test_nothing_has_changed_where_nothing_was_changed(words: Vocabulary, channels: list[str]) -> None:
    """Whatever the vocabulary and the channels."""
    assert compare(contract(words, channels), contract(words, channels)) == []


@st.composite
def other_vocabularies(draw: st.DrawFn, words: Vocabulary) -> Vocabulary:
    """One that has come of it by a few changes."""
    found = dict(words.events)
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(list(found)))
        event = found[name]
        fields = dict(event.fields)
        field = draw(st.sampled_from(list(fields) or ["new"]))
        match draw(st.sampled_from(["drop", "rename", "wire", "lose", "type", "optional", "add", "family", "choices"])):
            case "drop" if len(found) > 1:
                del found[name]
                continue
            case "rename":
                del found[name]
                event = replace(event, name="other")
            case "wire":
                event = replace(event, wire=draw(st.sampled_from([event.name, "com.other"])))
            case "lose":
                fields.pop(field, None)
            case "type":
                fields[field] = draw(types())
            case "optional" if field in fields:
                fields[field] = Type(fields[field].kind, fields[field].choices, not fields[field].optional)
            case "add":
                fields["new"] = draw(types())
            case "choices" if field in fields and fields[field].kind is Kind.CHOICE:
                fields[field] = Type(Kind.CHOICE, ("small", "more"), fields[field].optional)
            case "family":
                event = replace(event, family="location")
        found[event.name] = replace(event, fields=fields)
    currency = draw(st.sampled_from([words.currency, words.currency, "KWD"]))
    return Vocabulary(found, words.customer, currency=currency)


@settings(max_examples=80)
@given(st.data())
def test_what_is_said_to_break_nothing_breaks_nothing(data: st.DataObject) -> None:
    """Every event that could be sent is then read as before, with all its fields."""
    old = data.draw(vocabularies())
    new = data.draw(other_vocabularies(old))
    if any(change.breaks for change in compare(contract(old), contract(new))):
        return
    event = data.draw(events(old))
    decoder = Decoder(new)
    read = decoder.decode(encode_event(event, old))
    assert isinstance(read, Event), read
    assert not decoder.ignored
    assert (read.customer, read.time, read.id) == (event.customer, event.time, event.id)
    assert _sent(read, new) == _sent(event, old)


def _sent(event: Event, words: Vocabulary) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(encode_event(event, words))["data"]
    return sent


def test_a_type_of_event_may_be_in_another_place() -> None:
    """The order of a vocabulary says nothing."""
    fields = {"a": Type(Kind.TEXT), "b": Type(Kind.DATA)}
    one = EventType("e", "service", fields, "e")
    other = EventType("f", "service", {}, "f")
    turned = EventType("e", "service", dict(reversed(fields.items())), "e")
    assert (
        compare(contract(Vocabulary({"e": one, "f": other}, {})), contract(Vocabulary({"f": other, "e": turned}, {})))
        == []
    )

"""Rules that are through with openings: all up to one, in the record and in its bytes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from models.events import Event
from rules.codec import decode, encode
from rules.compile.view import view_of
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.situations import pairs
from rules.situations.forgetting import forget
from rules.situations.places import NOWHERE
from rules.typed import Pattern, Rule, Sequence, Step, StepKind
from tests.property.building import HOUR, VOCABULARY, rule

#: Where openings stand in a record.
OPENINGS = 20


def closed(name: str) -> Rule:
    """Something is opened, and something is closed."""
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.THEN, (Pattern("closed"),), HOUR, 0))
    return rule(name, Sequence(steps))


def unpaid() -> Rule:
    """Something is opened, and nothing is paid."""
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.WITHOUT, (Pattern("paid"),), HOUR, 0))
    return rule("unpaid", Sequence(steps))


MADE = program(plan([closed("closed"), closed("shut")], VOCABULARY))
CLOSED, SHUT = (MADE.rules[MADE.number_of[name]] for name in ("closed", "shut"))
((KEY, _),) = MADE.openings.items()


def new_record(customer: str = "c") -> Record:
    """A record with nothing open."""
    return Record(customer, ZoneInfo("UTC"))


def opened(record: Record, number: int) -> None:
    """Event number so and so is opened, so many milliseconds after the beginning."""
    pairs.open_(MADE, {}, record, [KEY], Event("opened", "c", number, number, "file", str(number), {}), number)


def of(number: int) -> Record:
    """A record with so many openings."""
    record = new_record()
    for one in range(1, number + 1):
        opened(record, one)
    return record


def completed(record: Record, name: str) -> list[str]:
    """The ids of what an event of now completes of a rule."""
    event = Event("closed", "c", 1_000, 1_000, "file", "last", {})
    one = MADE.rules[MADE.number_of[name]]
    return [found.bound[0].id for found in pairs.complete(one, view_of(record, event, 1_000), event, NOWHERE)]


def test_a_rule_that_closes_is_through_with_all_that_is_open() -> None:
    """What opens later is open for it; for other rules all is."""
    record = of(3)
    pairs.close(CLOSED, record)
    opened(record, 4)
    assert completed(record, "closed") == ["4"]
    assert completed(record, "shut") == ["4", "3", "2", "1"]
    assert (pairs.open_of(CLOSED, record, 4), pairs.open_of(SHUT, record, 4)) == (1, 4)


def test_a_rule_that_has_changed_begins_with_nothing_open() -> None:
    """What opened under another rule set is open for the rules that are the same as before."""
    record = of(3)
    pairs.switch(MADE, record, {"shut"})
    opened(record, 4)
    assert completed(record, "closed") == ["4"]
    assert completed(record, "shut") == ["4", "3", "2", "1"]


@pytest.mark.parametrize("first", [1, 3])
def test_what_it_is_through_with_is_kept(first: int) -> None:
    """A record that was written and read says the same, and so do its bytes; what opens then is open."""
    record = of(first)
    pairs.close(CLOSED, record)
    opened(record, first + 1)
    read = decode("c", encode(record), new_record)
    assert encode(read) == encode(record)
    opened(read, first + 2)
    assert completed(read, "closed") == [str(number) for number in (first + 2, first + 1)]
    assert completed(read, "shut") == [str(number) for number in range(first + 2, 0, -1)]


def test_a_record_of_an_earlier_build_is_read() -> None:
    """There a rule may be through with an opening, but not with one before it, which nothing could complete."""
    fields = msgspec.msgpack.decode(encode(of(4)))
    for opening, through in zip(fields[OPENINGS][0][1], ([], ["shut"], ["closed"], []), strict=True):
        opening[2] = through
    read = decode("c", msgspec.msgpack.encode(fields), new_record)
    assert completed(read, "closed") == ["4"]
    assert completed(read, "shut") == ["4", "3"]
    again = msgspec.msgpack.decode(encode(read))
    assert [opening[2] for opening in again[OPENINGS][0][1]] == [["closed", "shut"], ["closed", "shut"], ["closed"], []]


def test_a_hundred_are_kept_where_no_rule_waits_for_an_absence() -> None:
    """Those before are counted for the rules that they were open for, and forgotten at once."""
    record = of(150)
    pairs.close(CLOSED, record)
    for number in range(151, 261):
        opened(record, number)
    assert [one.number for one in record.openings[KEY]] == list(range(161, 261))
    assert record.counts == {"sequences dropped": 50 * 2 + 110 + 10}
    assert completed(record, "shut") == completed(record, "closed") == [str(number) for number in range(260, 160, -1)]


def test_a_wait_ends_once_however_many_timers_come() -> None:
    """Two that opened in one millisecond have a timer each: the first ends both waits, the second none."""
    made = program(plan([unpaid()], VOCABULARY))
    (one,), (key,) = made.rules, made.openings
    record = new_record()
    for number in (1, 2):
        event = Event("opened", "c", number, number, "file", str(number), {})
        pairs.open_(made, {}, record, [key], event, 2)
    assert one.pair is not None
    due = 2 + one.pair.wait
    assert [found.bound[0].id for found in pairs.due(one, record, due)] == ["2", "1"]
    assert pairs.due(one, record, due) == []


def test_where_nothing_is_open_nobody_is_through_with_it() -> None:
    """When openings are forgotten, so is what rules are through with."""
    record = of(3)
    pairs.close(CLOSED, record)
    assert record.forget_due is not None
    forget(MADE, record, record.forget_due)
    assert (record.openings, record.through) == ({}, {})

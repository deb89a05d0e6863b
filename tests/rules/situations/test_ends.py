"""When openings are told of what was not to happen makes no difference: to none of them, nor to any byte."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.codec import decode, encode
from rules.plan import plan
from rules.program import program
from rules.record import Ends, Opening, Record
from rules.situations import plain_ended
from rules.situations.ends import MOST, end, has_ended, mark
from rules.typed import Pattern, Sequence, Step, StepKind
from tests.compiled import compiled_module
from tests.property.building import HOUR, VOCABULARY, rule

_COMPILED = compiled_module("rules.situations.compiled_ended")
#: Both have to say the same.
BOTH = [plain_ended.has_ended, *([] if _COMPILED is None else [_COMPILED.has_ended])]
#: Which absences concern what opens by each key.
ABSENCES_OF = {1: frozenset({7, 8}), 2: frozenset({8, 9}), 3: frozenset[int]()}
MADE = replace(program(plan([], VOCABULARY)), absences_of=ABSENCES_OF)
#: The record's openings of a key and a time; absences that end at a time; the openings are told of all till now; they
#: are written and read.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from((1, 2, 3)), st.integers(0, 9)),
        st.tuples(st.lists(st.sampled_from((7, 8, 9)), unique=True, max_size=3), st.integers(0, 9)),
        st.sampled_from(("told", "written")),
    ),
    min_size=5,
    max_size=40,
)


def new_record(customer: str = "c") -> Record:
    """A record with nothing open."""
    return Record(customer, ZoneInfo("UTC"))


def opened(record: Record, key: int, time: int, taken: int) -> None:
    """Something opens, taken in this order."""
    kept = record.openings.setdefault(key, [])
    record.opened += 1
    latest = max(time, kept[-1].latest) if kept else time
    kept.append(Opening({}, time, taken, "file", str(taken), None, record.opened, latest))


def told(record: Record, absences: list[int], time: int) -> None:
    """What each opening would say if it were told at once, in plain words."""
    for key, kept in record.openings.items():
        for opening in kept:
            for absence in absences:
                at = None if opening.ends is None else opening.ends.get(absence)
                if absence in ABSENCES_OF[key] and opening.time <= time and (at is None or time < at):
                    opening.ends = dict(sorted({**(opening.ends or {}), absence: time}.items()))


@settings(max_examples=1_000)
@given(STEPS)
def test_openings_say_the_same_whenever_they_are_told(steps: list[tuple[int | list[int], int] | str]) -> None:
    """What ended each, and the bytes, are those of openings told at once, however late some events are."""
    record, plain = new_record(), new_record()
    record.ends = Ends(ABSENCES_OF)
    for taken, step in enumerate(steps):
        match step:
            case "told":
                mark(record)
            case "written":
                record = decode("c", encode(record), new_record)
                record.ends = Ends(ABSENCES_OF)
            case (int(key), time):
                opened(record, key, time, taken)
                opened(plain, key, time, taken)
            case (list(absences), int(time)):
                end(MADE, record, absences, time)
                told(plain, absences, time)
        for key, kept in record.openings.items():
            for opening, other in zip(kept, plain.openings[key], strict=True):
                for absence in ABSENCES_OF[key]:
                    at = (other.ends or {}).get(absence, 99)
                    for says in BOTH:
                        ended = [says(record, opening, absence, until) for until in range(11)]
                        assert ended == [at < until for until in range(11)]
    assert encode(record) == encode(plain)
    assert record.ends is None or record.ends.noted == []


def test_no_more_than_some_thousand_ends_wait() -> None:
    """Openings are told in between, of what was before each and of what came after it."""
    steps = (Step(StepKind.FIRST, (Pattern("opened"),)), Step(StepKind.WITHOUT, (Pattern("paid"),), HOUR, 0))
    made = program(plan([rule("unpaid", Sequence(steps))], VOCABULARY))
    ((key, absences),) = made.absences_of.items()
    (absence,) = absences
    record = new_record()
    for time in range(10_000):
        opened(record, key, time, time)
        end(made, record, [absence], time + (time % 7 == 0))
    assert record.ends is not None
    assert len(record.ends.noted) <= MOST
    for time, opening in enumerate(record.openings[key]):
        at = time + (time % 7 == 0)
        for says in BOTH:
            assert says(record, opening, absence, at + 1)
            assert not says(record, opening, absence, at)


def test_it_is_asked_of_compiled_code_where_there_is_any() -> None:
    """Else of plain Python."""
    assert has_ended is BOTH[-1]

"""The counting of a backlog as generated Python: all entries of one event type, in every part they belong to.

It is the counting of `streams.generated_counting` that asks for no line, so a series comes to be as if each event had
been counted when it was taken.
"""

from __future__ import annotations

from rules.compile.expressions import Compiler
from rules.compile.source import NoSource, SourceWriter, run_source
from rules.facts.backlog import CountAll, Counting
from rules.program import EventProgram, PartProgram
from rules.typed import Condition
from streams.compiled import CountRows, Row
from streams.function_text import FunctionText, indent
from streams.generated_counting import CountingText, only_sum


def can_be_put_off(whole: EventProgram) -> bool:
    """Whether events of a type may be counted later than they are taken: then each part must be of this type alone, and
    look at the event and the attributes alone, which are counted before they change."""
    return (
        bool(whole.every_part)
        and not any(_is_of_many(part) for part in whole.every_part)
        and not any(_looks_elsewhere(where) for where in {where for _, where in whole.part_patterns})
    )


def counting_of(event: str, whole: EventProgram, compiler: Compiler, *, compiled: bool) -> Counting:
    """How one event type is counted. `compiled`: by compiled code, where that can be."""
    keys = frozenset(of.key for part in whole.every_part for of in (part.series, part.running) if of is not None)
    rows = compiled_rows(whole, compiler) if compiled else None
    return Counting(_generated(event, whole, compiler) if rows is None else rows, keys)


def compiled_rows(whole: EventProgram, compiler: Compiler) -> CountRows | None:
    """Compiled code that counts events of a type; None where they count in what is not so plain."""
    rows = CountingText(FunctionText(compiler), whole).rows()
    if rows is None:
        return None
    always, tables = rows
    by_field = tuple(
        (field, {value: _rows(parts) for value, parts in table.items()}) for field, table in tables.items()
    )
    return CountRows(_rows(always), by_field)


def _rows(parts: list[PartProgram]) -> tuple[Row, ...]:
    of = [(part.number, part.series, only_sum(part)) for part in parts]
    return tuple(
        Row(number, one.key, only, one.fields, one.keep, one.width) for number, one, only in of if one is not None
    )


def _generated(event: str, whole: EventProgram, compiler: Compiler) -> CountAll:
    text = FunctionText(compiler)
    counting = CountingText(text, whole, asks=False)
    counted = counting.lines()
    tests = [f"{name} = {test}" for name, test in counting.tests.items()]
    fields = [f"{name} = data.get({field!r})" for field, name in text.fields.items()]
    lines = ["attributes = record.attributes", "for now, time, data in entries:", *indent([*fields, *tests, *counted])]
    source = "\n".join(["def count_all(record, entries):", *indent(lines)])
    made: CountAll = run_source(source, text.names, f"counting of {event!r}")["count_all"]
    return made


def _is_of_many(part: PartProgram) -> bool:
    """Whether events of several types count in a part: in what order would not be known."""
    of = part.series or part.running
    assert of is not None
    return len({pattern.event for pattern in of.part.patterns}) > 1


def _looks_elsewhere(where: Condition | None) -> bool:
    if where is None:
        return False
    try:
        SourceWriter().true(where)
    except NoSource:
        return True
    return False

"""Lines that an event can move: judged before it is counted, and after."""

from __future__ import annotations

from typing import NamedTuple

from models.events import Event
from models.types import Value
from models.vocabulary import CUSTOMER_CHANGED
from rules.compile.crossings import Thresholds
from rules.compile.view import View, view_of
from rules.profile import Reach
from rules.program import PartProgram, Program
from rules.record import Record
from rules.situations import lines


class Judged(NamedTuple):
    """Lines as they stood before an event: their truth, and values with lines on them."""

    view: View
    lines: lines.Before
    levels: list[tuple[Thresholds, Value]]


def before(
    program: Program, reach: Reach, record: Record, event: Event, now: int, parts: list[PartProgram], *, moves: bool
) -> Judged:
    """How the lines stand that this event can move, just before it, but for those that follow from it."""
    view = view_of(record, event, now)
    touched: dict[int, None] = {}
    levels: list[tuple[Thresholds, Value]] = []
    attributes = event.type == CUSTOMER_CHANGED
    for part in parts:
        touched.update(dict.fromkeys(reach.lines.get(part, ())))
        levels += [(group, group.value(view)) for group in reach.levels_of(part, all_=attributes)]
    if attributes:
        for name in event.data:
            touched.update(dict.fromkeys(program.attribute_lines.get(name, ())))
    if moves:
        touched.update(dict.fromkeys(program.position_lines))
    found: lines.Before = {}
    for number in touched:
        one = program.rules[number]
        own = event.data.get(one.rule.each) if one.rule.each and not attributes else None
        values = [own] if own is not None else lines.each_values(one, record)
        for value in values:
            found[number, value] = lines.truth(one, view, value)
    return Judged(view, found, levels)


def after(program: Program, judged: Judged, crossed: list[tuple[int, Value]]) -> None:
    """Add the lines that were crossed since, and set their timers."""
    view = judged.view
    for group, level in judged.levels:
        crossed += [(number, None) for number in group.crossed(level, group.value(view))]
        group.reschedule(view)
    crossed.extend(lines.crossed(program, view, judged.lines))
    for number, own in judged.lines:
        one = program.rules[number]
        if one.next_change is None:
            continue
        # A fact that is not split moves the lines of all values, though those of others cross at a timer only.
        for each in lines.each_values(one, view.record) if one.mixed else (own,):
            if lines.has_line(one, view.record, each):
                lines.reschedule(one, view, each)

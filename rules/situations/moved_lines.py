"""Lines that an event can move: judged before it is counted, and after."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from models.types import Value
from rules.compile.crossings import Thresholds
from rules.compile.view import View
from rules.profile import Reach
from rules.program import PartProgram, Program
from rules.situations import lines


class Judged(NamedTuple):
    """Lines as they stood before an event: their truth, and values with lines on them."""

    view: View
    lines: lines.Before
    levels: list[tuple[Thresholds, Value]]


def before(
    program: Program,
    reach: Reach,
    view: View,
    parts: list[PartProgram],
    *,
    attributes: Collection[str] = (),
    moves: bool = False,
    active: frozenset[int] | None = None,
) -> Judged:
    """How the lines stand that the view's event can move, just before it, but for those that follow from it.

    It changes these `attributes`, and may move her; only rules that are `active` come into question (None: all).
    """
    touched: dict[int, None] = {}
    reset: set[int] = set()
    levels: list[tuple[Thresholds, Value]] = []
    for part in parts:
        for number in reach.lines.get(part, ()):
            touched[number] = None
        for group in reach.levels.get(part, ()):
            levels.append((group, group.value(view)))  # noqa: PERF401 -- mostly there is none
        if part.resets:
            reset |= part.resets
    if attributes or view.time != view.now:
        reset.clear()
    for name in attributes:
        touched.update(dict.fromkeys(program.attribute_lines.get(name, ())))
    if moves:
        touched.update(dict.fromkeys(program.position_lines))
    found: lines.Before = {}
    for number in touched if active is None else active & touched.keys():
        one = program.rules[number]
        own = view.data.get(one.rule.each) if one.rule.each and not attributes else None
        values = [own] if own is not None else lines.each_values(one, view.record)
        for value in values:
            # (what cannot be crossed need not be known)
            found[number, value] = None if number in reset and value == own else lines.truth(one, view, value)
    return Judged(view, found, levels)


def after(program: Program, judged: Judged, crossed: list[tuple[int, Value]]) -> None:
    """Add the lines that were crossed since, and set their timers."""
    view = judged.view
    for group, level in judged.levels:
        crossed += [(number, None) for number in group.crossed(level, group.value(view))]
        group.reschedule(view)
    for (number, own), was in judged.lines.items():
        one = program.rules[number]
        has_line = lines.has_line(one, view.record, own)
        if was is False and has_line and lines.truth(one, view, own) is True:
            crossed.append((number, own))
        if one.mixed:
            # A fact that is not split moves the lines of all values, though those of others cross at a timer only.
            for each in lines.each_values(one, view.record):
                lines.reschedule(one, view, each)
        elif has_line:
            lines.reschedule(one, view, own)

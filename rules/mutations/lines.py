"""Lines of `only if` and `unless` written otherwise, of a rule and of its blocks."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from models.speech import say
from rules.checks.written import Place, WrittenLine, WrittenRule
from rules.mutations.change import Change, dropped, inside, instead, without
from rules.mutations.conditions import conditions
from rules.mutations.distinct import distinct
from rules.mutations.wording import Wording
from rules.typed import Line, Rule

_Lines = tuple[Line, ...]


def lines(written: WrittenRule, wording: Wording) -> Iterator[tuple[Place, Change[Rule]]]:
    """The ways to write the lines of a rule otherwise."""
    rule = written.file.rule
    for place, change in changed_lines(written.lines, wording):
        yield place, change.inside(lambda to: replace(rule, only_if=to[0], unless=to[1]))


def changed_lines(
    written: tuple[WrittenLine, ...], wording: Wording
) -> Iterator[tuple[Place, Change[tuple[_Lines, _Lines]]]]:
    """(lines of only if, lines of unless) with one of them dropped or changed, each at its place."""
    only_if = tuple(line.line for line in written if not line.unless)
    unless = tuple(line.line for line in written if line.unless)
    for number, line in enumerate(written[: len(only_if)]):
        told_by = say("in which all holds but `{phrase}`", phrase=line.place.text)
        for change in _line(only_if, number, wording, told_by):
            yield line.place, Change((change.to, unless), change.said, change.told_by)
    for number, line in enumerate(written[len(only_if) :]):
        told_by = say("in which `{phrase}` holds, and nothing is sent", phrase=line.place.text)
        for change in _line(unless, number, wording, told_by):
            yield line.place, Change((only_if, change.to), change.said, change.told_by)


def _line(of: _Lines, number: int, wording: Wording, told_by: str) -> Iterator[Change[_Lines]]:
    """One line dropped, or saying something else under its old text (tests name what stopped a rule by that)."""
    text, condition = of[number].text, of[number].condition
    yield dropped(without(of, number), text, told_by)
    changed = distinct(condition, conditions(condition, wording))
    yield from inside(changed, lambda to: instead(of, number, Line(text, to)))

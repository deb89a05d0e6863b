"""Conditions that change nothing: always true, or said already by others."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say, sentence
from rules.checks.impossible import described_with_line, never_passes, passing, wrong_elsewhere
from rules.checks.reasoning.truth import can_fail, can_hold, follows, terms_in
from rules.checks.written import Place, WrittenLine, WrittenRule, own_nodes, phrases, quoted, rules
from rules.problems import Problem
from rules.typed import AllOf, AnyOf, Condition, Named, Not, Pattern, Truth
from rules.walk import nodes_of
from rules.workspace.workspace import Workspace

_CODE = "W501"
_HINT = sentence("Mend it, or delete it.")


def check_idle_conditions(workspace: Workspace) -> Iterator[Problem]:
    """Lines, parts of lines and `where` that change nothing."""
    for place, meaning in phrases(workspace):
        problem = _phrase(place, meaning)
        if problem:
            yield problem
    for rule in rules(workspace):
        yield from _lines(rule)


def _phrase(place: Place, meaning: object) -> Problem | None:
    for node in own_nodes(meaning):
        if isinstance(node, Pattern) and node.where is not None and can_hold(node.where):
            if not can_fail(node.where):
                return place.problem(
                    _CODE,
                    say('this "where" holds for every "{event}"; it changes nothing.', event=node.event),
                    say(_HINT),
                )
            if idle_part(node.where):
                return place.problem(
                    _CODE, say('a part of this "where" changes nothing: the rest says it already.'), say(_HINT)
                )
    if isinstance(meaning, Named) and isinstance(meaning.of, Truth) and can_hold(meaning.of.of):
        if not can_fail(meaning.of.of):
            return place.problem(_CODE, say('"{meaning}" is always true.', meaning=meaning.name), say(_HINT))
        if idle_part(meaning.of.of):
            return place.problem(
                _CODE,
                say('a part of "{meaning}" changes nothing: the rest says it already.', meaning=meaning.name),
                say(_HINT),
            )
    return None


def idle_part(condition: Condition) -> bool:
    """Whether a part of an `and` or `or` can be left out and nothing changes."""
    parts = condition.of if isinstance(condition, AllOf | AnyOf) else ()
    for part in parts:
        rest = tuple(other for other in parts if other is not part)
        if isinstance(condition, AllOf):
            needless = follows(part, rest)
        else:
            needless = not can_hold(part) or any(follows(other, (part,)) for other in rest)
        if needless or idle_part(part):
            return True
    return isinstance(condition, Not) and idle_part(condition.of)


# -------------------------------------------------------------------- lines


def _lines(rule: WrittenRule) -> Iterator[Problem]:
    kept: list[WrittenLine] = []
    yield from _group(rule.lines, [], kept)
    for block in rule.blocks:
        yield from _group(block.lines, [] if block.block.after else kept, [])


def _group(lines: tuple[WrittenLine, ...], before: list[WrittenLine], kept: list[WrittenLine]) -> Iterator[Problem]:
    """Problems of lines that are judged together with those `before`; those without a problem are added to `kept`."""
    sound = [
        line for line in lines if not never_passes(line) and not wrong_elsewhere(line.line) and not _idle_fact(line)
    ]
    if not _fit(before + sound):
        return
    left = list(sound)
    found: list[Problem] = []
    for line in reversed(sound):
        others = before + [other for other in left if other is not line]
        problem = _line(line, others)
        if problem:
            left.remove(line)
            found.append(problem)
    kept += left
    yield from reversed(found)


def _idle_fact(line: WrittenLine) -> bool:
    """Whether a line asks for a fact that is always true, which is reported where it is defined."""
    return any(not can_fail(node.of) for node in nodes_of(line.line, (Truth,)))


def _fit(lines: list[WrittenLine]) -> bool:
    """Whether the lines can pass together: where they cannot, everything would follow from them."""
    return can_hold(*(passing(line) for line in lines))


def _line(line: WrittenLine, others: list[WrittenLine]) -> Problem | None:
    condition = line.line.condition
    text = quoted(line.place.text)
    if line.unless and not can_hold(condition):
        return line.place.problem(
            _CODE, say("{text} can never be true, so this line of unless stops nothing.", text=text), say(_HINT)
        )
    if not line.unless and not can_fail(condition):
        return line.place.problem(
            _CODE, say("{text} is always true, so this line changes nothing.", text=text), say(_HINT)
        )
    if idle_part(condition):
        return line.place.problem(
            _CODE, say("a part of {text} changes nothing: the rest says it already.", text=text), say(_HINT)
        )
    near = [other for other in others if terms_in(other.line.condition) & terms_in(condition)]
    if near and follows(passing(line), [passing(other) for other in near]):
        said = next((other for other in near if follows(passing(line), [passing(other)])), None)
        what = say("{text} changes nothing: the other lines together say it already.", text=text)
        if said is not None:
            what = say("{text} changes nothing: {line} says it already.", text=text, line=described_with_line(said))
        return line.place.problem(_CODE, what, say(_HINT))
    return None

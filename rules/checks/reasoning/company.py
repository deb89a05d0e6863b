"""Whether one rule fires whenever another does, at the same moment and for the same customer.

Asked of rules as they are now; what cannot be shown is not so.
"""

from __future__ import annotations

from rules.checks.reasoning.situations import of_step, stays
from rules.checks.reasoning.truth import follows
from rules.typed import (
    AllOf,
    Block,
    Condition,
    Happens,
    Line,
    Not,
    Pattern,
    Rule,
    Sequence,
    Situation,
)


def fires_with(other: Rule, one: Rule, other_block: int = 0, one_block: int = 0) -> bool:
    """Whether `other` fires, and that block of it, whenever `one` does and that block of it.

    `other` must not be held back by anything of its own: `at most`, `stop when`, days on which it does not run.
    """
    if other.paused or other.at_most or other.stop_when or other.each != one.each or not _runs(other, one):
        return False
    mine, others = passing(one, one.blocks[one_block]), passing(other, other.blocks[other_block])
    if not isinstance(one.situation, Happens) or not isinstance(other.situation, Happens):
        if one.situation != other.situation or not all(follows(line, mine) for line in others):
            return False
        # What is open of a sequence is closed by a match, which comes at another time where lines or days differ.
        alike = _lines(one) == _lines(other) and one.runs == other.runs
        return not one.stop_when and (alike or not isinstance(one.situation, Sequence))
    return all(
        any(_covers(wider, pattern, others, mine) for wider in other.situation.patterns)
        for pattern in one.situation.patterns
    )


def key_of(situation: Situation) -> list[object]:
    """What two situations must share for one to be complete whenever the other is: one of these."""
    if isinstance(situation, Happens):
        return list(dict.fromkeys(pattern.event for pattern in situation.patterns))
    return [situation]


def passing(rule: Rule, block: Block) -> list[Condition]:
    """What holds when a block of a rule acts."""
    only_if = [line.condition for line in (*rule.only_if, *block.only_if)]
    return only_if + [Not(line.condition) for line in (*rule.unless, *block.unless)]


def _lines(rule: Rule) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    return _conditions(rule.only_if), _conditions(rule.unless)


def _conditions(lines: tuple[Line, ...]) -> tuple[Condition, ...]:
    return tuple(line.condition for line in lines)


def _runs(other: Rule, one: Rule) -> bool:
    (first, last), (begins, ends) = other.runs, one.runs
    early = first is None or (begins is not None and first <= begins)
    return early and (last is None or (ends is not None and last >= ends))


def _covers(wider: Pattern, pattern: Pattern, others: list[Condition], mine: list[Condition]) -> bool:
    """Whether an event of `pattern`, where `mine` holds, is one of `wider`, and `others` hold."""
    if wider.event != pattern.event:
        return False
    given = list(mine)
    if pattern.where is not None:
        whole = of_step(pattern.where, 0)
        # What a `where` says of attributes may have changed by the time an offer that was held is released.
        given += [part for part in (whole.of if isinstance(whole, AllOf) else (whole,)) if stays(part)]
    wanted = [*others, *([] if wider.where is None else [of_step(wider.where, 0)])]
    return all(follows(condition, given) for condition in wanted)

"""Rules that would cost many times what others cost, each with what makes it slow and what to write instead.

What is cheap is let be, whatever it looks like: conditions, counts, sums and averages over windows of any length, areas
with tens of thousands of corners. See `docs/errors/W514.md` for what was measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.formatting import format_plain
from models.speech import any_of, say, sentence
from models.types import Kind
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from rules.checks.reasoning.subjects import said_of
from rules.checks.reasoning.terms import plain
from rules.checks.written import WrittenRule, quoted, rules
from rules.problems import Problem
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Attribute,
    Call,
    Comparator,
    Compare,
    Constant,
    Crosses,
    FieldOf,
    Function,
    Pattern,
    Rule,
    Sequence,
    SinceLast,
    Step,
    StepKind,
)
from rules.walk import nodes, nodes_of
from rules.workspace.workspace import Workspace

_CODE = "W514"
#: A field with no more values than this is soon gone through.
_FEW = 20
#: Families whose events come often.
_OFTEN = ("consumption", "location", "behavior")
#: Steps that are closer together than this leave few sequences open, in milliseconds.
_SHORT = 3_600_000
_EXTREMES = {AggregateFunction.HIGHEST: Comparator.AT_LEAST, AggregateFunction.LOWEST: Comparator.LESS}

#: Functions without arguments, which are the same for all values.
_OF_THE_MOMENT = {
    Function.HOUR: sentence("the hour"),
    Function.WEEKDAY: sentence("the weekday"),
    Function.DAY_OF_BILLING_CYCLE: sentence("the day of billing cycle"),
    Function.DAYS_IN_BILLING_CYCLE: sentence("the days in billing cycle"),
}


def check_slow(workspace: Workspace) -> Iterator[Problem]:
    """Lines that every value of `each` must be held against, facts that look at all their events, open sequences."""
    for written in rules(workspace):
        rule = written.file.rule
        if isinstance(rule.situation, Crosses):
            problem = _every_value(written, rule.situation, workspace.vocabulary) or _all_events(
                written, rule.situation, workspace.vocabulary
            )
        elif isinstance(rule.situation, Sequence):
            problem = _every_open(written, rule.situation.steps, workspace.vocabulary)
        else:
            problem = None
        if problem is not None:
            yield problem


# ------------------------------------------------------------ every value of each


def _every_value(written: WrittenRule, crossing: Crosses, vocabulary: Vocabulary) -> Problem | None:
    rule = written.file.rule
    if rule.each is None or _few_values(rule, vocabulary):
        return None
    shared = next((name for node in nodes(crossing.condition) if (name := _shared(node)) is not None), None)
    if shared is None:
        return None
    place = written.situation[0][0]
    what = say(
        "slow: whenever {shared} changes, this line is held against every {each} she has, up to 1,000.",
        shared=shared,
        each=quoted(rule.each),
    )
    hint = say(
        "Leave {shared} to only if, and compare with what is kept apart by {each}, or with a number.",
        shared=shared,
        each=quoted(rule.each),
    )
    return place.problem(_CODE, what, hint)


def _shared(node: object) -> str | None:
    """What of a line is the same for all values, in words; None if the node is not."""
    match node:
        case Attribute(name=name):
            return quoted(name)
        case Aggregate(each=None, function=function):
            return say("{fact} that is not kept apart", fact=said_of(function))
        case SinceLast(each=None):
            return say("the time that is not kept apart")
        case Call(function=function, arguments=()) if function in _OF_THE_MOMENT:
            return say(_OF_THE_MOMENT[function])
        case _:
            return None


def _few_values(rule: Rule, vocabulary: Vocabulary) -> bool:
    types = [type_ for event in vocabulary.events.values() for name, type_ in event.fields.items() if name == rule.each]
    return all(type_.kind is Kind.YES_NO or 0 < len(type_.choices) <= _FEW for type_ in types)


# ------------------------------------------------------------- all events of a fact


def _all_events(written: WrittenRule, crossing: Crosses, vocabulary: Vocabulary) -> Problem | None:
    facts: list[Aggregate] = nodes_of(crossing.condition, (Aggregate,))
    for fact in facts:
        event = any_of(dict.fromkeys(pattern.event for pattern in fact.patterns))
        place = written.situation[0][0]
        if fact.function is AggregateFunction.DISTINCT and _many(fact, vocabulary):
            what = say(
                "slow: for every {event} all its different values are counted anew, up to 1,000.", event=quoted(event)
            )
            return place.problem(
                _CODE, what, say("Count the events instead (count of {event} ..), or ask in only if.", event=event)
            )
        if fact.function in _EXTREMES:
            what = say(
                "slow: for every {event} all others of its window are looked at, up to 1,000.", event=quoted(event)
            )
            return place.problem(_CODE, what, _counted(fact, crossing, vocabulary))
    return None


def _many(fact: Aggregate, vocabulary: Vocabulary) -> bool:
    """Whether its field may have many values."""
    events = [vocabulary.events.get(pattern.event) or RESERVED_EVENTS[pattern.event] for pattern in fact.patterns]
    types = [type_ for event in events for name, type_ in event.fields.items() if name == fact.field]
    return any(type_.kind is not Kind.YES_NO and not 0 < len(type_.choices) <= _FEW for type_ in types)


def _counted(fact: Aggregate, crossing: Crosses, vocabulary: Vocabulary) -> str:
    """How to say it with a count, which is cheap: that the highest reaches a limit is that one such event comes."""
    condition = crossing.condition
    sign = _EXTREMES[fact.function]
    (pattern, *others) = fact.patterns
    if not isinstance(condition, Compare) or condition.operator is not sign or others or pattern.where is not None:
        return say(
            "Count the events that are above or below the limit instead: count of EVENT where .. over .. reaches 1."
        )
    limit = condition.right
    if plain(condition.left) != fact or not isinstance(limit, Constant):
        return say(
            "Count the events that are above or below the limit instead: count of EVENT where .. over .. reaches 1."
        )
    said = format_plain(limit.value, limit.type, vocabulary.currency, vocabulary.data_unit)
    return say(
        "Write: count of {event} where {field} {sign} {said} over .. reaches 1",
        event=pattern.event,
        field=fact.field,
        sign=sign.value,
        said=said,
    )


# --------------------------------------------------------------- open sequences


def _every_open(written: WrittenRule, steps: tuple[Step, ...], vocabulary: Vocabulary) -> Problem | None:
    first = steps[0].patterns
    bare = [pattern.event for pattern in first if isinstance(pattern, Pattern) and pattern.where is None]
    often = [name for name in bare if name in vocabulary.events and vocabulary.events[name].family in _OFTEN]
    compared = next((step for step in steps[1:] if _compares(step) and step.duration > _SHORT), None)
    if written.file.rule.each is not None or not often or compared is None:
        return None
    place = written.situation[0][0]
    what = say(
        "slow: every {often} begins a sequence, up to 100, and later events are compared with each of them.",
        often=quoted(often[0]),
    )
    return place.problem(
        _CODE, what, say("Say which ones matter ({often} where ..), or keep them apart by each.", often=often[0])
    )


def _compares(step: Step) -> bool:
    """Whether a step that is waited for is compared with an earlier one."""
    return step.kind is not StepKind.FIRST and any(
        node.step is not None for node in nodes_of(step.patterns, (FieldOf,))
    )

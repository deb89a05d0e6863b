"""Examples by which one or several rules speak, one after the other or all by the same events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from msgspec.structs import replace

from models.types import Value
from models.vocabulary import RESERVED_ATTRIBUTES, Vocabulary
from rules.checks.reasoning.truth import terms_in
from rules.checks.witness.crossings import before, moving
from rules.checks.witness.events import NoExample
from rules.checks.witness.facts import events_for
from rules.checks.witness.moments import attributes_for, moment_for, moved_to
from rules.checks.witness.plain_values import plain_value
from rules.checks.witness.situations import Way, events_of, ways_to_complete
from rules.checks.witness.solving import Model, models
from rules.checks.witness.story import Example, Fired, Told, run
from rules.typed import (
    Aggregate,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Call,
    Condition,
    Crosses,
    EachValue,
    EveryCycle,
    Expression,
    FieldOf,
    Function,
    Moment,
    Node,
    Not,
    Pattern,
    PlaceName,
    Rule,
    SinceLast,
)
from rules.walk import nodes

#: The steps of the second rule are numbered from here on, those of the third from twice that.
_APART = 100
#: So many drafts are tried before one gives up.
_DRAFTS = 6
_MINUTE = 60_000
_CYCLES = (Function.DAY_OF_BILLING_CYCLE, Function.DAYS_IN_BILLING_CYCLE)


@dataclass(frozen=True, slots=True)
class Goal:
    """A block of a rule that shall speak."""

    rule: Rule
    block: int

    def lines(self) -> list[Condition]:
        """What must hold for it."""
        block = self.rule.blocks[self.block]
        only_if = [line.condition for line in (*self.rule.only_if, *block.only_if)]
        return only_if + [Not(line.condition) for line in (*self.rule.unless, *block.unless)]

    def of_customer(self) -> list[Condition]:
        """Those lines that only look at who she is."""
        return [line for line in self.lines() if all(isinstance(term, Attribute) for term in terms_in(line))]


@dataclass(frozen=True, slots=True)
class Plan:
    """How goals follow each other: how long after the one before (milliseconds), 0 for all by the same events."""

    goals: tuple[Goal, ...]
    gap: int
    #: Attributes she shall have besides.
    given: Mapping[str, Value] = field(default_factory=dict)


def example(plan: Plan, vocabulary: Vocabulary) -> Example | None:
    """An example by which all goals speak, confirmed by running it; None if none was found."""
    rules = tuple({goal.rule.id: goal.rule for goal in plan.goals}.values())
    for draft in islice(_drafts(plan, vocabulary), _DRAFTS):
        if speaks(plan.goals, run(draft, rules, vocabulary)):
            return draft
    return None


def speaks(goals: Sequence[Goal], fired: list[Fired]) -> bool:
    """Whether every goal is among what fired, as often as it is among the goals."""
    left = [(one.rule, one.block) for one in fired]
    for goal in goals:
        if (goal.rule.id, goal.block) not in left:
            return False
        left.remove((goal.rule.id, goal.block))
    return True


def smaller(found: Example, goals: Sequence[Goal], vocabulary: Vocabulary) -> Example:
    """The example without the events, attributes and fields that it can do without."""
    rules = tuple({goal.rule.id: goal.rule for goal in goals}.values())

    def does(one: Example) -> bool:
        return bool(one.events or one.attributes) and speaks(goals, run(one, rules, vocabulary))

    for event in found.events:
        fewer = Example(found.attributes, tuple(other for other in found.events if other is not event), found.until)
        found = fewer if does(fewer) else found
    for name in found.attributes.keys() - RESERVED_ATTRIBUTES.keys():
        rest = {other: value for other, value in found.attributes.items() if other != name}
        fewer = Example(rest, found.events, found.until)
        found = fewer if does(fewer) else found
    for kind, name in dict.fromkeys((event.event, name) for event in found.events for name in event.data):
        without = tuple(_without(one, name) if one.event == kind else one for one in found.events)
        fewer = Example(found.attributes, without, found.until)
        found = fewer if does(fewer) else found
    return found


def _without(event: Told, name: str) -> Told:
    return Told(event.at, event.event, {other: value for other, value in event.data.items() if other != name})


# -------------------------------------------------------------------- drafts


def _drafts(plan: Plan, vocabulary: Vocabulary) -> Iterator[Example]:
    shared = plan.gap == 0
    ways = [list(islice(ways_to_complete(goal.rule.situation), 4)) for goal in plan.goals]
    for chosen in product(*ways):
        if shared and not _same_event(chosen):
            continue
        conditions: list[Condition] = []
        for number, (goal, way) in enumerate(zip(plan.goals, chosen, strict=True)):
            shift = 0 if shared else number * _APART
            conditions += [_shifted(one, shift) for one in (*way.conditions, *goal.lines())]
        for model in models(list(dict.fromkeys(conditions))):
            for fewer in (0, 1):
                try:
                    yield _draft(plan, chosen, model, fewer, vocabulary)
                except NoExample:
                    break


def _same_event(ways: tuple[Way, ...]) -> bool:
    """Whether one event can complete all: each has one step, an event of this type."""
    events = {
        way.patterns[0].event if len(way.patterns) == 1 and isinstance(way.patterns[0], Pattern) else "" for way in ways
    }
    return len(events) == 1 and "" not in events


def _draft(plan: Plan, ways: tuple[Way, ...], model: Model, fewer: int, vocabulary: Vocabulary) -> Example:
    """An example with the values of the model; `fewer` allows for an event that completes a situation and counts."""
    rules = [goal.rule for goal in plan.goals]
    at = moment_for(rules, model, vocabulary)
    attributes = _attributes(rules, model, at, vocabulary)
    events: list[Told] = []
    crossed: set[Expression] = set()
    for number, (rule, way) in enumerate(zip(rules, ways, strict=True)):
        if plan.gap == 0 and number:
            break
        due, mine = at + number * plan.gap, _own(model, number)
        if isinstance(rule.situation, Crosses):
            term = moving(rule.situation, mine)
            crossed.add(term)
            if isinstance(term, Attribute):
                attributes[term.name] = before(rule.situation, term, mine)
        if isinstance(rule.situation, Moment):
            attributes |= moved_to(rule.situation, due)
        events += _kept_apart(rule, events_of(rule.situation, way, mine, due, vocabulary), mine)
    types = {event.event for event in events}
    facts = [term for term in model if isinstance(term, Aggregate | SinceLast) and term not in crossed]
    for fact in facts:
        value = model[fact]
        if fewer and isinstance(value, int) and value > 0 and any(pattern.event in types for pattern in fact.patterns):
            value -= isinstance(fact, Aggregate)
        events += events_for(fact, value, at - 30 * _MINUTE, vocabulary)
    ordered = tuple(sorted(events, key=lambda event: event.at))
    return Example({**attributes, **plan.given}, ordered, at + (len(plan.goals) - 1) * plan.gap)


def _kept_apart(rule: Rule, events: list[Told], model: Model) -> list[Told]:
    """The events with the value of `each` that the conditions ask for."""
    value = next((value for term, value in model.items() if isinstance(term, EachValue)), None)
    if rule.each is None or value is None:
        return events
    return [
        Told(one.at, one.event, {**one.data, rule.each: value} if rule.each in one.data else one.data) for one in events
    ]


def _attributes(rules: list[Rule], model: Model, at: int, vocabulary: Vocabulary) -> dict[str, Value]:
    """Her attributes: as the model has them, natural ones for all others that the rules speak of."""
    found: dict[str, Value] = {}
    types = {**RESERVED_ATTRIBUTES, **vocabulary.customer}
    cycles = False
    for node in nodes(tuple(rules)):
        if isinstance(node, Attribute) and node.name not in RESERVED_ATTRIBUTES:
            found[node.name] = plain_value(types[node.name])
        cycles |= isinstance(node, CalendarWindow) and node.unit is CalendarUnit.BILLING_CYCLE
        cycles |= (isinstance(node, Call) and node.function in _CYCLES) or isinstance(node, EveryCycle)
    if cycles:
        found["bill day"] = 1
    found |= {term.name: value for term, value in model.items() if isinstance(term, Attribute)}
    found |= attributes_for(model, at)
    return {name: value for name, value in found.items() if value is not None}


# ------------------------------------------------------- one rule beside another


def _shifted(condition: Condition, shift: int) -> Condition:
    found: Condition = _moved(condition, shift) if shift else condition
    return found


def _moved(node: Any, shift: int) -> Any:
    if isinstance(node, FieldOf | PlaceName):
        return replace(node, step=node.step + shift) if node.step is not None else node
    if isinstance(node, Aggregate | SinceLast):
        return node  # its `where` speaks of events of its own
    if isinstance(node, tuple):
        return tuple(_moved(part, shift) for part in node)
    if isinstance(node, Node):
        return replace(node, **{name: _moved(getattr(node, name), shift) for name in node.__struct_fields__})
    return node


def _own(model: Model, number: int) -> Mapping[Expression, Value]:
    """What the model says about the steps of this rule, numbered as in the rule, and about all else."""
    found: dict[Expression, Value] = {}
    for term, value in model.items():
        if isinstance(term, FieldOf | PlaceName) and term.step is not None:
            place, step = divmod(term.step, _APART)
            if place == number:
                found[replace(term, step=step)] = value
        else:
            found[term] = value
    return found

"""A customer and her events: run by the plain interpreter, and shown as a story of a rule's test would have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from models.events import Event
from models.formatting import format_plain
from models.moments import format_date, local_parts, zone
from models.speech import listed, say
from models.types import DURATION, Type, Value
from models.vocabulary import DAY, RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary
from rules.interpreter import BlockDue, Evaluate, Match, RuleSet, Taken, interpret
from rules.typed import Guide, Placeholder, Rule

_CUSTOMER = "customer"
_SOURCE = "example"


@dataclass(frozen=True, slots=True)
class Told:
    """One event: when it happens (milliseconds since 1970), its type, its fields."""

    at: int
    event: str
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A customer with her attributes, her events in the order of time, and until when they are looked at."""

    attributes: Mapping[str, Value]
    events: tuple[Told, ...]
    until: int


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule spoke: which, when (milliseconds), and by which of its blocks."""

    rule: str
    at: int
    block: int


def run(example: Example, rules: Collection[Rule], vocabulary: Vocabulary) -> list[Fired]:
    """What the immediate blocks of the rules say in an example; whether it could be said with all its values, too.

    Her record begins a millisecond before her first event.
    """
    begin = min([event.at for event in example.events] + [example.until]) - 1
    first = Event("customer changed", _CUSTOMER, begin, begin, _SOURCE, "customer", dict(example.attributes))
    taken = [Taken(first, begin)]
    ordered = sorted(example.events, key=lambda event: (event.at, event.event))
    for number, one in enumerate(ordered):
        event = Event(one.event, _CUSTOMER, one.at, one.at, _SOURCE, f"{number:06}", dict(one.data))
        taken.append(Taken(event, one.at))
    by_id = {rule.id: rule for rule in rules}

    def spoken(match: Match, block: int, at: int, evaluate: Evaluate) -> bool:
        texts = [action.texts for action in by_id[match.rule_id].blocks[block].actions if isinstance(action, Guide)]
        parts = [part for said in texts for _, template in said for part in template if isinstance(part, Placeholder)]
        return all(part.otherwise is not None or evaluate.value(part.of) is not None for part in parts)

    fired: list[Fired] = []

    def outcome(match: Match, block: int, at: int, evaluate: Evaluate) -> bool:
        said = match.refused_by_cap is None and spoken(match, block, at, evaluate)
        if said:
            fired.append(Fired(match.rule_id, at, block))
        return said

    happened = interpret([RuleSet(0, tuple(rules))], vocabulary, taken, example.until, outcome=outcome)
    immediate = {
        (one.match.rule_id, one.at, one.block)
        for one in happened
        if isinstance(one, BlockDue) and one.held and by_id[one.match.rule_id].blocks[one.block].after is None
    }
    return [one for one in fired if (one.rule, one.at, one.block) in immediate]


# -------------------------------------------------------------------- shown


def shown(example: Example, vocabulary: Vocabulary) -> str:
    """`customer {plan: M}, 2026-03-04 12:00 paid: {price: 10 CNY}, +1 hour paid: {price: 10 CNY}`."""
    types = {**RESERVED_ATTRIBUTES, **vocabulary.customer}
    said = (
        [say("customer {attributes}", attributes=_fields(example.attributes, types, vocabulary))]
        if example.attributes
        else []
    )
    before: int | None = None
    for event in example.events:
        said.append(f"{_when(event.at, before, vocabulary)} {_event(event, vocabulary)}".strip())
        before = event.at
    if before is None or example.until > before:
        said.append(say("until {moment}", moment=_when(example.until, None, vocabulary)))
    return listed(said)


def _event(event: Told, vocabulary: Vocabulary) -> str:
    if event.event == "customer changed":
        types: Mapping[str, Type] = {**RESERVED_ATTRIBUTES, **vocabulary.customer}
    else:
        types = (vocabulary.events.get(event.event) or RESERVED_EVENTS[event.event]).fields
    fields = _fields(event.data, types, vocabulary)
    return f"{event.event}: {fields}" if event.data else event.event


def _fields(values: Mapping[str, Value], types: Mapping[str, Type], vocabulary: Vocabulary) -> str:
    said = (
        f"{name}: {format_plain(value, types[name], vocabulary.currency, vocabulary.data_unit)}"
        for name, value in values.items()
        if value is not None
    )
    return "{" + ", ".join(said) + "}"


def _when(at: int, before: int | None, vocabulary: Vocabulary) -> str:
    """The time of an event: as a length from the one before if that is less than a day."""
    if before is not None and at - before < DAY:
        later = at - before
        return f"+{format_plain(later, DURATION, vocabulary.currency, vocabulary.data_unit)}" if later else ""
    day, minutes, _ = local_parts(zone(vocabulary.time_zone), at)
    return f"{format_date(day)} {minutes // 60:02}:{minutes % 60:02}"

"""The plan of a rule set: plain tables that say what an event, an attribute or a moment touches.

Nothing in it is code: `rules.program` makes closures of it, and another back end can be put under the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType

from models.vocabulary import Vocabulary
from rules.facts.table import EventPart, FactTable, table_of
from rules.typed import (
    Aggregate,
    Attribute,
    CalendarUnit,
    CalendarWindow,
    Call,
    Cap,
    Crosses,
    EveryCycle,
    Function,
    Happens,
    Moment,
    Pattern,
    PlacePattern,
    PlaceVerb,
    Rule,
    Sequence,
    SinceLast,
    Step,
    StepKind,
    Visits,
)
from rules.walk import nodes

#: Functions whose value changes with the clock or the calendar of the customer.
CLOCK_FUNCTIONS = frozenset(
    {
        Function.HOUR,
        Function.WEEKDAY,
        Function.DAY_OF_BILLING_CYCLE,
        Function.DAYS_IN_BILLING_CYCLE,
        Function.DAYS_UNTIL,
        Function.DAYS_SINCE,
        Function.AGE,
    }
)
_CYCLE_FUNCTIONS = (Function.DAY_OF_BILLING_CYCLE, Function.DAYS_IN_BILLING_CYCLE)
#: A change of one of these changes her calendar.
CALENDAR_ATTRIBUTES = ("time zone", "bill day")


@dataclass(frozen=True, slots=True)
class Touches:
    """What a crossing depends on: event parts, attributes, her position."""

    parts: frozenset[EventPart]
    attributes: frozenset[str]
    position: bool


@dataclass(frozen=True, slots=True)
class EventTable:
    """What an event of one type can touch. Numbers are those of rules in `Plan.rules`."""

    parts: tuple[tuple[EventPart, tuple[Pattern, ...]], ...] = ()
    happens: tuple[tuple[int, Pattern], ...] = ()
    #: First steps of sequences: (rule, pattern).
    opens: tuple[tuple[int, Pattern], ...] = ()
    #: Later steps of sequences: (rule, step, pattern).
    waits: tuple[tuple[int, int, Pattern], ...] = ()
    #: Moments on `EVENT.FIELD`: (rule, pattern).
    moments: tuple[tuple[int, Pattern], ...] = ()
    #: `stop when`: (rule, pattern).
    stops: tuple[tuple[int, Pattern], ...] = ()
    #: `after: .. without`: (rule, block, pattern).
    ends_blocks: tuple[tuple[int, int, Pattern], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule set, indexed. Rules are in order of their ids."""

    hash: str
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    facts: FactTable
    #: How many windows before the running one are needed, by unit in use.
    backs: Mapping[CalendarUnit, int]
    events: Mapping[str, EventTable]
    #: Crossings: rule -> what moves it.
    crossings: Mapping[int, Touches]
    #: (verb, place) -> rules whose situation is such a visit, and (rule, step) of sequences.
    visits: Mapping[tuple[PlaceVerb, str], tuple[int, ...]]
    visit_steps: Mapping[tuple[PlaceVerb, str], tuple[tuple[int, int], ...]]
    #: Moments that need no event.
    moments: tuple[int, ...]


def hash_of(rules: Iterable[Rule]) -> str:
    """The content hash of a rule set, 32 hex digits."""
    text = "\x1f".join(f"{rule.id}\x1e{rule.version}" for rule in rules)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def plan(rules: Iterable[Rule], vocabulary: Vocabulary, begun: Mapping[int, int] = MappingProxyType({})) -> Plan:
    """Lay out a rule set. Paused rules stay in: their facts go on.

    `begun`: since when facts have been kept, for a rule set that follows another (`rules.facts.table.begun_from`).
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    found = [node for node in nodes(ordered) if isinstance(node, Aggregate | SinceLast)]
    facts = table_of(found, begun)
    situations = [(number, rule.situation) for number, rule in enumerate(ordered)]
    return Plan(
        hash=hash_of(ordered),
        rules=ordered,
        vocabulary=vocabulary,
        facts=facts,
        backs=_backs(ordered),
        events=_events(ordered, facts),
        crossings={number: _touches(it, facts) for number, it in situations if isinstance(it, Crosses)},
        visits=_visits(ordered),
        visit_steps=_visit_steps(ordered),
        moments=tuple(n for n, it in situations if isinstance(it, Moment) and not _of_event(it)),
    )


def _of_event(moment: Moment) -> bool:
    return bool(getattr(moment.when, "patterns", ()))


def _backs(rules: tuple[Rule, ...]) -> dict[CalendarUnit, int]:
    backs: dict[CalendarUnit, int] = {}
    for node in nodes(rules):
        if isinstance(node, CalendarWindow):
            backs[node.unit] = max(backs.get(node.unit, 0), node.back)
        elif isinstance(node, EveryCycle) or (isinstance(node, Call) and node.function in _CYCLE_FUNCTIONS):
            backs.setdefault(CalendarUnit.BILLING_CYCLE, 0)
        elif isinstance(node, Cap) and node.window == CalendarWindow(CalendarUnit.BILLING_CYCLE):
            backs.setdefault(CalendarUnit.MONTH, 0)  # what `at most` counts by where there is no bill day
    return backs


def _touches(crossing: Crosses, facts: FactTable) -> Touches:
    below = list(nodes(crossing))
    parts = frozenset(facts.parts[node] for node in below if isinstance(node, Aggregate | SinceLast))
    attributes = {node.name for node in below if isinstance(node, Attribute)}
    calls = {node.function for node in below if isinstance(node, Call)}
    if calls & CLOCK_FUNCTIONS or any(isinstance(node, CalendarWindow) for node in below):
        attributes.update(CALENDAR_ATTRIBUTES)
    return Touches(parts, frozenset(attributes), Function.DISTANCE in calls)


def _visits(rules: tuple[Rule, ...]) -> dict[tuple[PlaceVerb, str], tuple[int, ...]]:
    found: dict[tuple[PlaceVerb, str], tuple[int, ...]] = {}
    for number, rule in enumerate(rules):
        if isinstance(rule.situation, Visits):
            key = (rule.situation.pattern.verb, rule.situation.pattern.place)
            found[key] = (*found.get(key, ()), number)
    return found


def _visit_steps(rules: tuple[Rule, ...]) -> dict[tuple[PlaceVerb, str], tuple[tuple[int, int], ...]]:
    found: dict[tuple[PlaceVerb, str], tuple[tuple[int, int], ...]] = {}
    for number, rule in enumerate(rules):
        for place, step in enumerate(rule.situation.steps if isinstance(rule.situation, Sequence) else ()):
            for pattern in step.patterns:
                if isinstance(pattern, PlacePattern):
                    key = (pattern.verb, pattern.place)
                    found[key] = (*found.get(key, ()), (number, place))
    return found


class _Rows:
    """Rows of the tables of events, gathered by type of event and table."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, list[tuple[object, ...]]]] = {}

    def put(self, event: str, table: str, *row: object) -> None:
        self.tables.setdefault(event, {}).setdefault(table, []).append(row)


def _events(rules: tuple[Rule, ...], facts: FactTable) -> dict[str, EventTable]:
    """Sort everything that an event can touch by the type of the event."""
    rows = _Rows()
    for part in dict.fromkeys((*facts.series, *facts.running)):
        for event in dict.fromkeys(pattern.event for pattern in part.patterns):
            fitting = tuple(pattern for pattern in part.patterns if pattern.event == event)
            rows.put(event, "parts", part, fitting)
    for number, rule in enumerate(rules):
        for pattern in rule.stop_when:
            rows.put(pattern.event, "stops", number, pattern)
        for place, block in enumerate(rule.blocks):
            for pattern in block.after.without if block.after else ():
                rows.put(pattern.event, "ends_blocks", number, place, pattern)
        _put_situation(rows, number, rule)
    return {
        event: EventTable(**{name: tuple(items) for name, items in tables.items()})  # type: ignore[arg-type]
        for event, tables in rows.tables.items()
    }


def _put_situation(rows: _Rows, number: int, rule: Rule) -> None:
    match rule.situation:
        case Happens(patterns=patterns):
            for pattern in patterns:
                rows.put(pattern.event, "happens", number, pattern)
        case Moment(when=when):
            for pattern in getattr(when, "patterns", ()):
                rows.put(pattern.event, "moments", number, pattern)
        case Sequence(steps=steps):
            for place, step in enumerate(steps):
                _put_step(rows, number, place, step)
        case _:
            pass


def _put_step(rows: _Rows, number: int, place: int, step: Step) -> None:
    for pattern in step.patterns:
        if isinstance(pattern, PlacePattern):
            continue
        if step.kind is StepKind.FIRST:
            rows.put(pattern.event, "opens", number, pattern)
        else:
            rows.put(pattern.event, "waits", number, place, pattern)

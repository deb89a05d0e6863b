"""The plan of a rule set: plain tables that say what an event, an attribute or a moment touches.

Nothing in it is code: `rules.program` makes closures of it, and another back end can be put under the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType

from models.places import Place
from models.vocabulary import Vocabulary
from rules.facts.table import EventPart, FactTable, key_of, table_of
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
    Offer,
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
from rules.walk import looks_at_bound, nodes_of

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
#: Those of them that count in the running billing cycle.
CYCLE_FUNCTIONS = (Function.DAY_OF_BILLING_CYCLE, Function.DAYS_IN_BILLING_CYCLE)
#: A change of one of these changes her calendar.
CALENDAR_ATTRIBUTES = ("time zone", "bill day")

#: What says what is kept of events and of calendars.
_KEPT = (Aggregate, SinceLast, CalendarWindow, EveryCycle, Call, Cap)
#: What may say what moves a crossing.
_MOVING = (Aggregate, SinceLast, Attribute, Call, CalendarWindow)


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
    #: First steps of other sequences: (rule, pattern).
    opens: tuple[tuple[int, Pattern], ...] = ()
    #: Later steps of sequences: (rule, step, pattern).
    waits: tuple[tuple[int, int, Pattern], ...] = ()
    #: Sequences of two steps (`pair_of`): (opening, pattern) of what opens them, (rule, pattern) of what completes
    #: them, (absence, pattern) of what was not to happen.
    openings: tuple[tuple[int, Pattern], ...] = ()
    completes: tuple[tuple[int, Pattern], ...] = ()
    absences: tuple[tuple[int, Pattern], ...] = ()
    #: Moments on `EVENT.FIELD`: (rule, pattern).
    moments: tuple[tuple[int, Pattern], ...] = ()
    #: `stop when`: (rule, pattern).
    stops: tuple[tuple[int, Pattern], ...] = ()
    #: `after: .. without`: (rule, block, pattern).
    ends_blocks: tuple[tuple[int, int, Pattern], ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A sequence of two steps whose first event is kept once for all rules that begin with it.

    `opening` and `absence` are keys of what the patterns of the two steps say (`absence` of a wait only). `wait` is how
    long an opening concerns the rule, in milliseconds.
    """

    opening: int
    absence: int | None
    wait: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule set, indexed. Rules are in order of their ids."""

    hash: str
    #: See `layout_of`.
    layout: str
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    facts: FactTable
    #: How many windows before the running one are needed, by unit in use.
    backs: Mapping[CalendarUnit, int]
    events: Mapping[str, EventTable]
    #: Crossings: rule -> what moves it.
    crossings: Mapping[int, Touches]
    #: Sequences of two steps, by rule.
    pairs: Mapping[int, Pair]
    #: (verb, place) -> rules whose situation is such a visit, and (rule, step) of sequences.
    visits: Mapping[tuple[PlaceVerb, str], tuple[int, ...]]
    visit_steps: Mapping[tuple[PlaceVerb, str], tuple[tuple[int, int], ...]]
    #: Moments that need no event.
    moments: tuple[int, ...]


def hash_of(rules: Iterable[Rule]) -> str:
    """The content hash of a rule set, 32 hex digits.

    What its offers are worth takes part: it is no part of a rule's version, but facts are kept for it.
    """
    text = "\x1f".join("\x1e".join((rule.id, rule.version, *_worths(rule))) for rule in rules)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def layout_of(rule_set: str, places: Mapping[str, Place]) -> str:
    """What a record is laid out for: a rule set, and places, as it knows in which of them its customer is."""
    if not places:
        return rule_set
    return blake2b(f"{rule_set}\x1f{list(places.values())!r}".encode(), digest_size=16).hexdigest()


def _worths(rule: Rule) -> tuple[str, ...]:
    offers = (action for block in rule.blocks for action in block.actions if isinstance(action, Offer))
    return tuple(repr(offer.worth) for offer in offers if offer.worth is not None)


def plan(rules: Iterable[Rule], vocabulary: Vocabulary, begun: Mapping[int, int] = MappingProxyType({})) -> Plan:
    """Lay out a rule set. Paused rules stay in: their facts go on.

    `begun`: since when facts have been kept, for a rule set that follows another (`rules.facts.table.begun_from`).
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    kept = nodes_of(ordered, _KEPT)
    facts = table_of((node for node in kept if isinstance(node, Aggregate | SinceLast)), begun)
    situations = [(number, rule.situation) for number, rule in enumerate(ordered)]
    pairs = {number: pair for number, rule in enumerate(ordered) if (pair := pair_of(rule, vocabulary)) is not None}
    rule_set = hash_of(ordered)
    return Plan(
        hash=rule_set,
        layout=layout_of(rule_set, vocabulary.places),
        rules=ordered,
        vocabulary=vocabulary,
        facts=facts,
        backs=_backs(kept),
        events=_events(ordered, facts, pairs),
        crossings={number: _touches(it, facts) for number, it in situations if isinstance(it, Crosses)},
        pairs=pairs,
        visits=_visits(ordered),
        visit_steps=_visit_steps(ordered),
        moments=tuple(n for n, it in situations if isinstance(it, Moment) and not _of_event(it)),
    )


def pair_of(rule: Rule, vocabulary: Vocabulary) -> Pair | None:
    """The pair a rule is, or None for all other situations.

    Its first event must look the same for all rules: no `each`, no place. What ends a wait must not look at what
    began it.
    """
    steps = rule.situation.steps if isinstance(rule.situation, Sequence) else ()
    if len(steps) != 2 or rule.each is not None or any(isinstance(one, PlacePattern) for one in steps[0].patterns):
        return None
    first, second = steps
    if second.kind is StepKind.THEN:
        return Pair(key_of("opening", first.patterns), None, second.duration)
    if any(looks_at_bound(pattern) for pattern in second.patterns):
        return None
    wait = second.duration + lateness_of(second, vocabulary)
    return Pair(key_of("opening", first.patterns), key_of("absence", second.patterns), wait)


def lateness_of(step: Step, vocabulary: Vocabulary) -> int:
    """How much longer than its duration the wait for an absence lasts, for late news (ms)."""
    if step.kind is not StepKind.WITHOUT:
        return 0
    events = [vocabulary.events.get(one.event) for one in step.patterns if isinstance(one, Pattern)]
    return max((event.arrives_within for event in events if event is not None), default=0)


def _of_event(moment: Moment) -> bool:
    return bool(getattr(moment.when, "patterns", ()))


def _backs(kept: Iterable[object]) -> dict[CalendarUnit, int]:
    backs: dict[CalendarUnit, int] = {}
    for node in kept:
        if isinstance(node, CalendarWindow):
            backs[node.unit] = max(backs.get(node.unit, 0), node.back)
        elif isinstance(node, EveryCycle) or (isinstance(node, Call) and node.function in CYCLE_FUNCTIONS):
            backs.setdefault(CalendarUnit.BILLING_CYCLE, 0)
        elif isinstance(node, Cap) and node.window == CalendarWindow(CalendarUnit.BILLING_CYCLE):
            backs.setdefault(CalendarUnit.MONTH, 0)  # what `at most` counts by where there is no bill day
    return backs


def _touches(crossing: Crosses, facts: FactTable) -> Touches:
    parts: list[EventPart] = []
    attributes: list[str] = []
    calls: list[Function] = []
    calendar = False
    for node in nodes_of(crossing, _MOVING):
        match node:
            case Aggregate() | SinceLast():
                parts.append(facts.parts[node])
            case Attribute():
                attributes.append(node.name)
            case Call():
                calls.append(node.function)
            case _:
                calendar = True
    if calendar or not CLOCK_FUNCTIONS.isdisjoint(calls):
        attributes += CALENDAR_ATTRIBUTES
    return Touches(frozenset(parts), frozenset(attributes), Function.DISTANCE in calls)


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


def _events(rules: tuple[Rule, ...], facts: FactTable, pairs: Mapping[int, Pair]) -> dict[str, EventTable]:
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
        _put_situation(rows, number, rule, pairs.get(number))
    return {
        event: EventTable(**{name: tuple(dict.fromkeys(items)) for name, items in tables.items()})  # type: ignore[arg-type]
        for event, tables in rows.tables.items()
    }


def _put_situation(rows: _Rows, number: int, rule: Rule, pair: Pair | None) -> None:
    match rule.situation:
        case Happens(patterns=patterns):
            for pattern in patterns:
                rows.put(pattern.event, "happens", number, pattern)
        case Moment(when=when):
            for pattern in getattr(when, "patterns", ()):
                rows.put(pattern.event, "moments", number, pattern)
        case Sequence(steps=steps) if pair is not None:
            _put_pair(rows, number, steps, pair)
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


def _put_pair(rows: _Rows, number: int, steps: tuple[Step, ...], pair: Pair) -> None:
    for pattern in steps[0].patterns:
        if isinstance(pattern, Pattern):
            rows.put(pattern.event, "openings", pair.opening, pattern)
    for pattern in steps[1].patterns:
        if isinstance(pattern, Pattern) and pair.absence is None:
            rows.put(pattern.event, "completes", number, pattern)
        elif isinstance(pattern, Pattern):
            rows.put(pattern.event, "absences", pair.absence, pattern)

"""Random typed rules over the small world: every kind of situation, `each`, blocks to come, `stop when`, `at most`."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from random import Random

from msgspec import structs

from models.types import DATE, MOMENT, TEXT, Kind, Type
from rules.typed import (
    Action,
    After,
    AllOf,
    Around,
    Attribute,
    Block,
    CalendarUnit,
    CalendarWindow,
    Cap,
    Comparator,
    Compare,
    Constant,
    Crosses,
    Ever,
    EveryCycle,
    EveryDay,
    EveryWeek,
    EveryYear,
    FieldOf,
    Guide,
    Happens,
    Known,
    Line,
    Moment,
    Offer,
    Pattern,
    PlaceName,
    PlacePattern,
    PlaceVerb,
    Rule,
    Sequence,
    Shift,
    Situation,
    Sliding,
    Step,
    StepKind,
    Task,
    Visits,
    Window,
)
from rules.walk import nodes
from tests.property.typed_conditions import Scope, condition, field_condition, line, pattern, patterns
from tests.property.worlds import EACH, FIELDS, PLACES, World

GUIDE, OFFER, TASK = Guide((("en", ("hello",)),)), Offer("coupon"), Task("desk", ("call her",), None, None, None)
ACTIONS: tuple[Action, ...] = (GUIDE, OFFER, TASK)
#: What may stand beside an action.
BESIDE: dict[Action, tuple[tuple[Action, ...], ...]] = {
    GUIDE: ((), (OFFER,), (OFFER, TASK), (TASK,)),
    OFFER: ((), (), (TASK,)),
    TASK: ((),),
}
Fields = tuple[tuple[str, Type, int | None], ...]


def rule(random: Random, world: World, id: str) -> Rule:
    """A rule of any kind."""
    likely = [each for each, names in EACH.items() if set(names) & set(world.favourites)]
    each = random.choice((None, None, *likely))
    scope = Scope(random, world, each)
    found, fields = situation(scope)
    if isinstance(found, Moment) and not getattr(found.when, "patterns", ()):
        each = None
    if isinstance(found, Crosses) and not any(getattr(node, "each", None) for node in nodes(found)):
        each = None
    scope = replace(scope, fields=fields, each=each)
    made = Rule(
        id,
        "",
        id,
        found,
        _blocks(scope),
        each,
        only_if=_lines(scope, "only if", found),
        unless=_lines(scope, "unless", found) if scope.one_in(2) else (),
        stop_when=(pattern(scope, ("closed", "paid")),) if scope.one_in(3) else (),
        at_most=_caps(scope),
        runs=(world.date(random.randint(-1, 1)), world.date(random.randint(1, 9)))
        if scope.one_in(10)
        else (None, None),
        paused=scope.one_in(40),
    )
    return versioned(made)


def versioned(rule: Rule) -> Rule:
    """The rule with the version that its other parts give it."""
    return structs.replace(
        rule, version=blake2b(repr(structs.replace(rule, version="")).encode(), digest_size=6).hexdigest()
    )


def _lines(scope: Scope, name: str, of: Situation | None = None) -> tuple[Line, ...]:
    """Mostly none, or else hardly anything would match."""
    found = []
    for number in range(scope.random.choice((0, 0, 0, 0, 0, 0, 1, 2))):
        if isinstance(of, Visits) and scope.one_in(2):
            member = Constant(PLACES[of.pattern.place].members[0][0], TEXT)
            holds = Compare(Comparator.IS_NOT, PlaceName(of.pattern.place, TEXT, 0), member)
            found.append(Line(f"{name} {number}", holds))
        else:
            made = field_condition(scope) if scope.fields and scope.one_in(2) else condition(scope)
            found.append(Line(f"{name} {number}", made))
    return tuple(found)


def _caps(scope: Scope) -> tuple[Cap, ...]:
    count = scope.random.choice((0, 0, 0, 1, 2))
    return tuple(_cap(scope.random.randint(1, 2), _cap_window(scope)) for _ in range(count))


def _cap(number: int, window: Window) -> Cap:
    return Cap(number, window, f"{number} per {window}")


def _cap_window(scope: Scope) -> Window:
    if scope.one_in(6):
        return Ever()
    if scope.one_in(2):
        return Sliding(scope.length(1, 2, 5))
    return CalendarWindow(scope.random.choice(tuple(CalendarUnit)))


def _blocks(scope: Scope) -> tuple[Block, ...]:
    blocks = [Block(_actions(scope.random), only_if=_lines(scope, "block only if"))]
    for _ in range(scope.random.choice((0, 0, 1, 2))):
        names = ("closed", "paid", "task done")
        without = (_ending(scope, scope.random.choice(names)),) if scope.one_in(2) else ()
        after = After(scope.length(1, 2, 3), without)
        blocks.append(Block(_actions(scope.random), _lines(scope, "later only if"), after=after))
    # Without an immediate block a match is undecided until the first is due.
    return tuple(blocks[1:] if len(blocks) > 1 and scope.one_in(5) else blocks)


def _actions(random: Random) -> tuple[Action, ...]:
    first = random.choice(ACTIONS)
    # Dice of their own, or the scenarios that notes and tests know by their seeds would become others.
    return first, *Random(random.getstate()[1][0]).choice(BESIDE[first])


def _ending(scope: Scope, name: str) -> Pattern:
    return Pattern(name) if name == "task done" else pattern(scope, (name,))


# -------------------------------------------------------------- situations


def situation(scope: Scope) -> tuple[Situation, Fields]:
    """A situation, with the fields that its steps bind."""
    return scope.random.choice((_happens, _crosses, _crosses, _visits, _sequence, _sequence, _moment))(scope)


def _fields_of(names: tuple[str, ...], step: int) -> Fields:
    """The fields that all these events have."""
    shared = set.intersection(*(set(FIELDS[name]) for name in names))
    return tuple(
        (field, type_, step)
        for field, type_ in FIELDS[names[0]].items()
        if field in shared and type_.kind is not Kind.POINT
    )


def _names(scope: Scope) -> tuple[str, ...]:
    return EACH.get(scope.each or "", tuple(FIELDS))


def _happens(scope: Scope) -> tuple[Situation, Fields]:
    found = patterns(scope, _names(scope))
    return Happens(found), _fields_of(tuple(one.event for one in found), 0)


def _crosses(scope: Scope) -> tuple[Situation, Fields]:
    return Crosses(line(scope)), ()


def _visits(scope: Scope) -> tuple[Situation, Fields]:
    verb = scope.random.choice(tuple(PlaceVerb))
    length = scope.length(1, 2, 3) if verb is PlaceVerb.STAYS else 0
    found = PlacePattern(verb, scope.random.choice(tuple(PLACES)), length)
    return Visits(found), (("cell", FIELDS["seen"]["cell"], 0),)


def _sequence(scope: Scope) -> tuple[Situation, Fields]:
    choose = scope.random
    likely = tuple(name for name in scope.world.favourites if name in _names(scope)) or _names(scope)
    names = (choose.choice(likely), choose.choice(tuple(FIELDS) if scope.one_in(4) else likely))
    steps = [Step(StepKind.FIRST, _first_patterns(scope, names))]
    fields = _bound_fields(steps[0], 0)
    for number in range(1, choose.choice((2, 2, 2, 3, 4))):
        kind = choose.choice((StepKind.THEN, StepKind.THEN, StepKind.WITHOUT))
        after = choose.randrange(number) if scope.one_in(4) else number - 1
        # An absence compares with nothing that comes after its beginning, as `beforehand check` demands (E420).
        known = fields if kind is StepKind.THEN else tuple(field for field in fields if (field[2] or 0) <= after)
        found = _step_patterns(scope, names, known, places=kind is StepKind.THEN)
        steps.append(Step(kind, found, scope.length(1, 2, 3, 5), after))
        if kind is StepKind.THEN:
            fields += _bound_fields(steps[-1], number)
    return Sequence(tuple(steps)), fields


def _first_patterns(scope: Scope, names: tuple[str, ...]) -> tuple[Pattern | PlacePattern, ...]:
    """With `each` the first event always has the field, as `beforehand check` demands (E419)."""
    each = scope.each
    if each is None:
        return _step_patterns(scope, names, (), places=True)
    apart = tuple(name for name in names if name in EACH[each])
    return tuple(dict.fromkeys(_that_has(each, one) for one in patterns(scope, apart)))


def _that_has(field: str, of: Pattern) -> Pattern:
    type_ = FIELDS[of.event][field]
    if not type_.optional:
        return of
    known = Known(FieldOf(field, type_))
    return Pattern(of.event, known if of.where is None else AllOf((known, of.where)))


def _bound_fields(step: Step, number: int) -> Fields:
    names = tuple(one.event for one in step.patterns if isinstance(one, Pattern))
    return _fields_of(names, number) if len(names) == len(step.patterns) else ()


def _step_patterns(
    scope: Scope, names: tuple[str, ...], fields: Fields, *, places: bool
) -> tuple[Pattern | PlacePattern, ...]:
    visit = PlacePattern(scope.random.choice((PlaceVerb.ENTERS, PlaceVerb.LEAVES)), scope.random.choice(tuple(PLACES)))
    if places and scope.one_in(6):
        return (visit,)
    found = list(patterns(scope, names))
    same = [
        Compare(Comparator.IS, FieldOf(field, type_), FieldOf(field, type_, step))
        for field, type_, step in fields
        if field in FIELDS[found[0].event] and type_.kind in (Kind.TEXT, Kind.MONEY, Kind.CELL)
    ]
    if same and scope.one_in(2):
        found[0] = Pattern(found[0].event, scope.random.choice(same))
    return (*found, visit) if places and scope.one_in(8) else tuple(found)


_TIMES = (0, 30, 150, 9 * 60, 12 * 60, 23 * 60 + 45)


def _moment(scope: Scope) -> tuple[Situation, Fields]:
    choose = scope.random
    at = choose.choice(_TIMES)
    shape = choose.randrange(8)
    if shape == 0:
        return Moment(EveryDay(at)), ()
    if shape == 1:
        return Moment(EveryWeek(choose.randrange(7), at)), ()
    if shape == 2:
        return Moment(EveryCycle(choose.choice((1, 2, 28, 31)), at)), ()
    if shape == 3:
        of: Attribute = choose.choice((Attribute("born", DATE), Attribute("ends", MOMENT)))
        return Moment(EveryYear(of, at)), ()
    if shape == 4:
        return Moment(Around(Attribute("born", DATE), Shift(days=choose.randint(-2, 2)), at)), ()
    if shape == 5:
        shift = _shift(scope)
        return Moment(Around(Attribute("ends", MOMENT), shift, choose.choice((None, at)) if shift.days else None)), ()
    if shape == 6:
        expires = FieldOf("expires", Type(Kind.MOMENT, optional=True), 0)
        when = Around(expires, _shift(scope), None, (pattern(scope, ("paid",)),))
        return Moment(when), _fields_of(("paid",), 0)
    day = FieldOf("day", Type(Kind.DATE, optional=True), 0)
    opened = (pattern(scope, ("opened",)),)
    yearly = (
        EveryYear(day, at, opened) if scope.one_in(4) else Around(day, Shift(days=choose.randint(-1, 2)), at, opened)
    )
    return Moment(yearly), _fields_of(("opened",), 0)


def _shift(scope: Scope) -> Shift:
    if scope.one_in(2):
        return Shift(days=scope.random.randint(-2, 2))
    return Shift(millis=scope.random.randint(-2, 3) * scope.world.unit)

"""Random streams of one customer's taken events over the small world, from a seeded generator."""

from __future__ import annotations

from hashlib import blake2b
from random import Random
from typing import Any

from models.events import Event
from models.types import Kind, Value
from rules.interpreter import Taken
from rules.typed import Happens, Rule
from tests.property.typed_conditions import CASES, PRODUCTS, VALUES
from tests.property.worlds import CELLS, DAY, FIELDS, HOUR, SPOTS, ZONES, World


def stream(random: Random, world: World, rules: tuple[Rule, ...], count: int) -> tuple[Taken, ...]:
    """So many events in the order of taking: most at once, some late, some old news, some of a kind again and again."""
    names = (*world.favourites * 12, *FIELDS, "customer changed", "customer changed", "task done")
    found: list[Taken] = []
    now = world.start
    for number in range(count):
        now += gap(random, world)
        name = random.choice(names)
        data = fields_of(random, world, name, rules, found)
        late = random.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5)) * world.unit
        known = world.vocabulary.events.get(name)
        stale = world.vocabulary.stale_after if known is None else known.stale_after
        event = Event(name, "c", now - late, now, "file", _id(random, number, found, now), data)
        found.append(Taken(event, now, late <= stale))
    return tuple(sorted(found, key=order))


def order(taken: Taken) -> tuple[Any, ...]:
    """Sorts events into the order of taking."""
    event = taken.event
    return taken.taken, event.time, event.type, event.source, event.id


def _id(random: Random, number: int, before: list[Taken], now: int) -> str:
    """Now and then the id of an event so long ago that it is no duplicate any more."""
    recent = {taken.event.id for taken in before if now - taken.taken < HOUR}
    free = [taken.event.id for taken in before if taken.event.id not in recent]
    return random.choice(free) if free and random.randrange(40) == 0 else f"e{number}"


def gap(random: Random, world: World) -> int:
    """The time to the next event: small multiples of the unit, now and then just beside an edge, or long."""
    shape = random.randrange(40)
    if shape == 0:
        return 12 * world.unit
    if shape < 6:
        return random.choice((1, world.unit - 1, world.unit + 1))
    return random.choice((0, 0, 1, 1, 1, 2, 3)) * world.unit


def fields_of(
    random: Random, world: World, name: str, rules: tuple[Rule, ...], before: list[Taken]
) -> dict[str, Value]:
    """Small values for the fields of an event."""
    if name == "customer changed":
        return attributes(random, world)
    if name == "task done":
        return {"task": _task(random, rules, before)}
    return {
        field: _value(random, world, field, type_.kind)
        for field, type_ in FIELDS[name].items()
        if not type_.optional or random.randrange(3)
    }


def _value(random: Random, world: World, field: str, kind: Kind) -> Any:
    if field == "case":
        return random.choice(CASES)
    match kind:
        case Kind.POINT:
            return random.choice(SPOTS)
        case Kind.CELL:
            return random.choice(CELLS)
        case Kind.DURATION:
            return random.randint(0, 3) * world.unit
        case Kind.MOMENT:
            return world.start + random.randint(-1, 25) * world.unit
        case Kind.DATE:
            return world.date(random.randint(-1, 25) * world.unit // DAY)
        case Kind.TEXT:
            return random.choice(PRODUCTS)
        case _:
            return random.choice(VALUES[kind])


def attributes(random: Random, world: World) -> dict[str, Value]:
    """Some attributes, now and then all; None removes one."""
    unit, start = world.unit, world.start
    each: dict[str, Value] = {
        "plan": random.choice(("S", "M", "M", "L", None)),
        "limit": random.choice((1, 2, 3, None)),
        "balance": random.choice((0, 1, 2, 5)),
        "allowance": random.choice((1, 4, None)),
        "nps": random.choice((0, 6_500_000, 7_000_000, 9_000_000, 11_000_000)),
        "born": random.choice((world.date(random.choice((-366, -365, -1, 0, 1, 2, 3))), -10_000)),
        "ends": start + random.randint(-1, 30) * unit,
        "patience": random.randint(0, 3) * unit,
        "time zone": random.choice((*ZONES, "Mars/Olympus", None)),
        "bill day": random.choice((1, 15, 29, 31, 31, 0, 40, None)),
    }
    names = list(each) if random.randrange(3) == 0 else random.sample(list(each), random.randint(1, 4))
    return {name: each[name] for name in names}


def _task(random: Random, rules: tuple[Rule, ...], before: list[Taken]) -> str:
    """A task that one of the events so far may have led to, or one nobody knows."""
    ids = [
        task_id(rule, taken.event, each=taken.event.data.get(rule.each or ""))
        for rule in rules
        if isinstance(rule.situation, Happens)
        for taken in before[-3:]
    ]
    return random.choice([*ids, "unknown"])


def task_id(rule: Rule, event: Event, each: Value) -> str:
    """The id of the first task of a match by an event, as `docs/semantics.md` has it."""
    parts = (rule.id, "task", "1", event.customer, "" if each is None else str(each), "event", event.source, event.id)
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()

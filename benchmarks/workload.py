"""The made-up telecom company the figures are of: its vocabulary, its customers, and what happens to them.

100,000 customers, of whom the k-th is heard of as often as 1 / k ** 1.1 (Zipf): a few are in every batch, most come
once. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import cos, radians
from random import Random

from beforehand.packs.telecom.dice import dice as dice_of
from models.events import Event
from models.places import Circle, Place
from models.types import CELL, DATA, DURATION, MONEY, POINT, TEXT, WHOLE, Kind, Type, Value
from models.vocabulary import EventType, Vocabulary
from streams.wire.encode import encode_event

SECOND = 1_000
HOUR = 3_600 * SECOND
#: Monday, 2 March 2026, 08:00 in Shanghai.
START = 1_772_409_600_000
#: Events a second of the company's time: 100,000 customers have about nine a day.
RATE = 10
#: Zipf's exponent.
EXPONENT = 1.1
#: The longest way to us, in milliseconds: what is disordered by it, `settle` puts right.
DELAY = 1_500

MEGABYTE = 1_000_000


def _choice(*values: str) -> Type:
    return Type(Kind.CHOICE, values)


def _numbered(word: str, count: int) -> tuple[str, ...]:
    return tuple(f"{word} {number}" for number in range(1, count + 1))


NETWORKS = ("home", "partner", "roaming")
APPS = _numbered("app", 12)
PRODUCTS = _numbered("product", 20)
SCREENS = _numbered("screen", 40)
TOPICS = _numbered("topic", 6)
CELLS = _numbered("cell", 400)
WORDS = ("roaming", "refund", "cancel", "upgrade", "slow", "bill", "voucher", "contract")
PLANS = ("S", "M", "L", "XL", "unlimited")
TIERS = ("standard", "silver", "gold")
REGIONS = _numbered("region", 20)

_NETWORK, _APP, _PRODUCT = _choice(*NETWORKS), _choice(*APPS), _choice(*PRODUCTS)
_SCREEN, _TOPIC = _choice(*SCREENS), _choice(*TOPICS)
PLAN, TIER, REGION = _choice(*PLANS), _choice(*TIERS), _choice(*REGIONS)

#: The middle of the town, and how far it goes (kilometres).
CENTRE = (31.23, 121.47)
EXTENT = 40.0


def _event(name: str, family: str, **fields: Type) -> EventType:
    return EventType(name, family, fields, name)


def vocabulary(places: int, seed: int = 1) -> Vocabulary:
    """The company's vocabulary, with this many round places of 300 m to 2 km, strewn over the town."""
    dice = dice_of(seed, "places")
    circles = (Circle(*spot(dice), round(dice.uniform(300, 2_000) * 1_000)) for _ in range(places))
    named = {name: Place(name, ((name, circle),)) for name, circle in zip(place_names(places), circles, strict=True)}
    events = (
        _event("data used", "consumption", amount=DATA, network=_NETWORK, app=_APP),
        _event("called", "consumption", length=DURATION, network=_NETWORK),
        _event("paid", "consumption", price=MONEY, product=_PRODUCT),
        _event("position", "location", spot=POINT),
        _event("screen opened", "behavior", screen=_SCREEN),
        _event("searched", "behavior", query=TEXT),
        _event("call dropped", "behavior", cell=CELL),
        _event("complaint opened", "service", topic=_TOPIC),
    )
    return Vocabulary(
        events={event.name: event for event in events},
        customer={"plan": PLAN, "tier": TIER, "region": REGION, "allowance": DATA, "bill day": WHOLE},
        places=named,
        time_zone="Asia/Shanghai",
        currency="CNY",
    )


def place_names(count: int) -> tuple[str, ...]:
    """The names of the first places."""
    return _numbered("place", count)


def spot(dice: Random, around: tuple[float, float] = CENTRE, within: float = EXTENT / 2) -> tuple[float, float]:
    """A point at most `within` kilometres north, south, east or west of another, in degrees."""
    degree = 111.2
    north, east = dice.uniform(-within, within), dice.uniform(-within, within)
    return round(around[0] + north / degree, 6), round(around[1] + east / degree / cos(radians(around[0])), 6)


@dataclass(frozen=True, slots=True)
class Workload:
    """What happens: first every customer is known (one event each, which is not measured), then the lines come."""

    known: list[Event]
    #: In the order of their arrival.
    lines: list[bytes]
    #: The customers of the lines.
    heard: frozenset[str]


def workload(vocabulary: Vocabulary, events: int, customers: int = 100_000, seed: int = 1) -> Workload:
    """This many lines, at RATE events a second."""
    dice = dice_of(seed, "events")
    names = [f"c-{number:06}" for number in range(1, customers + 1)]
    dice.shuffle(names)
    # Ever smaller shares, so the list of their sums is what `choices` wants.
    shares = list(accumulate(rank**-EXPONENT for rank in range(1, customers + 1)))
    whose = dice.choices(names, cum_weights=shares, k=events)
    return Workload(list(_known(names, seed)), _lines(vocabulary, whose, seed), frozenset(whose))


def _known(names: list[str], seed: int) -> Iterator[Event]:
    dice = dice_of(seed, "profiles")
    for number, name in enumerate(sorted(names)):
        profile: dict[str, Value] = {
            "plan": dice.choice(PLANS),
            "tier": dice.choice(TIERS),
            "region": dice.choice(REGIONS),
            "allowance": dice.choice((5, 10, 20, 50)) * 1_000 * MEGABYTE,
            "bill day": dice.randint(1, 28),
        }
        time = START - HOUR
        yield Event("customer changed", name, time, time, "crm", f"known {number}", profile)


def _lines(vocabulary: Vocabulary, whose: list[str], seed: int) -> list[bytes]:
    dice = dice_of(seed, "happenings")
    made = list(_HAPPENINGS.items())
    types = dice.choices([name for name, _ in made], weights=[share for _, (share, _) in made], k=len(whose))
    time = float(START)
    lines: list[tuple[int, bytes]] = []
    for number, (customer, type_) in enumerate(zip(whose, types, strict=True)):
        time += dice.expovariate(RATE / SECOND)
        data = _HAPPENINGS[type_][1](dice, customer)
        arrived = int(time) + dice.randrange(DELAY)
        event = Event(type_, customer, int(time), arrived, _SOURCES[type_], f"e-{number}", data)
        lines.append((arrived, encode_event(event, vocabulary)))
    lines.sort()
    return [line for _, line in lines]


Happening = Callable[[Random, str], dict[str, Value]]


def _data_used(dice: Random, customer: str) -> dict[str, Value]:
    amount = int(dice.lognormvariate(0, 1) * 30 * MEGABYTE)
    return {"amount": amount, "network": _skewed(dice, NETWORKS), "app": _skewed(dice, APPS)}


def _called(dice: Random, customer: str) -> dict[str, Value]:
    return {"length": int(dice.lognormvariate(0, 1) * 120) * SECOND, "network": _skewed(dice, NETWORKS)}


def _paid(dice: Random, customer: str) -> dict[str, Value]:
    return {"price": int(dice.lognormvariate(0, 1) * 2_000), "product": _skewed(dice, PRODUCTS)}


def _position(dice: Random, customer: str) -> dict[str, Value]:
    home = spot(dice_of("home", customer))
    return {"spot": spot(dice, home, 2.0)}


def _screen(dice: Random, customer: str) -> dict[str, Value]:
    return {"screen": _skewed(dice, SCREENS)}


def _searched(dice: Random, customer: str) -> dict[str, Value]:
    return {"query": f"how about {dice.choice(WORDS)} in {dice.randrange(1_000)}"}


def _dropped(dice: Random, customer: str) -> dict[str, Value]:
    return {"cell": dice.choice(CELLS)}


def _complaint(dice: Random, customer: str) -> dict[str, Value]:
    return {"topic": _skewed(dice, TOPICS)}


def _skewed(dice: Random, values: tuple[str, ...]) -> str:
    """The first values come oftener than the last."""
    return values[int(dice.random() ** 2 * len(values))]


#: Event type -> (its share in percent, what is in it).
_HAPPENINGS: dict[str, tuple[int, Happening]] = {
    "data used": (35, _data_used),
    "position": (20, _position),
    "called": (15, _called),
    "screen opened": (12, _screen),
    "paid": (8, _paid),
    "searched": (5, _searched),
    "call dropped": (4, _dropped),
    "complaint opened": (1, _complaint),
}
_SOURCES = {
    "data used": "network",
    "position": "network",
    "called": "network",
    "call dropped": "network",
    "screen opened": "app",
    "searched": "app",
    "paid": "billing",
    "complaint opened": "crm",
}

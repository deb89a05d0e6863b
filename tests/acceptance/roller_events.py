"""A seeded generator of events of the scooter company: zones around clock changes, late, old and repeated news."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Shanghai",
    "America/Santiago",
    "Asia/Kathmandu",
]
# Weeks in which clocks change somewhere, and what is left over for a longer look.
EPOCHS = [(2026, 3, 25), (2026, 10, 22), (2026, 3, 4), (2026, 4, 1), (2026, 4, 21), (2026, 9, 2)]
SCOOTERS = ["s-1", "S-2", "s-3"]
SPOTS = [
    (52.5251, 13.3694),
    (52.515, 13.41),
    (52.405, 13.31),
    (52.42, 13.33),
    (52.405, 13.505),
    (52.43, 13.55),
    (52.6, 13.6),
]


def attributes(dice: Random, now: datetime) -> dict[str, Any]:
    """Some of what is known of a customer, anew."""
    day = now.date()
    everything: dict[str, Any] = {
        "time zone": dice.choice([*ZONES, *ZONES, None]),
        "bill day": dice.choice([1, 5, 27, 28, 30, 31, (day + timedelta(days=1)).day, max(1, day.day - 3), None]),
        "plan": dice.choice(["basic", "plus", "pro"]),
        "budget": dice.choice([10, 25, 40.5]),
        "balance": dice.choice([3, 8.2, 20, 60]),
        "credit score": dice.choice([400, 620, 700.5]),
        "contract ends": (day + timedelta(days=dice.randrange(2, 9))).isoformat(),
        "birthday": f"19{dice.randrange(50, 99)}-{(day + timedelta(days=dice.randrange(0, 9))).isoformat()[5:]}",
        "activated": (now - timedelta(seconds=dice.randrange(200_000))).isoformat(timespec="milliseconds"),
        "nickname": dice.choice([None, "Ada", "李"]),
        "keeper": dice.choice([None, "Ms Li"]),
        "channel": dice.choice([None, "sms"]),
        "reachable by": dice.choice([None, ["app", "sms"], ["sms"], []]),
    }
    return everything


def payload(kind: str, dice: Random, now: datetime, spots: list[tuple[float, float]]) -> dict[str, Any]:
    """The fields of an event."""
    if kind == "ride ended":
        return {
            "price": round(dice.choice([dice.uniform(1, 6), dice.uniform(1, 15)]), 2),
            "way": f"{dice.uniform(0.3, 10):.1f} km",
            "took": round(dice.uniform(60, 4000), 1),
            "scooter": dice.choice(SCOOTERS),
            "ground": dice.choice(["street", "street", "gravel"]),
        }
    if kind == "topped up":
        return {"paid": dice.choice([3, 5, 10, 20]), "method": "card"}
    if kind == "position":
        lat, lon = dice.choice(spots)
        return {"spot": {"lat": lat + dice.uniform(-0.006, 0.006), "lon": lon + dice.uniform(-0.012, 0.012)}}
    if kind == "mast seen":
        return {"mast": dice.choice(["262-01-77", "262-01-78"])}
    if kind == "searched":
        return {"query": dice.choice(["Day Pass", "map of parks", "help", "pass price"])}
    if kind == "unlock failed":
        return {"scooter": dice.choice(SCOOTERS), "code": dice.randrange(1, 5)}
    if kind == "unlocked":
        return {"scooter": dice.choice(SCOOTERS)}
    if kind == "reserved":
        starts = now + timedelta(seconds=dice.randrange(600, 30_000), milliseconds=dice.randrange(1000))
        return {"booking": f"b-{dice.randrange(10**9)}", "starts": starts.isoformat(timespec="milliseconds")}
    if kind == "com.roller.ride.rated":
        return {"stars": dice.randrange(1, 6)}
    if kind == "customer changed":
        return {}
    ticket = {"ticket": f"t-{dice.randrange(4)}"}
    return {**ticket, "topic": "brakes"} if kind == "ticket opened" else ticket


KINDS = {
    "ride ended": 24,
    "topped up": 9,
    "position": 26,
    "searched": 10,
    "unlock failed": 10,
    "unlocked": 4,
    "reserved": 6,
    "com.roller.ride.rated": 6,
    "ticket opened": 4,
    "ticket progressed": 3,
    "ticket closed": 2,
    "customer changed": 6,
}


@dataclass(frozen=True)
class Course:
    """How a file goes: when, how long, on what grid of time (coarse ones meet every border), how often she moves."""

    begin: datetime
    span: int
    grid: timedelta
    restless: bool
    with_arrived: bool

    def on_grid(self, moment: datetime) -> datetime:
        """The moment, rounded down to the grid."""
        return moment - (moment - self.begin) % self.grid


def events(seed: int, *, customers: int = 8, each: int = 90) -> list[dict[str, Any]]:
    """Events in the order they happened; `arrived` tells of the slow, the late and the old (but every third seed)."""
    dice = Random(seed)
    course = Course(
        datetime(*dice.choice(EPOCHS), tzinfo=UTC),
        dice.choice([3, 8, 8, 14, 100]) * 86_400,
        timedelta(milliseconds=dice.choice([1, 1, 1, 60_000, 600_000])),
        dice.random() < 0.4,
        seed % 3 != 0,
    )
    found = [event for number in range(customers) for event in life(f"c-{number}", dice, course, each)]
    return sorted(found, key=lambda event: datetime.fromisoformat(event["time"]))


def life(name: str, dice: Random, course: Course, count: int) -> Iterator[dict[str, Any]]:
    """One customer, in bursts, so that windows and waits have something to do."""
    kinds = dict(KINDS)
    if dice.random() < 0.25:
        kinds["mast seen"] = kinds.pop("position")
    if course.restless:
        kinds["customer changed"] *= 5
    now = course.begin + timedelta(seconds=dice.uniform(0, course.span / 10))
    pace = course.span / count
    camping, spots = 0, SPOTS
    for number in range(count):
        now += timedelta(seconds=dice.choice([dice.expovariate(0.5 / pace), dice.uniform(0, 900), dice.uniform(0, 60)]))
        kind = dice.choices(list(kinds), list(kinds.values()))[0]
        if number == 0 and dice.random() < 0.8:
            kind = "customer changed"
        if "position" in kinds and not camping and dice.random() < 0.03:
            camping, spots = dice.randrange(4, 8), [dice.choice(SPOTS)]
        if camping:
            # She stays where she is, and her telephone tells of it now and then.
            camping, kind = camping - 1, "position"
            now += timedelta(seconds=dice.uniform(1500, 5000))
        data = payload(kind, dice, now, spots if camping else SPOTS)
        if kind == "customer changed":
            data = news(dice, course.on_grid(now), first=number == 0)
        event = {
            "id": f"{name}-{number}",
            "source": dice.choice(["app", "backend"]),
            "type": kind,
            "subject": name,
            "time": stated(course.on_grid(now)),
            "data": data,
        }
        if course.with_arrived and (slow := slowness(dice)):
            event["arrived"] = stated(course.on_grid(now) + slow)
        yield event
        if dice.random() < 0.04:
            yield repeated(event, dice)


def news(dice: Random, now: datetime, *, first: bool) -> dict[str, Any]:
    """What changes of a customer: mostly everything at first, little later."""
    everything = attributes(dice, now)
    count = dice.choice([8, len(everything), len(everything)]) if first else dice.randrange(1, 4)
    return {key: everything[key] for key in dice.sample(list(everything), count)}


def slowness(dice: Random) -> timedelta:
    """How much later an event arrives: at once, within `settle`, late, old; sometimes exactly at the border."""
    seconds = dice.choices(
        [
            0,
            dice.uniform(0, 2.9),
            3,
            dice.uniform(3, 300),
            600,
            dice.uniform(300, 3500),
            3600,
            dice.uniform(3700, 90_000),
        ],
        [40, 26, 4, 13, 4, 6, 2, 7],
    )[0]
    return timedelta(seconds=seconds)


def repeated(event: dict[str, Any], dice: Random) -> dict[str, Any]:
    """The same again, a little later."""
    if "arrived" not in event:
        return event
    later = datetime.fromisoformat(event["arrived"]) + timedelta(seconds=dice.choice([dice.uniform(1, 5000), 3600]))
    return {**event, "arrived": stated(later)}


def stated(moment: datetime) -> str:
    """ISO 8601, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(found: list[dict[str, Any]]) -> str:
    """One a line."""
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in found)

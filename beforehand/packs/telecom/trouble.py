"""What happens to some customers besides daily life: flights, a failing cell, complaints, thoughts of leaving."""

from __future__ import annotations

from random import Random
from typing import Any

from beforehand.packs.telecom.customers import Customer, Story
from beforehand.packs.telecom.dice import dice
from beforehand.packs.telecom.draft import HOUR, MINUTE, SECOND, Draft
from beforehand.packs.telecom.life import moment_of_day

#: The cell that fails, and when on the day: (begin, end) after midnight.
BAD_CELL = "460-00-4411"
OUTAGES = ((10 * HOUR + 5 * MINUTE, 10 * HOUR + 50 * MINUTE), (18 * HOUR + 20 * MINUTE, 19 * HOUR + 5 * MINUTE))

AIRPORT = (31.1443, 121.8083)
#: Shops of the operator, as `places/shops.geojson` has them: customers with a complaint may turn up there.
SHOPS = ((31.2353, 121.4756), (31.2180, 121.5447), (31.1935, 121.4370))

ROAMING_QUERIES = ("roaming Japan", "roaming pass price", "data roaming", "国际漫游", "日本漫游套餐", "漫游怎么开通")
TOPICS = ("billing", "contract", "network", "roaming")


def story_of(customer: Customer, seed: int, midnight: int) -> list[Draft]:
    """The customer's story on the day that begins at `midnight` (milliseconds since 1970)."""
    random = dice(seed, "story", customer.id)
    match customer.story:
        case Story.FLIES_UNPREPARED | Story.FLIES_PREPARED | Story.DREAMS_OF_FLYING:
            return _roaming(customer, random, midnight)
        case Story.AIRPORT_ONLY:
            return _at_airport(customer, random, midnight + random.randrange(6 * HOUR, 22 * HOUR))
        case Story.BAD_CELL:
            return _dropped_calls(customer, random, midnight)
        case Story.COMPLAINS:
            return _complaint(customer, random, midnight)
        case Story.LEAVING | Story.CURIOUS:
            return _looks_up_leaving(customer, random, midnight)
        case _:
            return []


def _roaming(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    searched = midnight - 5 * HOUR + random.randrange(16 * HOUR)
    drafts = [Draft(searched, "searched", customer.id, {"query": random.choice(ROAMING_QUERIES)})]
    if customer.story is Story.DREAMS_OF_FLYING:
        return drafts
    landing = max(searched + HOUR, midnight + 6 * HOUR) + random.randrange(8 * HOUR)
    drafts += _at_airport(customer, random, landing)
    if customer.story is Story.FLIES_PREPARED:
        # Some buy the pass at home, some in the queue.
        bought = landing + random.choice((-40, 15, 50, 80)) * MINUTE
        drafts.append(Draft(bought, "paid", customer.id, {"price": 68, "product": "roaming-pass"}))
    return drafts


def _at_airport(customer: Customer, random: Random, arrives: int) -> list[Draft]:
    """Positions on the way, then a few at the airport, then none: the phone is off or away."""
    way = [(arrives - 50 * MINUTE, customer.home), (arrives - 20 * MINUTE, (31.17, 121.70))]
    stay = [(arrives + step * random.randrange(15, 30) * MINUTE, _around(random, AIRPORT, 0.015)) for step in range(4)]
    return [
        Draft(at, "position", customer.id, {"spot": {"lat": round(lat, 5), "lon": round(lon, 5)}})
        for at, (lat, lon) in (*way, *stay)
    ]


def _dropped_calls(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    """Each outage catches most of the cell's customers; who is cut off tries again at once."""
    drafts = []
    for begin, end in OUTAGES:
        if random.random() < 0.3:
            continue
        at = midnight + begin + random.randrange((end - begin) // 2)
        for _ in range(random.choice((1, 2, 3, 3, 4, 5))):
            length = random.randrange(4, 90)
            drafts.append(Draft(at, "called", customer.id, {"length": length}))
            drafts.append(Draft(at + length * SECOND, "call dropped", customer.id, {"cell": BAD_CELL}))
            at += length * SECOND + random.randrange(20, 240) * SECOND
    return drafts


def _complaint(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    """Two in three are answered in time; the others wait, some for more than a day."""
    opened = moment_of_day(random, midnight)
    if random.random() < 0.45:
        opened = midnight - random.randrange(MINUTE, 6 * HOUR)
    case: dict[str, Any] = {"case": f"{customer.id[2:]}-{opened // MINUTE % 10_000:04d}"}
    drafts = [Draft(opened, "complaint opened", customer.id, {**case, "topic": random.choice(TOPICS)})]
    fate = random.random()
    if fate < 0.55:
        answered = opened + random.randrange(10 * MINUTE, 3 * HOUR + 40 * MINUTE)
        drafts.append(Draft(answered, "complaint progressed", customer.id, case))
        drafts.append(Draft(answered + random.randrange(HOUR, 20 * HOUR), "complaint closed", customer.id, case))
    elif fate < 0.75:
        answered = opened + random.randrange(4 * HOUR + 20 * MINUTE, 11 * HOUR)
        drafts.append(Draft(answered, "complaint progressed", customer.id, case))
    elif random.random() < 0.6:
        # No answer: she goes and asks.
        asks = max(opened + random.randrange(2 * HOUR, 12 * HOUR), midnight + 10 * HOUR + random.randrange(8 * HOUR))
        latitude, longitude = _around(random, random.choice(SHOPS), 0.0004)
        spot = {"lat": round(latitude, 5), "lon": round(longitude, 5)}
        drafts.append(Draft(asks, "position", customer.id, {"spot": spot}))
    return drafts


def _looks_up_leaving(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    first = moment_of_day(random, midnight)
    second = max(first, midnight) + random.randrange(5 * MINUTE, 3 * HOUR)
    views = [first, second] if random.random() < 0.5 else [second]
    return [Draft(at, "page viewed", customer.id, {"page": "cancellation"}) for at in views]


def _around(random: Random, point: tuple[float, float], spread: float) -> tuple[float, float]:
    return (point[0] + random.uniform(-spread, spread), point[1] + random.uniform(-spread, spread))

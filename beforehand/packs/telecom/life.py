"""Daily life: data sessions, calls, positions, searches and small payments, on the curve of a day."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random

from beforehand.packs.telecom.customers import Customer, Story
from beforehand.packs.telecom.dice import dice
from beforehand.packs.telecom.draft import DAY, HOUR, MINUTE, Draft

#: How busy each hour of a day is.
CURVE = (9, 5, 3, 2, 2, 4, 11, 24, 34, 34, 33, 36, 48, 40, 33, 33, 34, 38, 45, 51, 58, 60, 46, 22)
_BUSY = tuple(accumulate(CURVE))

#: Events of a customer in 24 hours, on average.
SESSIONS, CALLS, REPORTS, SEARCHES, VIEWS = 9, 2.2, 5, 0.5, 0.9
#: One call in so many drops, where the network is sound.
SOUND_CALLS = 90

CELLS = tuple(f"460-00-{number}" for number in range(4300, 4500, 3) if number != 4411)
QUERIES = (
    "5G coverage", "change plan", "family plan", "invoice", "top up", "voicemail", "余额", "办理宽带",
    "家庭套餐", "开发票", "换套餐", "流量查询", "积分兑换",
)  # fmt: skip
PAGES = ("bill", "coverage map", "home", "invoice", "offers", "plans", "points", "usage")


def moment_of_day(random: Random, midnight: int) -> int:
    """A moment of the day that begins at `midnight`, drawn from the curve."""
    hour = bisect(_BUSY, random.random() * _BUSY[-1])
    return midnight + min(hour, 23) * HOUR + random.randrange(HOUR)


def often(random: Random, mean: float) -> int:
    """How often something happens that happens `mean` times on average (Poisson, by counting exponential gaps)."""
    count, reached = 0, random.expovariate(1.0)
    while reached < mean:
        count, reached = count + 1, reached + random.expovariate(1.0)
    return count


def ordinary_day(customer: Customer, seed: int, midnight: int) -> list[Draft]:
    """What the customer does on the day that begins at `midnight`, whatever else happens to her."""
    random = dice(seed, "life", customer.id, midnight // DAY)
    return [
        *_sessions(customer, random, midnight),
        *_calls(customer, random, midnight),
        *_positions(customer, random, midnight),
        *_app(customer, random, midnight),
    ]


def _sessions(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    count = max(1, often(random, SESSIONS))
    weights = [random.expovariate(1.0) for _ in range(count)]
    today = customer.daily_use * random.uniform(0.6, 1.6) / sum(weights)
    return [
        Draft(
            moment_of_day(random, midnight),
            "data used",
            customer.id,
            # Whole kilobytes: a difference in the last bits between two machines' libraries must not show.
            {"amount": max(1, round(today * weight / 1000)) * 1000, "network": "home"},
        )
        for weight in weights
    ]


def _calls(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    drafts = []
    for _ in range(often(random, CALLS)):
        at = moment_of_day(random, midnight)
        length = 5 + round(random.expovariate(1 / 160))
        drafts.append(Draft(at, "called", customer.id, {"length": length}))
        if random.randrange(SOUND_CALLS) == 0:
            drafts.append(Draft(at + length * 1000, "call dropped", customer.id, {"cell": random.choice(CELLS)}))
        if random.random() < 0.12:
            price = round(random.uniform(0.3, 4), 2)
            drafts.append(Draft(at + length * 1000, "charged", customer.id, {"price": price, "usage": "calls"}))
    return drafts


def _positions(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    """At home in the morning and evening, at work between, never near the airport (that is a story)."""
    drafts = []
    for _ in range(often(random, REPORTS)):
        at = moment_of_day(random, midnight)
        working = 9 * HOUR <= at - midnight < 18 * HOUR
        latitude, longitude = customer.work if working else customer.home
        if customer.story in _FLYING and at - midnight >= 4 * HOUR:
            continue
        spot = {
            "lat": round(latitude + random.uniform(-0.004, 0.004), 5),
            "lon": round(longitude + random.uniform(-0.004, 0.004), 5),
        }
        drafts.append(Draft(at, "position", customer.id, {"spot": spot}))
    return drafts


#: Whose way to the airport the stories tell.
_FLYING = (Story.FLIES_UNPREPARED, Story.FLIES_PREPARED, Story.AIRPORT_ONLY)


def _app(customer: Customer, random: Random, midnight: int) -> list[Draft]:
    drafts = []
    for _ in range(often(random, SEARCHES)):
        query = random.choice(QUERIES)
        drafts.append(Draft(moment_of_day(random, midnight), "searched", customer.id, {"query": query}))
    for _ in range(often(random, VIEWS)):
        page = random.choice(PAGES)
        drafts.append(Draft(moment_of_day(random, midnight), "page viewed", customer.id, {"page": page}))
    if random.random() < 0.02:
        at = moment_of_day(random, midnight) + MINUTE
        drafts.append(Draft(at, "paid", customer.id, {"price": 20, "product": "top-up"}))
    return drafts

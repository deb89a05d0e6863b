"""Who the customers of the made-up operator are: plan, habits, where they live and work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from random import Random
from typing import Any

from beforehand.packs.telecom.dice import dice

GB = 1_000_000_000


class Story(Enum):
    """What is going to happen to a customer on this day, besides daily life."""

    NONE = auto()
    #: Looks up roaming, then flies without a pass.
    FLIES_UNPREPARED = auto()
    #: Looks up roaming, buys the pass, flies.
    FLIES_PREPARED = auto()
    #: Looks up roaming and stays.
    DREAMS_OF_FLYING = auto()
    #: Flies or meets someone at the airport, never having looked up roaming.
    AIRPORT_ONLY = auto()
    #: Lives in the cell that fails.
    BAD_CELL = auto()
    COMPLAINS = auto()
    #: Unhappy, contract ending, looks up how to leave.
    LEAVING = auto()
    #: Looks up how to leave, but is content or bound for long.
    CURIOUS = auto()
    #: Spends at twice the usual pace this billing cycle.
    DEAR_MONTH = auto()


#: Customers in a thousand for each story.
SHARES = {
    Story.FLIES_UNPREPARED: 9,
    Story.FLIES_PREPARED: 5,
    Story.DREAMS_OF_FLYING: 10,
    Story.AIRPORT_ONLY: 30,
    Story.BAD_CELL: 22,
    Story.COMPLAINS: 18,
    Story.LEAVING: 6,
    Story.CURIOUS: 12,
    Story.DEAR_MONTH: 90,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A tariff: `allowance` in bytes, `price` a month in yuan, `next` that of the plan above, `weight` its share."""

    name: str
    allowance: int
    price: int
    next: int
    weight: int


PLANS = (
    Plan("S", 5 * GB, 39, 79, 35),
    Plan("M", 20 * GB, 79, 129, 35),
    Plan("L", 60 * GB, 129, 199, 20),
    Plan("unlimited", 200 * GB, 199, 199, 10),
)

MANAGERS = ("Chen Jie", "Li Na", "Liu Yang", "Sun Lei", "Wang Fang", "Xu Min", "Zhang Wei", "Zhou Ting")

#: Where people live and work: centres of districts of Shanghai.
DISTRICTS = (
    (31.2304, 121.4737), (31.2222, 121.5440), (31.1889, 121.4365), (31.2990, 121.5140), (31.1128, 121.3817),
    (31.2690, 121.5050), (31.3756, 121.2653), (31.2420, 121.4010), (31.0322, 121.2277), (31.2310, 121.5280),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer, with what the generator knows of her and the operator's systems do not."""

    id: str
    plan: Plan
    story: Story
    attributes: dict[str, Any]
    #: Bytes a day.
    daily_use: float
    #: Share of the allowance used up when the day begins (if her billing cycle is old enough for it).
    used_before: float
    home: tuple[float, float]
    work: tuple[float, float]
    bill_day: int


def draw(number: int, seed: int, day: date, story: Story) -> Customer:
    """Customer `number`; she depends on the seed, her number and her story only, not on how many others there are."""
    random = dice(seed, "customer", number)
    plan = random.choices(PLANS, weights=[plan.weight for plan in PLANS])[0]
    bill_day = random.randint(1, 31)
    if story is Story.DEAR_MONTH and random.random() < 0.08:
        bill_day = _day_twenty(day)
    monthly = plan.allowance * min(2.0, random.lognormvariate(-0.45, 0.5))
    return Customer(
        id=f"c-{number:06d}",
        plan=plan,
        story=story,
        attributes=_attributes(random, plan, story, day, bill_day),
        daily_use=monthly / 30,
        used_before=min(monthly / plan.allowance, random.uniform(0.40, 0.795)),
        home=_near(random, random.choice(DISTRICTS), 0.04),
        work=_near(random, random.choice(DISTRICTS), 0.015),
        bill_day=bill_day,
    )


def stories(customers: int, seed: int) -> list[Story]:
    """A story for each customer, in the shares above."""
    order = list(range(customers))
    dice(seed, "stories").shuffle(order)
    chosen = [Story.NONE] * customers
    begin = 0
    for story, share in SHARES.items():
        end = begin + -(-customers * share // 1000)
        for number in order[begin:end]:
            chosen[number] = story
        begin = end
    return chosen


def _attributes(random: Random, plan: Plan, story: Story, day: date, bill_day: int) -> dict[str, Any]:
    nps = random.choices(range(11), weights=[1, 1, 1, 2, 2, 4, 6, 10, 14, 10, 6])[0]
    remaining = random.randint(1, 700)
    if story is Story.LEAVING:
        nps, remaining = random.randint(0, 5), random.randint(4, 29)
    elif story is Story.CURIOUS:
        nps, remaining = (random.randint(7, 10), random.randint(4, 29)) if random.random() < 0.5 else (3, 240)
    known: dict[str, Any] = {
        "plan": plan.name,
        "allowance": plan.allowance,
        "monthly price": plan.price,
        "next plan price": plan.next,
        "tier": random.choices(("standard", "silver", "gold"), weights=[70, 22, 8])[0],
        "credit score": random.randint(420, 820),
        "manager": random.choice(MANAGERS),
        "contract ends": (day + timedelta(days=remaining)).isoformat(),
        "bill day": bill_day,
        "language": random.choices(("zh", "en"), weights=[85, 15])[0],
        "reachable by": random.choices(("app, sms", "sms", "app"), weights=[72, 25, 3])[0],
    }
    if story in (Story.LEAVING, Story.CURIOUS) or random.random() < 0.6:
        known["nps"] = nps
    if random.random() < 0.2:
        known["channel"] = "sms"
    return known


def _day_twenty(day: date) -> int:
    """The bill day of those for whom `day` is the twentieth of the billing cycle."""
    return (day - timedelta(days=19)).day


def _near(random: Random, point: tuple[float, float], spread: float) -> tuple[float, float]:
    return (round(point[0] + random.uniform(-spread, spread), 5), round(point[1] + random.uniform(-spread, spread), 5))

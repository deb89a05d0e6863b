"""What the operator's systems know of the time before: delivered in one go when the engine starts.

Thinned out: a week's data sessions are one event, so are a cycle's charges of a kind. As it arrives long after it
happened it is old news: it counts in facts and fires nothing.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from beforehand.packs.telecom.customers import Customer, Story
from beforehand.packs.telecom.dice import dice
from beforehand.packs.telecom.draft import DAY, HOUR, MINUTE, ZONE, Draft

#: What happened at least this long before it arrives is old news (the vocabulary's `stale after` is an hour).
OLD = HOUR + MINUTE
#: Whole billing cycles of charges before the running one.
CYCLES = 3


def before(customer: Customer, seed: int, day: date, begins: int) -> list[Draft]:
    """What is known of the customer when the file begins, at `begins` (milliseconds since 1970): all arrives then."""
    random = dice(seed, "history", customer.id)
    cycles = _cycle_starts(day, customer.bill_day)
    drafts = [
        Draft(_millis(cycles[-1]) - DAY, "customer changed", customer.id, customer.attributes),
        *_charges(customer, random, cycles, begins),
        *_use(customer, random, _millis(cycles[0]), begins),
        *_other(customer, random, begins),
    ]
    return [draft._replace(time=min(draft.time, begins - OLD), arrived=begins) for draft in drafts]


def _cycle_starts(day: date, bill_day: int) -> list[date]:
    """First days of the running billing cycle and of those before it, latest first."""
    year, month = day.year, day.month
    starts: list[date] = []
    while len(starts) <= CYCLES:
        start = min(date(year, month, 1) + timedelta(days=bill_day - 1), _last_of(year, month))
        if start <= day:
            starts.append(start)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return starts


def _last_of(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _millis(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=ZONE).timestamp()) * 1000


def _charges(customer: Customer, random: Random, cycles: list[date], begins: int) -> list[Draft]:
    """Charges beyond the monthly price: calls and data outside the plan, a little every cycle."""
    usual = random.uniform(8, 45)
    pace = random.uniform(0.7, 1.25)
    # For some it is calls that cost: a bigger plan would not help them.
    calls = 0.9 if random.random() < 0.25 else 0.3
    if customer.story is Story.DEAR_MONTH:
        # Twice the usual bill, monthly price and all.
        pace = random.uniform(2.0, 3.2) + random.uniform(1.2, 2.0) * customer.plan.price / usual
    drafts = []
    for number, start in enumerate(cycles):
        begin = _millis(start)
        end = min(begins, _millis(cycles[number - 1]) if number else begins)
        share = (end - begin) / (30 * DAY) * (pace if number == 0 else random.uniform(0.85, 1.15))
        for what, part in (("data", 1 - calls), ("calls", calls)):
            price = round(usual * share * part, 2)
            if price > 0 and end - begin > HOUR:
                at = begin + random.randrange(HOUR // 2, end - begin)
                drafts.append(Draft(at, "charged", customer.id, {"price": price, "usage": what}))
    return drafts


def _use(customer: Customer, random: Random, cycle: int, begins: int) -> list[Draft]:
    """Data used since the running cycle began, one event a week: never yet at the line of 80 %."""
    elapsed = begins - cycle
    if elapsed < HOUR:
        return []
    used = min(customer.used_before * customer.plan.allowance, customer.daily_use * elapsed / DAY)
    weeks = 1 + elapsed // (7 * DAY)
    amount = max(1, round(used / weeks / 1000)) * 1000
    return [
        Draft(cycle + random.randrange(1, elapsed), "data used", customer.id, {"amount": amount, "network": "home"})
        for _ in range(weeks)
    ]


def _other(customer: Customer, random: Random, begins: int) -> list[Draft]:
    """Top-ups, thoughts of leaving, and complaints of the last weeks."""
    drafts = []
    if random.random() < 0.1:
        for _ in range(random.randint(1, 4)):
            at = begins - random.randrange(DAY, 25 * DAY)
            drafts.append(Draft(at, "paid", customer.id, {"price": 20, "product": "top-up"}))
    if customer.story in (Story.LEAVING, Story.CURIOUS):
        at = begins - random.randrange(2 * HOUR, 5 * DAY)
        drafts.append(Draft(at, "page viewed", customer.id, {"page": "cancellation"}))
    if random.random() < 0.02:
        opened = begins - random.randrange(8 * DAY, 25 * DAY)
        case = {"case": f"{customer.id[2:]}-0000"}
        drafts.append(Draft(opened, "complaint opened", customer.id, {**case, "topic": "billing"}))
        drafts.append(Draft(opened + 2 * HOUR, "complaint progressed", customer.id, case))
        drafts.append(Draft(opened + 30 * HOUR, "complaint closed", customer.id, case))
    return drafts

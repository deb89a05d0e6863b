"""A courier's shop: another trade than the packs', in which much is decided, and days of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

VOCABULARY = """\
time zone: Europe/Berlin
currency: EUR
languages: [en]
customer:
  plan: basic | gold
events:
  ordered: {family: consumption, order: text, price: money}
  paid:    {family: service, order: text}
  seen:    {family: behavior, page: text}
"""

POLICY = """\
quiet hours: {marketing: 11:00-13:00}
channels:
  app: {cost: 0 EUR}
  sms: {cost: 0.05 EUR, segments: 2}
roles:
  desk: {working hours: 08:00-20:00}
"""

OFFERS = "free-delivery: {kind: offer, title: Free delivery}\n"

RULES = {
    "order-is-here": """\
title: An order is here
because: Who hears nothing calls.
when: ordered
each: order
then:
  guide: {en: "Order {order} is here."}
  by: sms
""",
    "order-not-paid": """\
title: An order is not paid
because: It is sent when it is paid.
when:
  - ordered
  - without paid for UNPAID
each: order
then:
  guide: {en: "Order {order} waits to be paid."}
  by: sms
  task: {who: desk, what: "Call about {order}", due: 1 hour}
""",
    "spends-much": """\
title: Spends much
because: Gold has more of it.
when: sum of price of ordered over last 2 hours reaches 200 EUR
only if: plan is basic
then:
  guide: {en: Gold is for you.}
  by: app
at most: 1 per 7 days
""",
    "looks-long": """\
title: Looks for long
because: Something is not found.
when: count of seen over last 10 minutes reaches 4
then:
  guide: {en: What are you looking for?}
  by: app
at most: 3 per day
""",
    "comes-again": """\
title: Comes again
because: Who has paid is thanked, by noon after the meal.
when: paid
unless: sum of price of ordered over last 1 hour < 20 EUR
then:
  offer: free-delivery
  by: app
at most: 2 per 3 hours
""",
}

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)


def make_shop(folder: Path, *, unpaid: str = "30 minutes", here: str = "is here") -> Path:
    """The workspace; `unpaid`: how long an order may wait to be paid (at most an hour). `here`: what is said of one."""
    (folder / "rules").mkdir(parents=True)
    (folder / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (folder / "policy.yaml").write_text(POLICY, "utf-8")
    (folder / "offers.yaml").write_text(OFFERS, "utf-8")
    for name, rule in RULES.items():
        (folder / "rules" / f"{name}.yaml").write_text(
            rule.replace("UNPAID", unpaid).replace("is here.", f"{here}."), "utf-8"
        )
    return folder


def day(events: int, customers: int, *, seed: int = 1, hot: float = 0.0, hours: float = 8) -> Iterator[dict[str, Any]]:
    """So many events in order of arrival, with some disorder in time; `hot`: the share of one customer.

    Most orders are paid, some too late; one event in a hundred is told twice, one in two hundred is old news.
    """
    dice = random.Random(seed)
    yield from _customers(customers)
    open_orders: list[tuple[str, str]] = []
    for number in range(events):
        arrived = BEGINS + timedelta(hours=hours * number / events)
        customer = "c-0" if dice.random() < hot else f"c-{dice.randrange(customers)}"
        kind = dice.random()
        if kind < 0.3:
            order = f"o-{number}"
            open_orders.append((customer, order))
            type_, data = "ordered", {"order": order, "price": f"{dice.randrange(1, 90)}.00"}
        elif kind < 0.5 and open_orders:
            customer, order = open_orders.pop(dice.randrange(len(open_orders)))
            type_, data = "paid", {"order": order}
        else:
            type_, data = "seen", {"page": f"p{dice.randrange(9)}"}
        late = timedelta(hours=3) if dice.random() < 0.005 else timedelta(milliseconds=dice.randrange(3_000))
        event = _event(number, type_, customer, arrived - late, arrived, data)
        yield event
        if dice.random() < 0.01:
            yield event


def _customers(customers: int) -> Iterator[dict[str, Any]]:
    for number in range(customers):
        plan = {"plan": "basic" if number % 3 else "gold"}
        yield _event(-number - 1, "customer changed", f"c-{number}", BEGINS, BEGINS, plan)


def _event(
    number: int, type_: str, customer: str, time: datetime, arrived: datetime, data: dict[str, str]
) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "source": "shop",
        "type": type_,
        "subject": customer,
        "time": time.isoformat(timespec="milliseconds"),
        "arrived": arrived.isoformat(timespec="milliseconds"),
        "data": data,
    }


def write_day(file: Path, *args: Any, **options: Any) -> Path:
    """The day as a file; see `day`."""
    file.write_text("".join(json.dumps(event) + "\n" for event in day(*args, **options)), "utf-8")
    return file

"""The rules of the scooter company, read by hand from the files of its workspace."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

from tests.acceptance.calendar_reading import DAY, HOUR, MINUTE, clipped, instant_of, local
from tests.acceptance.reading import instant
from tests.acceptance.roller_places import STATION, enters, is_a, metres, spot_of
from tests.acceptance.understood import (
    Block,
    Event,
    Moment,
    Rule,
    Step,
    Truth,
    average,
    average_gap,
    compare,
    total,
)

GAPS = [24 * HOUR, 40 * MINUTE, 6 * HOUR, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY, 20 * DAY]
MONEY = {"price", "paid", "budget", "balance", "credit score"}


def value(kind: str, name: str, raw: Any) -> Any:
    """A field as the generator writes it."""
    if raw is None:
        return None
    if name in MONEY:
        return Fraction(str(raw))
    if name == "way":
        return Fraction(raw.removesuffix(" km")) * 1000
    if name == "took":
        return Fraction(str(raw)) * 1000
    if name in ("starts", "activated"):
        return instant(raw)
    if name in ("contract ends", "birthday"):
        return date.fromisoformat(raw)
    if name == "query":
        return raw.lower()
    return raw


def both(*truths: Truth) -> Truth:
    """`and`, with the unknown in the middle."""
    return False if False in truths else None if None in truths else True


def ride(view: Moment, window: Any, where: Callable[[Event], bool] = lambda event: True) -> list[Event] | None:
    """Rides in a window."""
    return view.events("ride ended", window, where)


def count(events: list[Event] | None) -> int | None:
    """How many."""
    return None if events is None else len(events)


def rides_today(view: Moment) -> int | None:
    """The fact of facts.yaml."""
    return count(ride(view, view.calendar("day")))


def heavy_rider(view: Moment) -> Truth:
    """The audience of facts.yaml."""
    plan = view.get("plan")
    return both(None if plan is None else plan in ("plus", "pro"), len(ride(view, view.sliding(3 * DAY)) or []) >= 4)


def silence(view: Moment) -> int | None:
    """Since the last ride."""
    rides = ride(view, "ever")
    return view.now - rides[-1].time if rides else None


def silence_ends(view: Moment) -> Iterable[int]:
    """When silence will have been twice the interval, if nothing changes."""
    rides, interval = ride(view, "ever"), average_gap(ride(view, view.sliding(20 * DAY)))
    return [rides[-1].time + math.ceil(2 * interval)] if rides and interval is not None else []


def multiplied(factor: Any, number: Any) -> Any:
    """None stays None."""
    return None if number is None else factor * number


def daily(clock: time, days: Callable[[date], bool] = lambda day: True) -> Any:
    """Every such day at this time."""

    def moments(view: Moment) -> Iterable[tuple[int, None, dict[str, Event]]]:
        for ahead in range(-1, 9):
            day = view.local.date() + timedelta(days=ahead)
            if days(day) and instant_of(day, clock, view.zone) > view.now:
                return [(instant_of(day, clock, view.zone), None, {})]
        return []

    return moments


def cycle_day_five(view: Moment) -> Iterable[tuple[int, None, dict[str, Event]]]:
    """At ten on the fifth day of the running cycle."""
    window = view.calendar("cycle")
    if window is None or view.get("bill day") is None:
        return []
    day = local(window[0], view.zone).date() + timedelta(days=4)
    return [(instant_of(day, time(10), view.zone), None, {})]


def contract_ends(view: Moment) -> Iterable[tuple[int, None, dict[str, Event]]]:
    """Three days before, at half past midnight."""
    day = view.get("contract ends")
    return [(instant_of(day - timedelta(days=3), time(0, 30), view.zone), None, {})] if day else []


def activated(view: Moment) -> Iterable[tuple[int, None, dict[str, Event]]]:
    """Two days of the calendar later, at the same time of day."""
    since = view.get("activated")
    if since is None:
        return []
    then = local(since, view.zone) + timedelta(days=2)
    return [(instant_of(then.date(), then.time(), view.zone), None, {})]


def birthday(view: Moment) -> Iterable[tuple[int, None, dict[str, Event]]]:
    """Each year, at a quarter past two."""
    born = view.get("birthday")
    if born is None:
        return []
    years = (view.local.year - 1, view.local.year, view.local.year + 1)
    return [(instant_of(clipped(year, born.month, born.day), time(2, 15), view.zone), None, {}) for year in years]


def bookings(view: Moment) -> Iterable[tuple[int, str, dict[str, Event]]]:
    """Two hours before the start of each booking, as it was told last."""
    latest: dict[str, Event] = {}
    for event in view.events("reserved") or []:
        known = latest.get(event.data["booking"])
        if known is None or event.time >= known.time:
            latest[event.data["booking"]] = event
    return [(event.data["starts"] - 2 * HOUR, booking, {}) for booking, event in latest.items()]


def days_since(view: Moment, since: int | None) -> int | None:
    """Days of her calendar."""
    return None if since is None else (view.local.date() - local(since, view.zone).date()).days


def nearer_than(view: Moment, distance: float) -> Truth:
    """Nearer to the station than this, if it is known where she is."""
    seen = [
        e for e in view.customer.taken if e.type in ("position", "mast seen") and e.time == view.customer.position_time
    ]
    if view.customer.seen_at is None or not seen or seen[-1].type == "mast seen":
        return None
    return max(0, metres(spot_of(seen[-1]), STATION) - 800) < distance


def field_of(name: str) -> Callable[[Moment], Any]:
    """A field of the event at hand."""
    return lambda view: view.event.data.get(name) if view.event else None


def half_even(number: Fraction | None) -> int | None:
    """To whole units."""
    return None if number is None else round(number)


def lowest(events: list[Event] | None) -> Any:
    """The lowest price."""
    return min((e.data["price"] for e in events), default=None) if events is not None else None


def highest(events: list[Event] | None) -> Any:
    """The highest price."""
    return max((e.data["price"] for e in events), default=None) if events is not None else None


def first_is_not_last(view: Moment) -> Truth:
    """Other scooters at both ends."""
    rides = ride(view, "ever") or []
    return rides[0].data["scooter"].lower() != rides[-1].data["scooter"].lower() if rides else None


def tenth_of_budget(view: Moment) -> Any:
    """The lower of 3 EUR and a tenth of the budget."""
    budget = view.get("budget")
    return None if budget is None else min(Fraction(3), budget / 10)


def month_spent(view: Moment) -> Any:
    """Since the first of the month."""
    return total(ride(view, view.calendar("month")), "price")


def little_left(view: Moment) -> Truth:
    """`balance + 5 EUR` below `lower of budget - month spent and 10 EUR * days seen`."""
    balance, budget = view.get("balance"), view.get("budget")
    if balance is None or budget is None:
        return None
    scooters = len({e.scooter for e in ride(view, view.sliding(2 * DAY)) or []})
    return bool(balance + 5 < min(budget - month_spent(view), Fraction(10) * scooters))


def near_the_end(view: Moment) -> Truth:
    """`days until contract ends <= 2 and nickname is known`."""
    ends = view.get("contract ends")
    soon = None if ends is None else (ends - view.local.date()).days <= 2
    return both(soon, view.get("nickname") is not None)


def clock_times(*clocks: time) -> Callable[[Moment], Iterable[int]]:
    """When the clock shows these, around now."""
    return lambda view: [
        instant_of(view.local.date() + timedelta(days=ahead), clock, view.zone) for ahead in (0, 1) for clock in clocks
    ]


def dear_search(view: Moment) -> Truth:
    """`dear >= 1 or newest price > opening price`."""
    dear = ride(
        view,
        view.sliding(6 * HOUR),
        lambda e: compare(e.price, ">", multiplied(Fraction(1, 4), e.attributes.get("budget"))) is True,
    )
    newest, opening = ride(view, view.sliding(4 * DAY)), ride(view, view.calendar("week"))
    rising = bool(newest and opening and newest[-1].price > opening[0].price)
    return bool(dear) or rising


def projection(view: Moment) -> Any:
    """What will have been spent when the cycle ends, to the cent."""
    window = view.calendar("cycle")
    if window is None:
        return None
    first, now, last = (local(each, view.zone).date() for each in (window[0], view.now, window[1] - 1))
    spent = total(ride(view, window), "price")
    return Fraction(round(spent * 100 / ((now - first).days + 1) * ((last - first).days + 1)), 100)


def since_large_top_up(view: Moment) -> Any:
    """Since the last of 10 EUR and more."""
    found = view.events("topped up", "ever", lambda e: e.paid >= 10)
    return view.now - found[-1].time if found else None


def small_top_ups(view: Moment) -> Truth:
    """Between one and four, counted with the plan of then."""
    return 1 <= len(view.events("topped up", "ever", lambda e: e.attributes.get("plan") == "basic") or []) <= 4


RULES = [
    Rule(
        "big-ride",
        event=lambda e: e.type == "ride ended" and (e.price > 8 or e.way >= 9000 or e.took > 50 * MINUTE),
    ),
    Rule(
        "either-event",
        event=lambda e: e.type == "topped up" or (e.type == "ride ended" and e.ground == "gravel"),
        only_if=[lambda v: compare(v.get("plan"), "is not", "pro")],
        unless=[lambda v: compare(rides_today(v), ">=", 3)],
        at_most=[(1, "day", "at most 1 per day")],
    ),
    Rule(
        "budget",
        line=lambda v: compare(
            total(ride(v, v.calendar("cycle")), "price"), ">=", multiplied(Fraction(4, 5), v.get("budget"))
        ),
        unless=[lambda v: compare(count(v.events("topped up", v.sliding(2 * DAY))), ">=", 2)],
        blocks=[Block(["guidance", "offer"])],
        at_most=[(1, "cycle", "at most 1 per billing cycle")],
    ),
    Rule(
        "balance",
        line=lambda v: compare(v.get("balance"), "<", multiplied(2, average(ride(v, v.sliding(5 * DAY)), "price"))),
        only_if=[lambda v: compare(v.get("credit score"), ">", 600)],
        blocks=[Block(["grant"])],
        at_most=[(1, 24 * HOUR, "at most 1 per 24 hours")],
    ),
    Rule(
        "failures",
        each="scooter",
        each_types=["unlock failed"],
        line=lambda v: (
            len(v.events("unlock failed", v.sliding(40 * MINUTE), lambda e: e.code >= 2, "scooter") or []) >= 2
        ),
        blocks=[Block(["guidance", "task"])],
        at_most=[(1, 7 * DAY, "at most 1 per 7 days")],
    ),
    Rule("heavy", line=heavy_rider),
    Rule("pro", line=lambda v: compare(v.get("plan"), "is", "pro")),
    Rule(
        "quiet",
        line=lambda v: len(ride(v, v.sliding(24 * HOUR)) or []) < 2,
        at_most=[(2, 3 * DAY, "at most 2 per 3 days")],
    ),
    Rule(
        "silent",
        line=lambda v: compare(silence(v), ">=", multiplied(2, average_gap(ride(v, v.sliding(20 * DAY))))),
        changes=silence_ends,
    ),
    Rule(
        "faster-week",
        line=lambda v: (
            total(ride(v, v.calendar("week")), "price")
            >= Fraction(3, 2) * total(ride(v, v.calendar("week", 1, 1)), "price") + 1
        ),
        unless=[lambda v: total(ride(v, v.calendar("week", 1, 1)), "price") < 3],
    ),
    Rule(
        "share",
        line=lambda v: compare(
            average(ride(v, v.sliding(2 * DAY)), "price"), ">=", average(ride(v, v.sliding(2 * DAY, 2 * DAY)), "price")
        ),
    ),
    Rule("station", event=enters("station"), at_most=[(2, "day", "at most 2 per day")]),
    Rule("old-town", event=lambda e: "old town" in e.left),
    Rule("park", stays=("park", 20 * MINUTE)),
    Rule("long-stay", stays=("old town", 3 * HOUR)),
    Rule(
        "park-or-search",
        event=lambda e: enters("park")(e) or e.type == "searched",
        only_if=[lambda v: compare(rides_today(v), ">=", 1)],
    ),
    Rule("tower", event=enters("tower")),
    Rule(
        "pass-search",
        steps=[
            Step(is_a("searched"), lambda e, _: "pass" in e.query, name="search"),
            Step(enters("station"), within=3 * HOUR),
            Step(is_a("topped up"), within=HOUR, absent=True),
        ],
    ),
    Rule(
        "no-unlock",
        steps=[
            Step(is_a("reserved"), name="wish"),
            Step(is_a("unlocked"), within=30 * MINUTE, absent=True),
            Step(is_a("searched"), within=4 * HOUR, after="wish"),
        ],
        blocks=[Block(["task"])],
    ),
    Rule(
        "other-scooter",
        steps=[
            Step(is_a("unlock failed"), name="trouble"),
            Step(is_a("ride ended"), lambda e, b: e.scooter != b["trouble"].scooter, within=45 * MINUTE),
        ],
    ),
    Rule(
        "two-then",
        steps=[
            Step(is_a("unlock failed"), lambda e, _: e.code >= 2, name="trouble"),
            Step(is_a("searched"), within=HOUR),
            Step(is_a("topped up"), lambda e, _: e.paid >= 5, within=2 * HOUR, after="trouble"),
        ],
        at_most=[(1, "week", "at most 1 per week")],
    ),
    Rule(
        "unrated",
        steps=[
            Step(is_a("ride ended")),
            Step(is_a("ride rated"), within=HOUR, absent=True, lateness=15 * MINUTE),
        ],
        at_most=[(3, 2 * DAY, "at most 3 per 2 days")],
    ),
    Rule(
        "night",
        moment=daily(time(2, 30)),
        only_if=[lambda v: compare(count(ride(v, v.calendar("day", 1, 1))), ">=", 2)],
    ),
    Rule(
        "monday",
        moment=daily(time(9), lambda day: day.weekday() == 0),
        only_if=[lambda v: len({e.scooter for e in ride(v, v.calendar("week", 1, 1)) or []}) >= 2],
    ),
    Rule(
        "cycle-day",
        moment=cycle_day_five,
        only_if=[
            lambda v: (
                total(ride(v, v.calendar("cycle", 3, 1)), "price")
                > min(20, 2 * total(ride(v, v.calendar("cycle", 1, 1)), "price"))
            )
        ],
    ),
    Rule(
        "contract",
        moment=contract_ends,
        only_if=[lambda v: (v.get("contract ends") - v.local.date()).days <= 3],
        blocks=[Block(["task"], needs=[("keeper", lambda v: v.get("keeper"))])],
    ),
    Rule("activated", moment=activated, unless=[lambda v: compare(v.get("credit score"), "<", 500)]),
    Rule("birthday", moment=birthday, blocks=[Block(["guidance"], needs=[("nickname", lambda v: v.get("nickname"))])]),
    Rule("booking", moment=bookings, each="booking"),
    Rule(
        "ticket",
        each="ticket",
        event=is_a("ticket opened"),
        blocks=[
            Block(["task"]),
            Block(["task", "guidance"], delay=HOUR, without=("ticket progressed",)),
            Block(
                ["task"],
                delay=5 * HOUR,
                without=("ticket progressed",),
                only_if=[lambda v: v.get("plan") in ("plus", "pro")],
                needs=[("keeper", lambda v: v.get("keeper"))],
            ),
            Block(["guidance"], delay=6 * HOUR),
        ],
        stop=("ticket closed",),
        at_most=[(1, 30 * MINUTE, "at most 1 per 30 minutes")],
    ),
    Rule(
        "in-season",
        event=lambda e: e.type == "searched" and e.query.startswith("map"),
        runs=(date(2026, 3, 28), date(2026, 4, 3)),
    ),
    Rule("asleep"),
    Rule(
        "extremes",
        event=is_a("ride ended"),
        only_if=[
            lambda v: compare(field_of("price")(v), ">=", highest(ride(v, "ever"))),
            lambda v: compare(field_of("price")(v), ">", multiplied(2, lowest(ride(v, "ever")))),
            first_is_not_last,
        ],
        at_most=[(1, "day", "at most 1 per day"), (3, "month", "at most 3 per month")],
    ),
    Rule(
        "night-ride",
        event=is_a("ride ended"),
        only_if=[
            lambda v: (v.local.hour < 6 or v.local.weekday() >= 5) and field_of("ground")(v) != "gravel",
            lambda v: nearer_than(v, 5000),
            lambda v: compare(days_since(v, v.get("activated")), ">=", 1),
            lambda v: compare(field_of("price")(v), ">", tenth_of_budget(v)),
        ],
        blocks=[Block(["guidance"], channels=["sms", "app"])],
    ),
    Rule(
        "late-top-up",
        event=is_a("topped up"),
        only_if=[
            small_top_ups,
            lambda v: compare(silence(v), ">", 30 * MINUTE),
            lambda v: compare(half_even(multiplied(Fraction(1, 2), average(v.events("topped up"), "paid"))), ">=", 4),
        ],
        blocks=[Block(["offer"], channels=["app"])],
        at_most=[(1, "ever", "at most 1 ever")],
    ),
    Rule(
        "late-rider",
        line=lambda v: v.local.hour >= 20 and (rides_today(v) or 0) >= 1,
        changes=clock_times(time(20), time(0)),
    ),
    Rule(
        "stuck",
        each="scooter",
        steps=[
            Step(is_a("unlock failed"), lambda e, _: e.code >= 2, name="trouble"),
            Step(is_a("unlocked", "ride ended"), within=20 * MINUTE, absent=True),
        ],
        blocks=[Block(["guidance"]), Block(["offer"], delay=30 * MINUTE, without=("topped up", "searched"))],
        stop=("ticket opened",),
    ),
    Rule(
        "day-trip",
        steps=[Step(enters("old town")), Step(lambda e: "old town" in e.left, within=2 * HOUR)],
    ),
    Rule("budget-left", line=little_left),
    Rule("ending", line=near_the_end, changes=clock_times(time(0))),
    Rule(
        "dear-search",
        event=lambda e: e.type == "searched" and ("help" in e.query or "map" in e.query),
        only_if=[dear_search],
        blocks=[Block(["guidance"], every_channel=True)],
    ),
    Rule(
        "projected",
        line=lambda v: compare(projection(v), ">=", v.get("budget")),
        changes=clock_times(time(0)),
        at_most=[(1, "day", "at most 1 per day")],
    ),
    Rule("dear-cycle", line=lambda v: compare(total(ride(v, v.calendar("cycle", 1, 1)), "price"), ">=", 8)),
    Rule("approach", line=lambda v: nearer_than(v, 2000)),
    Rule(
        "forgotten",
        steps=[
            Step(is_a("reserved"), name="wish"),
            Step(lambda e: enters("park")(e) or enters("station")(e), within=3 * HOUR),
            Step(
                lambda e: e.type == "unlocked" or (e.type == "ride ended" and e.price > 2),
                within=90 * MINUTE,
                after="wish",
                absent=True,
            ),
        ],
    ),
    Rule(
        "no-card",
        line=lambda v: compare(since_large_top_up(v), ">=", 24 * HOUR),
        blocks=[
            Block(["guidance"], only_if=[lambda v: compare(rides_today(v), ">=", 1)]),
            Block(["guidance"], delay=2 * HOUR, only_if=[lambda v: compare(v.get("plan"), "is not", "pro")]),
        ],
        stop=("topped up", "ticket opened"),
    ),
    Rule(
        "out-of-park",
        event=lambda e: any(place.startswith("park:") for place in e.left),
        only_if=[lambda v: 5 <= v.local.hour <= 11],
    ),
]

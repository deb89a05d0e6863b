"""The whole year through the engine, against an independent reading of four rules: plain loops over lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from beforehand.packs.retail.complete_journey import convert
from models.decisions import ActionKind, Decision, Outcome
from rules.workspace.workspace import load
from streams.assembly import assemble
from streams.dead_letters import DeadLetter
from streams.stepper import Stepper
from streams.taking import Taking
from streams.wire.decoder import Decoder

NEW_YORK = ZoneInfo("America/New_York")
DAY = 86_400
PACK = Path(__file__).parents[4] / "rules" / "packs" / "retail"

#: (seconds since 1970, type, data)
Happening = tuple[int, str, dict[str, Any]]
#: (household, seconds since 1970)
Firings = set[tuple[str, int]]


class Household:
    """One household's year, in the order in which events are taken."""

    def __init__(self, name: str, events: list[Happening]) -> None:
        self.name = name
        self.events = events
        self.baskets = [(at, round(data["total"] * 100)) for at, type_, data in events if type_ == "shopped"]
        self.begins = events[0][0]

    def visits(self, after: int, until: int) -> int:
        """Baskets later than `after`, up to `until`."""
        return sum(after < at <= until for at, _ in self.baskets)

    def spent(self, after: int, until: int) -> int:
        """Cents spent later than `after`, up to `until`."""
        return sum(cents for at, cents in self.baskets if after < at <= until)

    def settled(self, at: int) -> bool:
        """More than thirty days with us."""
        return self.visits(0, at) > self.visits(at - 30 * DAY, at)


def spending_threshold(household: Household, _end: int) -> Iterator[int]:
    """The basket that brings a month to 400 dollars."""
    months: dict[tuple[int, int], int] = defaultdict(int)
    for at, cents in household.baskets:
        local = datetime.fromtimestamp(at, NEW_YORK)
        before = months[local.year, local.month]
        months[local.year, local.month] += cents
        if before < 400_00 <= before + cents and household.settled(at):
            yield at


def category_switch(household: Household, _end: int) -> Iterator[int]:
    """The second own-brand line of a staple in 42 days, after brand lines only."""
    bought: dict[str, list[tuple[int, str]]] = defaultdict(list)
    fired: dict[str, int] = {}
    for at, type_, data in household.events:
        if type_ != "item bought" or "staple" not in data:
            continue
        lines = bought[data["staple"]]

        def count(brand: str, after: int, until: int, lines: list[tuple[int, str]] = lines) -> int:
            return sum(after < when <= until and which == brand for when, which in lines)

        before = count("own", at - 42 * DAY, at)
        lines.append((at, data["brand"]))
        complete = before < 2 <= count("own", at - 42 * DAY, at) and count("national", at - 42 * DAY, at) == 0
        earlier = at - 132 * DAY, at - 42 * DAY
        switched = complete and count("own", *earlier) == 0 and count("national", *earlier) >= 3
        if switched and at - fired.get(data["staple"], 0) >= 180 * DAY:
            yield at
            fired[data["staple"]] = at


def coupons_about_to_expire(household: Household, end: int) -> Iterator[int]:
    """Ten in the morning, three days before a mailing ends of which nothing was used."""
    for received, type_, data in household.events:
        if type_ != "campaign received":
            continue
        at = local(date.fromisoformat(data["expires"]) - timedelta(days=3), 10)
        used = any(
            type_ == "coupon redeemed" and other["campaign"] == data["campaign"] and at - 180 * DAY < when <= at
            for when, type_, other in household.events
        )
        if received < at <= end and not used and household.visits(at - 28 * DAY, at) >= 2 and household.settled(at):
            yield at


def basket_shrinking(household: Household, end: int) -> Iterator[int]:
    """Mondays at nine on which four weeks came to less than two fifths of the usual."""
    fired = 0
    for week in range(53):
        at = local(date(2017, 1, 2) + timedelta(weeks=week), 9)
        if not household.begins < at <= end or at - fired < 180 * DAY:
            continue
        usual = household.spent(at - 112 * DAY, at - 28 * DAY)
        lately = household.spent(at - 28 * DAY, at)
        comes = household.visits(at - 28 * DAY, at) >= 3 and household.visits(at - 112 * DAY, at - 84 * DAY) >= 1
        if usual >= 3 * 160_00 and lately * 10 * 3 < usual * 4 and comes:
            yield at
            fired = at


def local(day: date, hour: int) -> int:
    """An hour of a day in New York, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=NEW_YORK).timestamp())


READINGS = {
    "basket-shrinking": basket_shrinking,
    "category-switch": category_switch,
    "coupons-about-to-expire": coupons_about_to_expire,
    "spending-threshold": spending_threshold,
}


def households(year: Path) -> list[Household]:
    """Every household with its events, as they are taken: by time, then by type, source and id."""
    events: dict[str, list[tuple[int, str, str, str, dict[str, Any]]]] = defaultdict(list)
    decode = msgspec.json.Decoder().decode
    with year.open("rb") as file:
        for line in file:
            event = decode(line)
            at = int(datetime.fromisoformat(event["time"]).timestamp())
            events[event["subject"]].append((at, event["type"], event["source"], event["id"], event["data"]))
    for own in events.values():
        own.sort(key=lambda event: event[:4])
    return [Household(name, [(at, type_, data) for at, type_, _, _, data in own]) for name, own in events.items()]


def decided(year: Path) -> list[Decision]:
    """All decisions of the engine over the year, of the rules that are read independently."""
    workspace = load(PACK, stories=False).workspace
    assert workspace is not None
    engine = assemble(workspace, [file.rule for file in workspace.rules if file.rule.id in READINGS])
    stepper, taking, decoder = (
        Stepper(engine, lambda _: {}),
        Taking(workspace.vocabulary.settle),
        Decoder(workspace.vocabulary),
    )
    decisions: list[Decision] = []
    with year.open("rb") as file:
        for number, line in enumerate(file):
            event = decoder.decode(line.rstrip(b"\n"))
            assert not isinstance(event, DeadLetter)
            taking.arrive(number, event)
            for taken, *_, one in taking.ready(taking.horizon):
                decisions += stepper.take(taken, one)
    for taken, *_, one in taking.all():
        decisions += stepper.take(taken, one)
    assert taking.clock is not None
    return decisions + list(stepper.run_timers(taking.clock))


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_the_year_fires_as_an_independent_reading_says(tmp_path: Path) -> None:
    """Of 1.6 million real events the engine and plain loops make the same firings, to the second: more than 8,000."""
    pytest.importorskip("pyarrow", reason="the extra `retail` is not installed")
    year = tmp_path / "year.jsonl"
    convert(year)
    everybody = households(year)
    end = max(household.events[-1][0] for household in everybody)
    found: dict[str, Firings] = defaultdict(set)
    for decision in decided(year):
        if decision.outcome in {Outcome.SENT, Outcome.CONTROL} and decision.kind is not ActionKind.TASK:
            found[decision.rule].add((decision.customer, int(datetime.fromisoformat(decision.time).timestamp())))
    for rule, reading in READINGS.items():
        expected = {(household.name, at) for household in everybody for at in reading(household, end)}
        assert found[rule] == expected, rule
    assert sum(map(len, found.values())) > 8_000

"""What a record keeps where the vocabulary grows with the rule set."""

from __future__ import annotations

import json
from typing import Any

from models.events import Event
from models.moments import parse_moment
from models.types import Value
from rules.codec import decode, encode
from rules.facts.table import fact_key
from rules.typed import Aggregate
from rules.walk import nodes
from rules.workspace.workspace import Workspace, load_texts
from streams.assembly import assemble
from streams.engine import Engine
from streams.rule_sets import begun_after, rules_of
from streams.stepper import Stepper

START = parse_moment("2026-03-02T10:00:00Z")
MINUTE = 60_000
WORDS = """\
currency: CNY
languages: [en]
customer:
  plan: S | M
events:
  paid: {family: consumption, price: money, by: card | cash}
  seen: {family: location, spot: point}
places:
  mall: {near: [31.2, 121.5], within: 1 km}
"""
#: More choices, a field that may be left out, and a place around where she is.
MORE = (
    WORDS.replace("S | M", "L | S | M")
    .replace("card | cash}", "card | cash | phone, till: 'text, optional'}")
    .replace("  mall:", "  port: {near: [31.3, 121.6], within: 1 km}\n  mall:")
)
PAYS = """\
title: Pays by card
because: There is a flat rate.
when: count of paid where by is card over last 1 hour reaches 3
only if: plan is M
then:
  guide:
    en: Take the flat rate.
"""
PORT = """\
title: In the port
because: The ship leaves.
when: enters port
then:
  guide:
    en: Go aboard.
"""
NEAR = """\
title: Near the port
because: The ship leaves.
when: paid
only if: distance to port < 500 m
then:
  guide:
    en: Pay aboard.
"""


def read(words: str, **rules: str) -> Workspace:
    """The workspace of these texts."""
    found = load_texts({"vocabulary.yaml": words, **{f"rules/{name}.yaml": text for name, text in rules.items()}})
    assert found.workspace is not None, found.problems
    return found.workspace


def engine(workspace: Workspace, before: Engine | None = None) -> Engine:
    """Its engine, which follows another or not."""
    rules = [one.rule for one in workspace.rules]
    return assemble(workspace, rules, begun={} if before is None else begun_after(rules_of(before), rules, START))


def event(minute: int, type_: str, **data: Value) -> tuple[int, Event]:
    """An event of the one customer, as it is taken."""
    time = START + minute * MINUTE
    return time, Event(type_, "c", time, time, "test", f"{minute}-{type_}", data)


def grown(
    before: Workspace, now: Workspace, *, first: list[tuple[int, Event]], then: list[tuple[int, Event]]
) -> list[str]:
    """The rules that fire, where one set takes the first events and the other the later ones."""
    one = engine(before)
    stepper = Stepper(one, lambda _: {})
    for taken, event in first:
        stepper.take(taken, event)
    following = engine(now, one)
    list(stepper.switch(following, START, ["c"], before=rules_of(one).versions))
    # As it would be read again from a store.
    kept = encode(stepper.records["c"])
    stepper = Stepper(following, lambda _: {"c": kept})
    assert decode("c", kept, following.new_record).plan == following.program.plan.layout
    return [decision.rule for taken, event in then for decision in stepper.take(taken, event)]


M = event(-30, "customer changed", plan="M")


def test_a_fact_goes_on_where_its_fields_get_more_choices() -> None:
    """What was counted of the old choices counts; and its key is the same."""
    before, now = read(WORDS, pays=PAYS), read(MORE, pays=PAYS)
    first = [M, event(-20, "paid", price=1, by="card"), event(-10, "paid", price=1, by="card")]
    assert grown(before, now, first=first, then=[event(1, "paid", price=1, by="card")]) == ["pays"]
    assert grown(before, now, first=first, then=[event(1, "paid", price=1, by="phone", till="7")]) == []
    keys = [
        {fact_key(node) for node in nodes(one.rules[0].rule) if isinstance(node, Aggregate)} for one in (before, now)
    ]
    assert keys[0] == keys[1]


def test_facts_that_look_at_other_values_are_others() -> None:
    """Only what a vocabulary may add is left out of the key."""
    one, other = read(WORDS, pays=PAYS), read(WORDS, pays=PAYS.replace("by is card", "by is cash"))
    keys = [{fact_key(node) for node in nodes(of.rules[0].rule) if isinstance(node, Aggregate)} for of in (one, other)]
    assert keys[0].isdisjoint(keys[1])


def test_who_is_in_a_place_that_is_added_is_in_it_and_has_not_entered_it() -> None:
    """Whichever rules there are: she enters it when she comes again."""
    here, away = (31.3, 121.6), (31.9, 121.9)
    first = [event(-30, "seen", spot=here)]
    then = [event(1, "seen", spot=here), event(2, "seen", spot=away), event(3, "seen", spot=here)]
    assert grown(read(WORDS, pays=PAYS), read(MORE, pays=PAYS, port=PORT), first=first, then=then[:2]) == []
    assert grown(read(WORDS, pays=PAYS), read(MORE, pays=PAYS, port=PORT), first=first, then=then) == ["port"]


def test_the_distance_to_a_place_that_is_added_is_known_at_once() -> None:
    """0 inside it."""
    found = grown(
        read(WORDS, pays=PAYS),
        read(MORE, pays=PAYS, near=NEAR),
        first=[event(-30, "seen", spot=(31.3, 121.6))],
        then=[event(1, "paid", price=1, by="cash")],
    )
    assert found == ["near"]


def square(name: str, latitude: float, longitude: float) -> dict[str, Any]:
    """A square around a point, as GeoJSON has it."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [[longitude + x / 100, latitude + y / 100] for x, y in corners]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name}, "geometry": shape}


def test_rules_that_are_the_same_know_a_place_that_is_added() -> None:
    """A record is laid out for places, too: those of a kind of place that grows, here by a file."""
    words = WORDS.replace("  mall:", "  shop: {each of: shops.geojson}\n  mall:")
    files = {"vocabulary.yaml": words, "rules/port.yaml": PORT.replace("enters port", "enters shop")}
    north, here = square("north", 31.9, 121.9), square("here", 31.3, 121.6)
    spaces = []
    for squares in ([north], [north, here]):
        shops = json.dumps({"type": "FeatureCollection", "features": squares})
        found = load_texts({**files, "shops.geojson": shops})
        assert found.workspace is not None, found.problems
        spaces.append(found.workspace)
    first = [event(-30, "seen", spot=(31.3, 121.6))]
    assert grown(spaces[0], spaces[1], first=first, then=[event(1, "seen", spot=(31.3, 121.6))]) == []
    assert grown(spaces[0], spaces[1], first=first, then=[event(1, "seen", spot=(31.9, 121.9))]) == ["port"]

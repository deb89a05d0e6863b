from __future__ import annotations

import pytest

from models.types import TEXT
from rules.interpreter import EventTrigger, Taken, TimerTrigger
from rules.typed import PlaceName, PlacePattern, PlaceVerb, Rule, Visits
from tests.property.building import DAY, HOUR, MINUTE, compare, fired, line, matches, rule, taken

INSIDE, OUTSIDE = (0.0, 0.0), (5.0, 5.0)
#: In both members of `branch`; in the northern one; in the southern one.
BOTH, NORTH, SOUTH = (0.0, 0.0), (1.0, 0.0), (-1.0, 0.0)


def visit(verb: PlaceVerb, place: str = "airport", duration: int = 0, **parts: object) -> Rule:
    """A rule on a place."""
    return rule("visit", Visits(PlacePattern(verb, place, duration)), **parts)


def seen(at: int, spot: tuple[float, float] | None = None, cell: str | None = None, **how: object) -> Taken:
    """A position."""
    return taken("seen", at, spot=spot, cell=cell, **how)  # type: ignore[arg-type]  # `how` is time and fresh


ENTERS, LEAVES = visit(PlaceVerb.ENTERS), visit(PlaceVerb.LEAVES)
STAYS = visit(PlaceVerb.STAYS, duration=HOUR)


def test_entering_and_leaving() -> None:
    """She enters with the first position inside, and leaves with the first known one outside."""
    events = [seen(1, INSIDE), seen(2, INSIDE), seen(3, OUTSIDE), seen(4, OUTSIDE), seen(5, INSIDE)]
    assert fired(ENTERS, events) == [1, 5]
    assert fired(LEAVES, events) == [3]
    found = matches(ENTERS, events)[0]
    assert found.trigger == EventTrigger("file", "seen 1")
    assert found.bound == (events[0].event,)


def test_the_border_belongs_to_the_place() -> None:
    """The border of the circle is inside: 100 km are 0.899320364 degrees of the sphere's 40,030 km round."""
    on_border = 100_000 / (2 * 3.141592653589793 * 6_371_008.8) * 360
    assert fired(ENTERS, [seen(1, (0.0, on_border - 1e-9))]) == [1]
    assert fired(ENTERS, [seen(1, (0.0, on_border + 1e-9))]) == []


def test_a_cell_is_outside_all_circles() -> None:
    """A position by cell counts for places that are cells, and lies outside all others; a point the other way round."""
    events = [seen(1, INSIDE), seen(2, cell="c-1"), seen(3, INSIDE)]
    assert fired(LEAVES, events) == [2]
    assert fired(visit(PlaceVerb.ENTERS, "tower"), events) == [2]
    assert fired(visit(PlaceVerb.LEAVES, "tower"), events) == [3]


def test_the_first_field_with_a_value_is_the_position() -> None:
    """Of a point and a cell in one event the field that the vocabulary names first counts."""
    assert fired(visit(PlaceVerb.ENTERS, "tower"), [seen(1, OUTSIDE, "c-1")]) == []
    assert fired(visit(PlaceVerb.ENTERS, "tower"), [seen(1, None, "c-1")]) == [1]


def test_old_news_does_not_move_her() -> None:
    """Neither old news nor an event of an earlier time than her latest position moves her."""
    assert fired(ENTERS, [seen(1, INSIDE, fresh=False)]) == []
    assert fired(ENTERS, [seen(10, OUTSIDE), seen(11, INSIDE, time=9)]) == []
    assert fired(ENTERS, [seen(10, OUTSIDE), seen(11, INSIDE, time=10)]) == [11]


def test_an_event_without_a_position_does_not_move_her() -> None:
    """A location event that has neither point nor cell leaves her where she is."""
    assert fired(LEAVES, [seen(1, INSIDE), seen(2)]) == []


def test_a_faded_position_is_nowhere() -> None:
    """After two hours she is nowhere: nothing is left, and the next position inside enters again."""
    events = [seen(1, INSIDE), seen(1 + 2 * HOUR, INSIDE)]
    assert fired(ENTERS, events) == [1, 1 + 2 * HOUR]
    assert fired(LEAVES, [seen(1, INSIDE), seen(1 + 2 * HOUR, OUTSIDE)], until=DAY) == []
    assert fired(ENTERS, [seen(1, INSIDE), seen(2 * HOUR, INSIDE)]) == [1]


def test_a_stay_is_complete_when_its_time_is_up() -> None:
    """It fires once, without traffic, an hour after the entering, which it is bound to."""
    found = matches(STAYS, [seen(1, INSIDE), seen(2, INSIDE)], until=DAY)
    assert [(match.at, match.trigger) for match in found] == [
        (1 + HOUR, TimerTrigger("stay", 1 + HOUR, "file", "seen 1"))
    ]
    assert [event.id for event in found[0].bound if event is not None] == ["seen 1"]


def test_leaving_ends_a_stay() -> None:
    """Who leaves before has not stayed; a position at the very end comes after the timer."""
    assert fired(STAYS, [seen(1, INSIDE), seen(HOUR, OUTSIDE)], until=DAY) == []
    assert fired(STAYS, [seen(1, INSIDE), seen(1 + HOUR, OUTSIDE)], until=DAY) == [1 + HOUR]
    assert fired(STAYS, [seen(1, INSIDE), seen(2, OUTSIDE), seen(3, INSIDE)], until=DAY) == [3 + HOUR]


def test_fading_ends_a_stay() -> None:
    """A stay that would be complete just when her position fades is not; a fresh position keeps it alive."""
    two_hours = visit(PlaceVerb.STAYS, duration=2 * HOUR)
    assert fired(two_hours, [seen(1, INSIDE)], until=DAY) == []
    assert fired(two_hours, [seen(1, INSIDE), seen(MINUTE, INSIDE)], until=DAY) == [1 + 2 * HOUR]


def test_members_of_a_kind_count_by_themselves() -> None:
    """From the northern branch into both is entering the southern; from both into one is leaving the other."""
    events = [seen(1, NORTH), seen(2, BOTH), seen(3, SOUTH), seen(4, OUTSIDE)]
    assert fired(visit(PlaceVerb.ENTERS, "branch"), events) == [1, 2]
    assert fired(visit(PlaceVerb.LEAVES, "branch"), events) == [3, 4]


@pytest.mark.parametrize(("spot", "member"), [(NORTH, "north"), (SOUTH, "south"), (BOTH, "north")])
def test_the_name_of_the_member(spot: tuple[float, float], member: str) -> None:
    """`{branch}` is the member entered; entering two at once is one match, of the first written."""
    is_it = line(compare(PlaceName("branch", TEXT, 0), "is", member))
    assert fired(visit(PlaceVerb.ENTERS, "branch", only_if=(is_it,)), [seen(1, spot)]) == [1]


def test_a_stay_in_a_member_goes_on_without_the_other() -> None:
    """Who entered two and left one has stayed in the other; in both, it is one match."""
    stays = visit(PlaceVerb.STAYS, "branch", HOUR)
    assert fired(stays, [seen(1, BOTH)], until=DAY) == [1 + HOUR]
    south = visit(
        PlaceVerb.STAYS, "branch", HOUR, only_if=(line(compare(PlaceName("branch", TEXT, 0), "is", "south")),)
    )
    assert fired(south, [seen(1, BOTH), seen(2, SOUTH)], until=DAY) == [1 + HOUR]
    assert fired(south, [seen(1, BOTH)], until=DAY) == []

from __future__ import annotations

from models.events import Event
from models.moments import DAY
from models.types import DATE, MOMENT, TEXT
from models.vocabulary import EventType, Vocabulary
from streams.moving import Mover

VOCABULARY = Vocabulary(
    events={"booked": EventType("booked", "service", {"departs": MOMENT, "stays until": DATE, "seat": TEXT}, "booked")},
    customer={"contract ends": DATE},
)


def test_all_times_move_by_one_span() -> None:
    """The event, its arrival, and the moments and dates that it tells keep their distance."""
    event = Event("booked", "c", 1_000, 3_000, "shop", "1", {"departs": 5_000, "stays until": 10, "seat": "9A"})
    moved = Mover(VOCABULARY, 2 * DAY + 500, now=0).moved(event)
    assert (moved.time, moved.arrived) == (2 * DAY + 1_500, 2 * DAY + 3_500)
    assert moved.data == {"departs": 2 * DAY + 5_500, "stays until": 12, "seat": "9A"}
    assert (event.time, event.data["departs"]) == (1_000, 5_000)


def test_attributes_of_a_customer_move_too_and_none_stays_none() -> None:
    """A contract that ends in a week still does."""
    event = Event("customer changed", "c", 0, 0, "crm", "1", {"contract ends": 100, "bill day": 3, "language": None})
    assert Mover(VOCABULARY, -3 * DAY, now=0).moved(event).data == {
        "contract ends": 97,
        "bill day": 3,
        "language": None,
    }


def test_what_is_moved_twice_is_no_repeat() -> None:
    """A day can be published again within the hour in which repeats are ignored."""
    event = Event("booked", "c", 0, 0, "shop", "1", {})
    first, second = (Mover(VOCABULARY, now, now).moved(event) for now in (DAY, DAY + 1_000))
    assert (first.id, second.id) == ("1", "1")
    assert first.source != second.source

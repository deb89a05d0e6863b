"""What compiled code does of taking events, where it has been compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.decisions import Decision
from models.events import Event
from models.types import Value
from rules.facts.backlog import Counting
from rules.profile import Reach
from rules.record import Record
from rules.situations.places import Moved

#: Takes an event at a moment (ms).
Take = Callable[[Record, Event, int], list[Decision]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an ordinary event begins, completes and ends, once it is counted and she is where it says."""

    #: Asks for one event, taken at a moment; the last are the lines that were crossed when it was counted.
    ask: Callable[[Record, Event, int, Reach, list[tuple[int, Value]]], list[Decision]]
    #: Always, or where a record has matches, partial matches, or openings.
    always: bool
    matches: bool
    partials: bool
    openings: bool
    #: The same for one that has moved her to other places.
    arrive: Callable[[Record, Event, int, Reach, Moved], list[Decision]] | None
    #: The sequences of two steps that events complete, end and open; they are asked only if they may complete one.
    pairs: Pairs | None


@dataclass(frozen=True, slots=True)
class Later:
    """How events of a type are put off."""

    counting: Counting
    #: The field whose sum is watched.
    field: str | None


if TYPE_CHECKING:
    from streams.counting import CountRows, Row
    from streams.ordinary import Ordinary, take_all, take_hers
    from streams.pairs import Pairs
    from streams.positions import Whereabouts
    from streams.refusing import Refusing

    COMPILED: bool
else:
    try:
        from streams.counting import CountRows, Row
        from streams.ordinary import Ordinary, take_all, take_hers
        from streams.pairs import Pairs
        from streams.positions import Whereabouts
        from streams.refusing import Refusing
    except ImportError:  # it has not been compiled
        COMPILED, CountRows, Row, Ordinary, Pairs, Refusing, Whereabouts, take_all, take_hers = False, *[None] * 8
    else:
        COMPILED = True

__all__ = [
    "COMPILED",
    "Asked",
    "CountRows",
    "Later",
    "Ordinary",
    "Pairs",
    "Refusing",
    "Row",
    "Take",
    "Whereabouts",
    "take_all",
    "take_hers",
]

"""Events that have been taken, and are not counted yet: most of them can reach no line, whoever asks or not.

A backlog is kept for one event type of one customer as long as none of the lines her profile knows can be crossed by
what stands in it. All of it is counted, in the order in which it came, as soon as somebody looks at a series or a total
that counts such events, her attributes change, or another event could cross a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct, field

from models.types import Value

if TYPE_CHECKING:
    from rules.record import Record

#: When an event was taken, its time (both ms), and its data.
Entry = tuple[int, int, dict[str, Value]]
#: Counts events of one type in all parts they belong to, and asks for no line.
CountAll = Callable[["Record", list[Entry]], None]


@dataclass(frozen=True, slots=True)
class Counting:
    """How events of one type are counted, and the keys of all series and totals that may count one of them."""

    count: CountAll
    keys: frozenset[int]


class Backlog(Struct, gc=False):
    """Entries in the order taken. No line can be crossed before `until` (ms) as long as there are at most `most`
    entries, which come to less than `limit` together (the sum of the field that is watched of their type), and none of
    them is of a time before `since` (ms)."""

    counting: Counting
    most: int
    limit: int
    since: int
    until: int
    #: What they come to.
    total: int = 0
    entries: list[Entry] = field(default_factory=list)

"""The port of what is measured of a worker: its core counts here, and knows no monitoring system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from streams.partition import Done


class OwnedNow(Struct, frozen=True):
    """A partition number that is ours, as it is at this moment."""

    #: The hash of the rule set that decides.
    rule_set: str
    #: By how much arrivals have come behind now (ms); None where nobody can know.
    behind: int | None
    #: Events that have arrived and are not taken yet.
    waiting: int
    #: Records in memory.
    records: int


class Watched(Struct, frozen=True):
    """A worker as it is at this moment; whoever looks from another thread sees one such moment whole."""

    #: The group has said which partitions are ours, and says nothing else at this moment.
    assigned: bool = False
    owned: Mapping[int, OwnedNow] = {}
    #: Partition numbers that are left alone for a while -> why.
    still: Mapping[int, str] = {}
    #: How many records of each topic partition are not done with; as of some seconds ago.
    lag: Mapping[tuple[str, int], int] = {}


class Measures(Protocol):
    """Counts what a worker does. Nothing here may wait, or fail."""

    def committed(self, done: Done, now: int | None) -> None:
        """A commit was made; `now`: the time of the broker (ms since 1970), None where that is not known."""

    def refused(self) -> None:
        """A commit was refused: the partition number was claimed by somebody else."""

    def published(self, messages: int, waited: int) -> None:
        """So many messages were published, the first of which had been committed `waited` ms before."""

    def beat(self, watched: Watched) -> None:
        """The event loop has come round again."""


class NotMeasured:
    """Nobody watches."""

    def committed(self, done: Done, now: int | None) -> None:
        """See `Measures`."""

    def refused(self) -> None:
        """See `Measures`."""

    def published(self, messages: int, waited: int) -> None:
        """See `Measures`."""

    def beat(self, watched: Watched) -> None:
        """See `Measures`."""

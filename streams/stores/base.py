"""The port of stores: customers' records, what is due, the outbox, dead letters, and how far the source was read.

Everything that belongs together changes in one commit, wholly or not at all. Each commit has a number, one more than
the one before, so that a commit that is tried again is not made twice. The store knows nothing of what it keeps:
records, decisions, positions and counters are bytes to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from models.speech import say
from streams.dead_letters import DeadLetter


class Commit(Struct, frozen=True):
    """What one batch changed. What is left out stays as it is."""

    #: One more than the store's `number()` when the batch began.
    number: int
    #: customer -> her record, or None to forget it.
    records: Mapping[str, bytes | None] = {}
    #: (decision id, decision), in the order in which they are to be published.
    outbox: Sequence[tuple[str, bytes]] = ()
    #: customer -> when her next timer is due (milliseconds), or None if nothing is.
    due: Mapping[str, int | None] = {}
    dead_letters: Sequence[DeadLetter] = ()
    #: Where the source is to be read on.
    position: bytes | None = None
    counters: bytes | None = None
    #: Settings kept with the state (see `Store.setting`); None removes one.
    settings: Mapping[str, bytes | None] = {}


class OutboxEntry(Struct, frozen=True):
    """A decision that waits to be published. Sequence numbers start at 1, grow, and are never given twice."""

    sequence: int
    id: str
    payload: bytes


class Store(Protocol):
    """Where state is kept. One process uses it at a time."""

    def number(self) -> int:
        """The number of the last commit; 0 before the first."""

    def commit(self, commit: Commit) -> None:
        """Make all these changes, or none (StoreError).

        The number of the last commit again is that commit tried again: nothing is done. Any other number but the next
        is a StaleCommit.
        """

    def load(self, customers: Sequence[str]) -> dict[str, bytes]:
        """The records of those of these customers that have one."""

    def customers(self) -> Iterator[str]:
        """All customers that have a record, in order. The store must not be changed meanwhile."""

    def due(self, until: int, limit: int) -> list[tuple[int, str]]:
        """The first `limit` of what is due at `until` or before, in order of (due, customer)."""

    def position(self) -> bytes | None:
        """Where the source is to be read on; None before the first commit that said so."""

    def counters(self) -> bytes | None:
        """The counters of the last commit that had any."""

    def setting(self, name: str) -> bytes | None:
        """A setting kept with the state."""

    def settings(self) -> dict[str, bytes]:
        """All settings."""

    def outbox(self, after: int = 0) -> Iterator[OutboxEntry]:
        """What is not published yet and has a sequence number above `after`, in order."""

    def trim(self, upto: int, settings: Mapping[str, bytes] = {}) -> None:
        """Forget what is published, up to this sequence number; with it, at once, set these settings."""

    def dead_letters(self) -> Iterator[DeadLetter]:
        """The dead letters, in the order in which they came; a store in memory keeps only the first of very many."""

    def dead_letter_counts(self) -> dict[str, int]:
        """How many dead letters there were of each reason, all of them."""

    def close(self) -> None:
        """Let go of the store; it can't be used any more."""


class SharedStore(Store, Protocol):
    """The store of one partition number, which several processes may use, one after the other."""

    #: Entries of the outbox that are not published yet.
    unpublished: int

    def claim(self) -> None:
        """Own it from now on; whoever did before gets LostClaim at its next commit.

        To be called before anything is read.
        """

    def dead_outbox(self, after: int = 0) -> Iterator[tuple[int, DeadLetter]]:
        """(sequence number, letter) of the dead letters that are not published yet, above `after`, in order."""

    def trim_dead(self, upto: int) -> None:
        """Forget the dead letters that are published, up to this sequence number."""


class Size(Struct, frozen=True):
    """The state of one partition number. `bytes` of its records are estimated."""

    customers: int
    bytes: int
    outbox: int
    dead_letters: int


class Memory(Struct, frozen=True):
    """Bytes that a store uses, and may use; 0: as many as there are."""

    used: int
    most: int


class StoreError(Exception):
    """The state can't be used; the message says which, why and what to do."""


class StaleCommit(StoreError):
    """Somebody else has committed meanwhile, or a commit was left out."""

    def __init__(self, found: int, expected: int) -> None:
        super().__init__(
            say(
                "commit {found} does not follow the last one, {expected}: another process has written "
                "this state. Stop the other one, and start again",
                found=found,
                expected=expected - 1,
            )
        )


class LostClaim(StoreError):
    """Another process owns this partition number now, or the store has lost what it was told last."""

    def __init__(self, partition: int) -> None:
        super().__init__(
            say(
                "partition {partition} is no longer this process's: another one has claimed it, or the store lost its "
                "last moments; nothing was written, and it is to be claimed anew",
                partition=partition,
            )
        )


def is_repeat(number: int, last: int) -> bool:
    """Whether a commit with this number was made already; StaleCommit unless it is the last or the next."""
    if number == last and last > 0:
        return True
    if number != last + 1:
        raise StaleCommit(number, last + 1)
    return False

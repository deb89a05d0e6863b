"""How far one topic of a partition number has been read, and which of its records were taken."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from msgspec import Struct


class Place(Struct, frozen=True, array_like=True):
    """Where a topic is to be read on, kept with the state at each commit."""

    #: Of the oldest record that was not taken.
    offset: int = 0
    #: A bit for each record from `offset` on, the first in the highest place: whether it was taken.
    taken: bytes = b""
    #: How many bits of `taken` count.
    bits: int = 0
    #: No record from `offset` on arrived earlier than this (ms).
    arrived: int = 0
    #: The latest moment at which the broker appended a record that was read (ms); 0 if that is not known.
    appended: int = 0


#: Flags (0 or 1) as the digits of a binary number, and back.
_DIGITS = bytes.maketrans(b"\0\1", b"01")
_FLAGS = bytes.maketrans(b"01", b"\0\1")


class Reading:
    """One topic of a partition number."""

    def __init__(self, place: Place) -> None:
        #: The offset of the record that comes next.
        self.next = place.offset
        #: The latest arrival among all records before `next` (ms).
        self.arrived = place.arrived
        #: The latest moment at which the broker appended a record that was read (ms).
        self.appended = place.appended
        #: How far arrivals have come on this topic (ms); None until it has answered.
        self.reached: int | None = place.arrived or None
        #: Where the flags begin, and the latest arrival before that.
        self._base, self._base_arrived = place.offset, place.arrived
        #: For each record from `_base` on: whether it was taken, and the latest arrival up to and with it.
        self._flags = bytearray()
        self._arrivals = array("q")
        #: Of the records that come again after a restart: whether they were taken before it.
        self._again = _unpacked(place)
        #: The end of the log when it was asked for, and by which moment that was (ms).
        self._asked: tuple[int, int] | None = None
        #: Where a record was expected, and the one that came instead.
        self._hole: tuple[int, int] | None = None

    # ------------------------------------------------------------------ holes

    def fits(self, offset: int) -> bool:
        """Whether a record may come now; if not, the topic is to be read again from `next`.

        After a seek a fetch that was under way may still bring records from elsewhere. Where the same record comes
        again after the seek, there is nothing before it: transactions and compaction leave such holes.
        """
        if offset <= self.next:
            return True
        if self._hole == (self.next, offset):
            self._pass_over(offset)
            return True
        self._hole = (self.next, offset)
        return False

    def _pass_over(self, offset: int) -> None:
        """There is nothing in the log from `next` up to this record."""
        missing = offset - self.next
        self._flags.extend(b"\1" * missing)
        self._arrivals.extend([self.arrived] * missing)
        self._again = self._again[missing:]
        self.next = offset

    # ------------------------------------------------------------------ reading

    def arrive(self, appended: Iterable[int]) -> list[int]:
        """Consecutive records from `next` on were read; when each was appended (ms) -> when each arrived.

        An arrival is never less than the one before it on its topic.
        """
        latest, arrivals = self.arrived, []
        for at in appended:
            latest = max(latest, at)
            arrivals.append(latest)
        number = len(arrivals)
        self.next += number
        again, self._again = self._again[:number], self._again[number:]
        self._flags.extend(again)
        self._flags.extend(bytes(number - len(again)))
        self._arrivals.extend(arrivals)
        if arrivals:
            self.arrived = latest
            self._reach(latest)
        if self._asked is not None and self.next >= self._asked[0]:
            self._reach(self._asked[1])
            self._asked = None
        return arrivals

    def taken(self, offset: int) -> bool:
        """Whether a record that was read is done with, perhaps before a restart."""
        return offset < self._base or bool(self._flags[offset - self._base])

    def take(self, offset: int) -> None:
        """A record was taken, or is never going to be."""
        self._flags[offset - self._base] = 1

    # ------------------------------------------------------------------ how far arrivals have come

    @property
    def waits_for_end(self) -> bool:
        """Whether it was asked where the log ends, and what was there then has not all been read."""
        return self._asked is not None

    def ended(self, end: int, at: int) -> None:
        """At the moment `at` (ms, by the broker's clock, rather too early) the log ended before the offset `end`."""
        if self.next >= end:
            self._reach(at)
        elif self._asked is None:
            self._asked = (end, at)

    def _reach(self, moment: int) -> None:
        if self.reached is None or moment > self.reached:
            self.reached = moment

    # ------------------------------------------------------------------ commit

    def place(self) -> Place:
        """Where it is to be read on, were the process to end here."""
        done = self._flags.find(0)
        if done < 0:
            done = len(self._flags)
        if done:
            self._base_arrived = self._arrivals[done - 1]
            del self._flags[:done], self._arrivals[:done]
            self._base += done
        # What was taken before a restart and has not come again yet stays taken.
        return Place(self._base, *_packed(self._flags + self._again), self._base_arrived, self.appended)


def _packed(flags: bytearray) -> tuple[bytes, int]:
    """The flags up to the last that is set, as bits; how many."""
    bits = flags.rfind(1) + 1
    if not bits:
        return b"", 0
    return int(flags[:bits].translate(_DIGITS), 2).to_bytes((bits + 7) // 8, "big"), bits


def _unpacked(place: Place) -> bytes:
    if not place.bits:
        return b""
    return f"{int.from_bytes(place.taken, 'big'):0{place.bits}b}".encode().translate(_FLAGS)

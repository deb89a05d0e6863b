"""The events a customer had lately, in plain Python: for where nothing is compiled (`rules.facts.seen`)."""

from __future__ import annotations

from xxhash import xxh3_64_intdigest

from rules.facts.takings import REMEMBERED, REMEMBERED_FOR, flat, read_flat

#: What makes no repeat any more is forgotten whenever their number is a multiple of this: to find the first key of a
#: dictionary takes the longer, the more of them were taken out.
_FORGET_EVERY = 100


class Seen:
    """The events she had lately, by an 8-byte hash of source and id.

    One that was taken less than an hour ago, and is among her last 1,000, is not taken again. Moments are milliseconds,
    of 64 bits, and none is before one that was told earlier.
    """

    __slots__ = ("_latest", "_takings")

    def __init__(self) -> None:
        #: Hash -> taken, oldest first.
        self._takings: dict[int, int] = {}
        self._latest = 0

    def __len__(self) -> int:
        """How many are remembered; some may make no repeat any more."""
        return len(self._takings)

    def again(self, source: str, id: str, now: int, /) -> bool:
        """Whether this event is a repeat at `now`; it is remembered if not."""
        takings = self._takings
        if now - self._latest >= REMEMBERED_FOR:
            takings.clear()
        key = xxh3_64_intdigest(f"{source}\x1f{id}".encode("utf-8", "surrogatepass"))
        if key in takings:
            self._forget(now)
            if key in takings:
                return True
        takings[key] = self._latest = now
        if not len(takings) % _FORGET_EVERY:
            self._forget(now)
        return False

    def flat(self, now: int, /) -> list[int]:
        """What makes repeats at `now`: [hash, taken, hash, taken - the one before, ..], oldest first."""
        self._forget(now)
        return flat(self._takings.items())

    def read(self, numbers: list[int], /) -> None:
        """Remember, and nothing else, what `flat` has told."""
        self._takings = read_flat(numbers)
        self._latest = next(reversed(self._takings.values()), 0)

    def _forget(self, now: int) -> None:
        """Forget what makes no repeat any more: what came more than an hour ago, and all but the last 1,000."""
        takings = self._takings
        beyond = len(takings) - REMEMBERED
        old: list[int] = []
        for key, taken in takings.items():
            if now - taken < REMEMBERED_FOR and len(old) >= beyond:
                break
            old.append(key)
        for key in old:
            del takings[key]

"""Dead letters that are kept, for those who look at them: which they mean, and what has become of them since."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from streams.dead_letters import DeadLetter, Reason


class Fate(StrEnum):
    """What has become of a dead letter; the value is what machines read."""

    OPEN = "open"
    SENT = "sent again"
    #: Sending it again was broken off: it may have come, or not.
    UNKNOWN = "perhaps sent again"


class KeptLetter(Struct, frozen=True):
    """A dead letter. `time`: when it became one (ms); None where nobody knows. `position`: where the message stood."""

    letter: DeadLetter
    position: str
    time: int | None = None
    fate: Fate = Fate.OPEN


class Choice(Struct, frozen=True):
    """Which letters are meant: those that all of this is true of. What is empty leaves nothing out."""

    reasons: frozenset[Reason] = frozenset()
    #: What the explanation must contain, whether in capitals or not.
    about: str = ""
    positions: frozenset[str] = frozenset()
    #: Only those that were not sent again.
    open_only: bool = False

    def fits(self, kept: KeptLetter) -> bool:
        """Whether this letter is meant."""
        return (
            (not self.reasons or kept.letter.reason in self.reasons)
            and (not self.positions or kept.position in self.positions)
            and self.about.casefold() in kept.letter.detail.casefold()
            and not (self.open_only and kept.fate is not Fate.OPEN)
        )


class Outcome(Struct):
    """What became of letters that were to be sent again."""

    sent: int = 0
    #: (position, why) of those that can't be sent, and of those that Kafka did not take.
    unfit: list[tuple[str, str]] = []
    undelivered: list[tuple[str, str]] = []


class Count(Struct):
    """Letters of one reason: how many, how many of them were (perhaps) sent again, the first and last moment (ms)."""

    letters: int = 0
    sent: int = 0
    first: int | None = None
    last: int | None = None

    def add(self, kept: KeptLetter) -> None:
        """One more."""
        self.letters += 1
        self.sent += kept.fate is not Fate.OPEN
        if kept.time is not None:
            self.first = kept.time if self.first is None else min(self.first, kept.time)
            self.last = kept.time if self.last is None else max(self.last, kept.time)


class Counts:
    """How many letters there are of each reason."""

    def __init__(self, letters: Iterable[KeptLetter] = ()) -> None:
        self._of: dict[Reason, Count] = {}
        for kept in letters:
            self.add(kept)

    def add(self, kept: KeptLetter) -> None:
        """One more."""
        self._of.setdefault(kept.letter.reason, Count()).add(kept)

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(count.letters for count in self._of.values())

    def most_first(self) -> list[tuple[Reason, Count]]:
        """The reasons, the most frequent first."""
        return sorted(self._of.items(), key=lambda item: (-item[1].letters, item[0]))

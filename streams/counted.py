"""What a run or a replay counts, of all events or of those of some customers."""

from __future__ import annotations

from msgspec import Struct, field

from streams.dead_letters import DeadLetter
from streams.stopped import Stopped
from streams.stores.base import Store
from streams.summary import Summary


class Counted(Struct):
    """All that was counted."""

    summary: Summary = field(default_factory=Summary)
    stopped: Stopped = field(default_factory=Stopped)
    #: (event type, name) of fields that are not in the vocabulary -> how often they came.
    ignored: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Reason -> its first dead letter.
    examples: dict[str, DeadLetter] = field(default_factory=dict)

    def join(self, other: Counted) -> None:
        """Add what was counted of other customers in the same log."""
        self.summary.join(other.summary)
        self.stopped.join(other.stopped)
        for name, number in other.ignored.items():
            self.ignored[name] = self.ignored.get(name, 0) + number
        for reason, letter in other.examples.items():
            known = self.examples.get(reason)
            if known is None or letter.line < known.line:
                self.examples[reason] = letter


def examples_of(store: Store) -> dict[str, DeadLetter]:
    """Reason -> its first dead letter."""
    examples: dict[str, DeadLetter] = {}
    reasons = len(store.dead_letter_counts())
    for letter in store.dead_letters():
        examples.setdefault(letter.reason.value, letter)
        if len(examples) == reasons:
            break
    return examples

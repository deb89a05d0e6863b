"""What did not become an action, and what stopped it: counted, and kept with the state of a run."""

from __future__ import annotations

from msgspec import Struct, field

from streams.judge import Note

#: (rule, line that stopped it) -> number.
Stops = dict[tuple[str, str], int]


class Stopped(Struct):
    """A listener (`streams.judge.Listener`) that counts by rule and line."""

    #: Situations that were complete and did not become a match.
    situations: Stops = field(default_factory=dict)
    #: Blocks of matches that were left out by a line of their own.
    blocks: Stops = field(default_factory=dict)

    def listen(self, note: Note) -> None:
        """Count one; what `at most` refused has decisions, and is counted by them."""
        if note.line.startswith("at most "):
            return
        counts = self.situations if note.block is None else self.blocks
        key = note.rule, note.line
        counts[key] = counts.get(key, 0) + 1

    def join(self, other: Stopped) -> None:
        """Add what was stopped of other customers in the same log."""
        for mine, more in ((self.situations, other.situations), (self.blocks, other.blocks)):
            for key, number in more.items():
                mine[key] = mine.get(key, 0) + number

    def become(self, kept: Stopped) -> None:
        """Count on from what was kept."""
        self.situations, self.blocks = dict(kept.situations), dict(kept.blocks)

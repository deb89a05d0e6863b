"""What a run did, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct, field

from models.decisions import Decision


class Summary(Struct):
    """Counts of a run, over all its parts if it went on where another left off. Moments are milliseconds."""

    #: Events taken (without dead letters).
    events: int = 0
    #: Rule -> kind -> outcome, or outcome and reason ("suppressed: not reachable") -> number.
    decisions: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    #: Reason -> number.
    dead_letters: dict[str, int] = field(default_factory=dict)
    #: What the engine counted: duplicates, old news, would have fired, ..
    counts: dict[str, int] = field(default_factory=dict)
    #: First and last arrival.
    began: int | None = None
    ended: int | None = None
    #: Customers heard of.
    customers: int = 0
    #: Still open: absences waited for, stays under way, blocks to come; by kind of timer (absence, stay, after).
    pending: dict[str, int] = field(default_factory=dict)

    def add(self, decision: Decision) -> None:
        """Count a decision."""
        outcome = decision.outcome.value
        if decision.reason is not None:
            outcome = f"{outcome}: {decision.reason}"
        kinds = self.decisions.setdefault(decision.rule, {}).setdefault(decision.kind.value, {})
        kinds[outcome] = kinds.get(outcome, 0) + 1

    def arrived(self, moment: int) -> None:
        """An event has arrived."""
        if self.began is None or moment < self.began:
            self.began = moment
        if self.ended is None or moment > self.ended:
            self.ended = moment

    def opened(self, difference: Mapping[str, int]) -> None:
        """So much more is open, or (below 0) less."""
        for kind, number in difference.items():
            left = self.pending.pop(kind, 0) + number
            if left:
                self.pending[kind] = left

    def count(self, counted: Counter[str]) -> None:
        """Add what the engine counted."""
        _add(self.counts, counted)

    def join(self, other: Summary) -> None:
        """Add what was counted of other customers in the same log."""
        self.events += other.events
        for rule, kinds in other.decisions.items():
            for kind, outcomes in kinds.items():
                mine = self.decisions.setdefault(rule, {}).setdefault(kind, {})
                _add(mine, outcomes)
        _add(self.dead_letters, other.dead_letters)
        _add(self.counts, other.counts)
        for moment in (other.began, other.ended):
            if moment is not None:
                self.arrived(moment)
        self.customers += other.customers
        self.opened(other.pending)

    def total(self, outcome: str) -> int:
        """Decisions of an outcome, over all rules and reasons."""
        return sum(
            number
            for kinds in self.decisions.values()
            for outcomes in kinds.values()
            for name, number in outcomes.items()
            if name.split(":")[0] == outcome
        )


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, number in more.items():
        counts[name] = counts.get(name, 0) + number

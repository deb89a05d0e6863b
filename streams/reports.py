"""What a replay reports of each rule: matches, what became of its actions, the course of it, and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from models.decisions import ActionKind, Outcome
from models.messages import HandOff, hand_offs
from models.moments import date_of, parse_moment
from streams.stores.base import OutboxEntry

#: Samples kept of each rule, each of another customer.
SAMPLES = 3


class _Decided(Struct, frozen=True):
    """What a report needs of a decision on the wire (`models.decisions.Decision`)."""

    rule: str
    customer: str
    each: str | None
    time: str
    kind: ActionKind
    outcome: Outcome
    reason: str | None
    event: dict[str, str]


_decode = msgspec.json.Decoder(_Decided).decode


@dataclass(slots=True)
class RuleReport:
    """What one rule did. Days are days since 1970 in the workspace's zone."""

    matches: int = 0
    customers: set[str] = field(default_factory=set)
    #: Kind of action -> outcome, or outcome and reason -> number.
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    #: Day -> matches.
    days: Counter[int] = field(default_factory=Counter)
    samples: list[HandOff] = field(default_factory=list)
    #: What a match is known by, so that its later blocks do not count it again.
    known: set[int] = field(default_factory=set)


class ReplayReport:
    """An outlet that counts decisions as they come, rule by rule."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.rules: dict[str, RuleReport] = {}

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        """Count these decisions."""
        for entry in entries:
            self._add(_decode(entry.payload))
        for hand_off in hand_offs(entry.payload for entry in entries):
            samples = self.rules[hand_off.data.rule].samples
            if len(samples) < SAMPLES and all(sample.subject != hand_off.subject for sample in samples):
                samples.append(hand_off)

    def flush(self) -> None:
        """All is counted."""

    def _add(self, decision: _Decided) -> None:
        report = self.rules.setdefault(decision.rule, RuleReport())
        match = hash((decision.customer, decision.each, *decision.event.values()))
        if match not in report.known:
            report.known.add(match)
            report.matches += 1
            report.customers.add(decision.customer)
            report.days[date_of(self._zone, parse_moment(decision.time))] += 1
        outcome = decision.outcome.value if decision.reason is None else f"{decision.outcome}: {decision.reason}"
        report.outcomes.setdefault(decision.kind.value, Counter())[outcome] += 1

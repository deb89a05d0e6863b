"""What came of a customer's situations, before channels, texts and controls have their say."""

from __future__ import annotations

from dataclasses import dataclass

from models.events import Event
from models.types import Value
from rules.typed import Rule


@dataclass(frozen=True, slots=True)
class Taken:
    """An event in the order of taking; `taken` is milliseconds, `fresh` says that it is not old news.

    Duplicates have been removed.
    """

    event: Event
    taken: int
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What is taken, or due, at `begins` (milliseconds) or later is decided by these rules, until the next set."""

    begins: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """The event at whose taking a situation was complete."""

    source: str
    id: str


@dataclass(frozen=True, slots=True)
class TimerTrigger:
    """The timer at which it was: its kind (`fade`, `line`, `absence`, `stay`, `moment`, `after`), when it was due
    (milliseconds), and the source and id of its opening event, empty where there is none."""

    kind: str
    due: int
    source: str = ""
    id: str = ""


Trigger = EventTrigger | TimerTrigger


@dataclass(frozen=True, slots=True)
class Match:
    """A situation recognised whose `only if` and `unless` let it pass.

    `bound` holds the event of each step of the situation, None for an absence. `refused_by_cap` is the line of
    `at most` that was full. `again`: the same event brought it before, and nothing more comes of it.
    """

    rule_id: str
    each: Value
    at: int
    trigger: Trigger
    bound: tuple[Event | None, ...]
    refused_by_cap: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class BlockDue:
    """The turn of a block of a match (numbered from 0). Its actions are candidates if its own conditions `held`.

    `without_offers`: its offers end, as it is quiet for them. `released`: it is only what was held of the block, and
    all conditions were judged again.
    """

    match: Match
    block: int
    at: int
    held: bool = True
    without_offers: bool = False
    released: bool = False


@dataclass(frozen=True, slots=True)
class BlockHeld:
    """The messages of a block wait until quiet hours end. Its tasks, if it has any, have their turn (`BlockDue`)."""

    match: Match
    block: int
    at: int
    until: int


@dataclass(frozen=True, slots=True)
class BlockSuperseded:
    """A block that was still to come, ended by `stop when` or because its rule is no longer the same."""

    match: Match
    block: int
    at: int


@dataclass(frozen=True, slots=True)
class WouldHaveFired:
    """Old news that fits a rule's event. Listed only; nothing else of the rule is judged."""

    rule_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class Refused:
    """A complete situation that is no match: stopped by this line of `only if` or `unless`, by `runs` or `paused`."""

    rule_id: str
    at: int
    trigger: Trigger
    line: str
    each: Value = None


Happening = Match | BlockDue | BlockHeld | BlockSuperseded | WouldHaveFired | Refused

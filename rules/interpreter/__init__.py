"""The plain reading of the typed tree: for one customer, from the list of her taken events.

It keeps no record, no windows and no index: every fact is found anew, at every question, by looking at every event.
The engine is held equal to it. What both share are the types, calendars, zones and geometry of `models`.

It is exact without bound: what the engine keeps within limits (the newest 1,000 events of a fact, 1,000 values of
`each` or `distinct`) it does not limit.
"""

from __future__ import annotations

from rules.interpreter.consent import consent
from rules.interpreter.evaluate import Evaluate
from rules.interpreter.happenings import (
    BlockDue,
    BlockHeld,
    BlockSuperseded,
    EventTrigger,
    Happening,
    Match,
    Refused,
    RuleSet,
    Taken,
    TimerTrigger,
    Trigger,
    WouldHaveFired,
)
from rules.interpreter.walk import interpret

__all__ = [
    "BlockDue",
    "BlockHeld",
    "BlockSuperseded",
    "Evaluate",
    "EventTrigger",
    "Happening",
    "Match",
    "Refused",
    "RuleSet",
    "Taken",
    "TimerTrigger",
    "Trigger",
    "WouldHaveFired",
    "consent",
    "interpret",
]

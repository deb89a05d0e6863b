"""What a `when` can be, watched over one customer's events: event, crossing, place, sequence, moment."""

from __future__ import annotations

from rules.interpreter.situations.base import Complete, Taking, Timer, Watch
from rules.interpreter.situations.crossing import Crossing
from rules.interpreter.situations.event import Happening
from rules.interpreter.situations.moment import Calendar
from rules.interpreter.situations.place import Visit
from rules.interpreter.situations.sequence import Steps
from rules.typed import Crosses, Happens, Moment, Rule, Sequence, Visits

__all__ = ["Complete", "Taking", "Timer", "Watch", "watch"]


def watch(rule: Rule) -> Watch:
    """A fresh watch for the situation of a rule."""
    match rule.situation:
        case Happens():
            return Happening(rule, rule.situation)
        case Crosses():
            return Crossing(rule, rule.situation)
        case Visits():
            return Visit(rule, rule.situation)
        case Sequence():
            return Steps(rule, rule.situation)
        case Moment():
            return Calendar(rule, rule.situation)

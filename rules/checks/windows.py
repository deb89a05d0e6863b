"""Windows that look back further than events are kept."""

from __future__ import annotations

from collections.abc import Iterator

from models.formatting import format_said
from models.speech import say
from models.types import DURATION
from models.vocabulary import DAY
from rules.checks.written import own_aggregates, phrases, quoted
from rules.problems import Problem
from rules.typed import CalendarUnit, CalendarWindow, Sliding, Window
from rules.workspace.workspace import Workspace

_LONGEST = {
    CalendarUnit.DAY: 1,
    CalendarUnit.WEEK: 7,
    CalendarUnit.MONTH: 31,
    CalendarUnit.BILLING_CYCLE: 31,
}


def check_windows(workspace: Workspace) -> Iterator[Problem]:
    """Aggregates over more than `history`: a replay begins without what they should have seen."""
    vocabulary = workspace.vocabulary
    kept = vocabulary.history
    said = format_said(kept, DURATION, vocabulary.currency, vocabulary.data_unit)
    for place, meaning in phrases(workspace):
        longest = max((_reach(node.window) for node in own_aggregates(meaning)), default=0)
        if longest > kept:
            days = -(-longest // DAY)
            what = say(
                "{phrase} looks back {days} days, but events are kept for {said}: a replay, and the "
                "question why, begin without the earlier ones.",
                phrase=quoted(place.text),
                days=days,
                said=said,
            )
            hint = say("Write history: {days} days in vocabulary.yaml, or choose a shorter window.", days=days)
            yield place.problem("W508", what, hint)


def _reach(window: Window) -> int:
    """How far back a window may begin, in milliseconds. `ever` asks for nothing: it says since when it has counted."""
    match window:
        case Sliding(length=length, ending=ending):
            return length + ending
        case CalendarWindow(unit=unit, back=back):
            return (back + 1) * _LONGEST[unit] * DAY
        case _:
            return 0

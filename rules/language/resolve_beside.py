"""From what stands beside a `when` (caps, delays, shares, channels) to its typed form."""

from __future__ import annotations

from typing import Final

from models.speech import say
from models.types import NUMBER_GRID
from rules import typed
from rules.language import tree
from rules.language.language_of import form
from rules.language.resolve_literals import resolve_duration
from rules.language.resolve_patterns import resolve_patterns
from rules.language.scope import Scope
from rules.problems import Problem, suggestion
from rules.typed import After, CalendarWindow, Cap, Control, Sliding

#: Words of `control: 10% of ..` -> the kind of decision.
_KINDS: Final = {
    "guidance": "guidance",
    "offer": "offer",
    "offers": "offer",
    "grant": "grant",
    "grants": "grant",
    "task": "task",
    "tasks": "task",
}
_BOTH_WAYS: Final = {
    "day": ("{0} per day", "{0} per 24 hours", "每天{0}次", "每24小时{0}次"),
    "week": ("{0} per week", "{0} per 7 days", "每周{0}次", "每7天{0}次"),
}


def cap_of(node: tree.Cap, scope: Scope, problems: list[Problem]) -> Cap | None:
    """`at most`: a number with a unit rolls, a bare word is the customer's calendar."""
    text = node.at.text
    if node.number < 1:
        hint = say("Write 1 or more; a rule that shall rest says paused: yes.")
        problems.append(node.at.problem("E209", say("{text} lets nothing through.", text=text), hint))
        return None
    if node.per is None:
        return Cap(node.number, typed.Ever(), text)
    if not isinstance(node.per, tree.Quantity):
        return Cap(node.number, CalendarWindow(node.per), text)
    if node.per.value == 1 and node.per.unit in _BOTH_WAYS:
        ways = [way.format(node.number) for way in _BOTH_WAYS[node.per.unit]]
        calendar, rolling = form(node.at, ways[0], ways[2]), form(node.at, ways[1], ways[3])
        hint = say(
            "Write {calendar} for the calendar, or {rolling} for any such time.", calendar=calendar, rolling=rolling
        )
        problems.append(node.per.at.problem("E410", say("{text} can be read in two ways.", text=text), hint))
        return None
    span = resolve_duration(node.per, scope.vocabulary, problems)
    return None if span is None else Cap(node.number, Sliding(span), text)


def after_of(node: tree.After, scope: Scope, problems: list[Problem]) -> After | None:
    """`after`: a length of time, unless one of the events happens in it."""
    delay = resolve_duration(node.delay, scope.vocabulary, problems)
    without = () if node.without is None else resolve_patterns(node.without, scope, problems)
    return None if delay is None or without is None else After(delay, without, node.at.text)


def control_of(node: tree.Share, problems: list[Problem]) -> Control | None:
    """`control`: a share in points of the number grid, and the kinds of decisions it is of (offers by default)."""
    kinds = []
    for name in node.kinds:
        kind = _KINDS.get(name.text)
        if kind is None:
            known = form(name.at, say("guidance, offers, grants or tasks"), say("提醒, 优惠, 特批 or 任务"))
            hint = suggestion(name.text, _KINDS) or say("Write {known}.", known=known)
            problems.append(name.at.problem("E415", say('"{name}" is not a kind of action.', name=name.at.text), hint))
            return None
        kinds.append(kind)
    share = node.percent / 100 * NUMBER_GRID
    if not 0 <= share <= NUMBER_GRID or share != share.to_integral_value():
        said = say("{percent:f}% is no share.", percent=node.percent)
        problems.append(
            node.at.problem("E209", said, say("Write a percentage from 0% to 100%, with four decimals at most."))
        )
        return None
    return Control(int(share), tuple(kinds)) if kinds else Control(int(share))

"""What the parts of a phrase may be: values, conditions, or events, each in its place.

A name can be an event, a place or a value until names have a meaning; here it is seen to that conditions hold no
visits and no `where`, values no conditions, and alternatives of events nothing but events.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.speech import say
from rules.language import tree
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.tree import Group, Name, Node, Patterns, Quantity, Value, Visit
from rules.problems import Problem


class Refused(Exception):
    """A phrase whose parts do not fit together."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Where:
    """`A or B where C`, before it is known to stand where events may."""

    of: Raw
    condition: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Subject:
    """What a step is about: its events and its name."""

    patterns: Patterns
    name: Name | None
    at: Span


@dataclass(frozen=True, slots=True)
class Timing:
    """`within D [after NAME]` or `for D [after NAME]`."""

    word: str
    duration: Quantity
    after: Name | None
    at: Span


Raw = Node | Visit | Where

_COMPARISONS = tree.Compare | tree.Between | tree.OneOf | tree.Contains | tree.StartsWith | tree.Known


def as_value(raw: Raw) -> Value:
    """The node, if it is a value; a condition, visit or `where` in its place is refused."""
    if isinstance(raw, Visit | Where):
        raise Refused(_happening(raw))
    if isinstance(raw, _COMPARISONS | tree.Not | tree.And | tree.Or):
        hint = say("Give the condition a name under facts, as an audience, or compare values only.")
        raise Refused(
            raw.at.problem("E203", say('"{text}" is a condition, where a value is expected.', text=raw.at.text), hint)
        )
    return raw


def as_condition(raw: Raw) -> Node:
    """The node, if it can be a condition."""
    if isinstance(raw, Visit | Where):
        raise Refused(_happening(raw))
    if isinstance(raw, tree.And | tree.Or):
        for part in raw.of:
            as_condition(part)
    elif isinstance(raw, tree.Not):
        as_condition(raw.of)
    return raw


def _happening(raw: Visit | Where) -> Problem:
    if isinstance(raw, Where):
        if isinstance(raw.of, tree.SinceLast):
            inner, condition = raw.of.patterns.at.text, raw.condition.at.text
            since = form(raw.at, "time since last", "距上次..的时长")
            written = form(
                raw.at, f"time since last ({inner} where {condition})", f"距上次（{inner}，其中{condition}）的时长"
            )
            said = say("The event of `{since}` needs brackets when it has a where.", since=since)
            return raw.at.problem("E307", said, say("Write {written}.", written=written))
        where, joined = form(raw.at, "where", "其中"), form(raw.at, "and", "且")
        said = say('"{where}" follows an event; "{text}" stands as a condition here.', where=where, text=raw.of.at.text)
        return raw.at.problem("E406", said, say("Join conditions with {joined}.", joined=joined))
    hint = say(
        "Put it under when; a condition may use {written}.", written=form(raw.at, "distance to PLACE", "距PLACE的距离")
    )
    return raw.at.problem("E402", say('"{text}" is something that happens, not a condition.', text=raw.at.text), hint)


def as_patterns(raw: Raw) -> Patterns:
    """Alternatives of events, each with its `where`."""
    if isinstance(raw, Where):
        events = as_patterns(raw.of)
        if any(group.where is not None for group in events.groups):
            written = form(raw.at, "(A where ..) or (B where ..)", "（A，其中..）或（B，其中..）")
            hint = say("Give each event its own: {written}.", written=written)
            raise Refused(raw.at.problem("E406", say("A where follows events that have one already."), hint))
        (group,) = events.groups
        _refuse_visits(group, raw)
        return Patterns((Group(group.events, raw.condition, at=raw.at),), at=raw.at)
    if isinstance(raw, tree.Or):
        groups = [group for part in raw.of for group in as_patterns(part).groups]
        return tree.patterns_of(*groups, at=raw.at)
    if isinstance(raw, Name | Visit):
        return Patterns((Group((raw,), at=raw.at),), at=raw.at)
    raise Refused(_not_an_event(raw))


def _refuse_visits(group: Group, raw: Where) -> None:
    visit = next((event for event in group.events if isinstance(event, Visit)), None)
    if visit is not None:
        written = form(raw.at, "(A where ..) or enters P", "（A，其中..）或进入P")
        hint = say("Put the condition under only if, or give the events brackets: {written}.", written=written)
        raise Refused(raw.at.problem("E406", say('"{visit}" takes no where.', visit=visit.at.text), hint))


def _not_an_event(raw: Node) -> Problem:
    text = raw.at.text
    if isinstance(raw, tree.And):
        where = form(raw.at, "where", "其中")
        hint = say(
            "Two events do not happen at once: write a list of steps, or join conditions behind {where}.", where=where
        )
        return raw.at.problem(
            "E401", say('"{text}" joins events by {written}.', text=text, written=form(raw.at, "and", "且")), hint
        )
    if isinstance(raw, tree.Not):
        step = form(raw.at, "without EVENT for 2 hours", "2小时内没有EVENT")
        return raw.at.problem(
            "E401",
            say('"{text}" is not an event.', text=text),
            say("What does not happen is a step of a sequence: {step}.", step=step),
        )
    if isinstance(raw, _COMPARISONS):
        written = form(raw.at, say("X reaches Y or EVENT where .."), say("X达到Y or EVENT，其中.."))
        hint = say("Say what happens, such as {written}; conditions go under only if.", written=written)
        return raw.at.problem("E401", say('"{text}" is a condition; an event is expected.', text=text), hint)
    if isinstance(raw, tree.Dotted):
        hint = say(
            "Say what happens, such as {written}.", written=form(raw.at, f"{text} becomes VALUE", f"{text}变为VALUE")
        )
        return raw.at.problem("E401", say('"{text}" is a value; an event is expected.', text=text), hint)
    written = form(
        raw.at, say("X reaches Y, EVENT where .. or enters PLACE"), say("X达到Y, EVENT，其中.. or 进入PLACE")
    )
    return raw.at.problem(
        "E401",
        say('"{text}" is a value; an event is expected.', text=text),
        say("Say what happens, such as {written}.", written=written),
    )


def whole(number: tree.Number | Quantity, what: str) -> int:
    """The number, if it is a whole one; `what` names it in the refusal."""
    if number.value != number.value.to_integral_value():
        raise Refused(
            number.at.problem(
                "E305",
                say("{what} is a whole number; found {number}.", what=what, number=number.at.text),
                say("Write 1, 2, .."),
            )
        )
    return int(number.value)

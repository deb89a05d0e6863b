"""What printing in every language has in common: brackets where they are needed, literals, names.

A language says how each kind of node is put into words, and how closely its parts hold together.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from enum import IntEnum

from rules.language import tree
from rules.language.tree import Group, Node, Patterns, Phrase, Value, Visit, Window


class Level(IntEnum):
    """How closely the parts of a phrase hold together; a part that holds less closely than asked for gets brackets."""

    WHERE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    #: A value as a whole: `round`, `lower of` and all arithmetic.
    VALUE = 5
    SUM = 6
    PRODUCT = 7
    FACTOR = 8
    PRIMARY = 9


class Printer(ABC):
    """Prints in one language; `names` leads from the vocabulary's own names to those of the language."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def phrase(self, node: Phrase | Window) -> str:
        """A phrase of any kind."""
        match node:
            case Patterns():
                return self._patterns(node)
            case tree.Reaches() | tree.FallsBelow() | tree.Becomes():
                return self._line(node)
            case tree.EveryDay() | tree.EveryWeek() | tree.EveryCycle() | tree.EveryYear() | tree.Around():
                return self._moment(node)
            case tree.Step():
                return self._step(node)
            case tree.LastLength() | tree.CalendarSpan() | tree.Ever():
                return self._window(node)
            case tree.Cap() | tree.After() | tree.Share() | tree.Channels() | tree.Success():
                return self._beside(node)
            case _:
                return self._node(node, Level.OR)

    # ------------------------------------------------ values and conditions

    def _value(self, node: Value) -> str:
        return self._node(node, Level.VALUE)

    def _node(self, node: Node, level: Level) -> str:
        """A value or condition where at least `level` is asked for."""
        text, own = self._text(node)
        return self._in_brackets(text) if own < level else text

    def _text(self, node: Node) -> tuple[str, Level]:
        match node:
            case tree.Or() | tree.And() | tree.Not():
                return self._joined(node)
            case tree.Compare() | tree.Between() | tree.OneOf() | tree.Contains() | tree.StartsWith() | tree.Known():
                return self._comparison(node), Level.COMPARISON
            case tree.Binary() | tree.PercentOf():
                return self._arithmetic(node)
            case tree.Call():
                return self._call(node)
            case tree.SinceLast() | tree.Aggregate():
                return self._aggregate(node), Level.PRIMARY
            case _:
                return self._leaf(node), Level.PRIMARY

    def _leaf(self, node: Value) -> str:
        match node:
            case tree.Number(value):
                return f"{value:f}"
            case tree.Percent(value):
                return f"{value:f}%"
            case tree.Quantity():
                return self._quantity(node)
            case tree.Quoted(text):
                return self._quoted(text)
            case tree.Date(day):
                return day.isoformat()
            case tree.Clock(minutes):
                return clock(minutes)
            case tree.DateTime(day, minutes):
                return f"{day.isoformat()} {clock(minutes)}"
            case tree.DayName(weekday):
                return self._day(weekday)
            case tree.Name():
                return self._name(node)
            case tree.Dotted(owner, name):
                return f"{self._name(owner)}.{self._name(name)}"
            case _:
                raise TypeError(f"{type(node).__name__} is not a value")

    def _name(self, name: tree.Name) -> str:
        return self._names.get(name.text, name.text)

    # ------------------------------------------------------------- events

    def _events(self, group: Group) -> str:
        return self._either(
            self._visit(event) if isinstance(event, Visit) else self._name(event) for event in group.events
        )

    def _group(self, group: Group) -> str:
        return self._events(group) + self._where(group)

    def _patterns(self, node: Patterns) -> str:
        if len(node.groups) == 1:
            return self._group(node.groups[0])
        return self._either(
            self._group(group) if group.where is None else self._in_brackets(self._group(group))
            for group in node.groups
        )

    # ------------------------------------------------- said by each language

    @abstractmethod
    def _in_brackets(self, text: str) -> str: ...
    @abstractmethod
    def _either(self, parts: Iterable[str]) -> str: ...
    @abstractmethod
    def _where(self, group: Group) -> str: ...
    @abstractmethod
    def _visit(self, visit: Visit) -> str: ...
    @abstractmethod
    def _joined(self, node: tree.Or | tree.And | tree.Not) -> tuple[str, Level]: ...
    @abstractmethod
    def _comparison(self, node: tree.Comparison) -> str: ...
    @abstractmethod
    def _arithmetic(self, node: tree.Binary | tree.PercentOf) -> tuple[str, Level]: ...
    @abstractmethod
    def _call(self, node: tree.Call) -> tuple[str, Level]: ...
    @abstractmethod
    def _aggregate(self, node: tree.Aggregate | tree.SinceLast) -> str: ...
    @abstractmethod
    def _quantity(self, node: tree.Quantity) -> str: ...
    @abstractmethod
    def _quoted(self, text: str) -> str: ...
    @abstractmethod
    def _day(self, weekday: int) -> str: ...
    @abstractmethod
    def _line(self, node: tree.Reaches | tree.FallsBelow | tree.Becomes) -> str: ...
    @abstractmethod
    def _moment(self, node: tree.Moment) -> str: ...
    @abstractmethod
    def _step(self, node: tree.Step) -> str: ...
    @abstractmethod
    def _window(self, node: Window) -> str: ...
    @abstractmethod
    def _beside(self, node: tree.Cap | tree.After | tree.Share | tree.Channels | tree.Success) -> str: ...


def clock(minutes: int) -> str:
    """A time of day: `09:05`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"

"""A function that is being written: the names its text knows, and tests of the event as expressions of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from rules.compile.expressions import Compiler
from rules.compile.source import NoSource, SourceWriter
from rules.compile.view import view_of
from rules.typed import Condition


class FunctionText:
    """What the text of one function may speak of; each of its fields is read once, at the beginning."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler
        self._source = SourceWriter(hoist=True)
        self._numbers = count()
        #: Name -> what it stands for when the text is run.
        self.names: dict[str, Any] = self._source.names

    @property
    def fields(self) -> dict[str, str]:
        """Field of the event -> its name, of all that were asked for."""
        return self._source.fields

    def field(self, name: str) -> str:
        """The name of a field of the event."""
        return self._source.field(name)

    def name(self, word: str, value: Any) -> str:
        """A new name, which begins with this word, for a value."""
        name = self.new(word)
        self.names[name] = value
        return name

    def new(self, word: str) -> str:
        """A new name, for what the text itself gives a value."""
        return f"{word}_{next(self._numbers)}"

    def test(self, where: Condition) -> str:
        """The expression that says whether the event fits a condition."""
        try:
            return self._source.true(where)
        except NoSource:
            self.names["view_of"] = view_of
            return f"{self.name('check', self.compiler.check(where))}(view_of(record, event, now)) is True"


def indent(lines: Iterable[str]) -> list[str]:
    """The lines of a block."""
    return [f"    {line}" for line in lines]

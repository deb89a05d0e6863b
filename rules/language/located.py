"""A text and where it stands, so that a mistake inside it can be shown in its file."""

from __future__ import annotations

from msgspec import Struct

from rules.problems import Problem, Severity


class Located(Struct, frozen=True, gc=False):
    """A text of one line, as it stands in a file. Lines and columns count from 1, columns in characters."""

    text: str
    file: str
    line: int
    column: int

    def span(self, start: int, end: int) -> Span:
        """The characters from `start` up to `end` (offsets into the text)."""
        return Span(self, start, end)

    def problem(self, code: str, message: str, hint: str | None = None, span: tuple[int, int] | None = None) -> Problem:
        """An error in this text: in all of it, or in the characters of `span`."""
        start, end = span if span is not None else (0, len(self.text))
        column, length = self.column + start, max(1, end - start)
        return Problem(self.file, self.line, column, code, Severity.ERROR, message, hint, length)


class Span(Struct, frozen=True, gc=False):
    """Some characters of a text."""

    source: Located
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def problem(self, code: str, message: str, hint: str | None = None) -> Problem:
        """An error in these characters."""
        return self.source.problem(code, message, hint, (self.start, self.end))


#: The place of what was not read from a file.
NOWHERE = Located("", "", 1, 1).span(0, 0)

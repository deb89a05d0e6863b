"""The terminal: where results go, where everything else goes, and how a command ends."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import NoReturn

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from models.visible import visible

#: Characters in a line where there is no terminal: nothing is wrapped for the programs that read it.
_UNWRAPPED = 10_000
#: The widest table that is easy to read.
WIDEST = 120


class Exit(IntEnum):
    """How a command ends."""

    FINE = 0
    #: What was looked at has problems, or a test failed.
    PROBLEMS = 1
    #: The command cannot be done as it was given: a file is missing, a value is no value of its option.
    WRONG_USE = 2
    #: Ended by Ctrl-C.
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Terminal:
    """`out` is for results, `err` for progress and for what went wrong. Colours only where it is a terminal."""

    out: Console
    err: Console

    @property
    def live(self) -> Console | None:
        """The console for progress, if anybody looks."""
        if self.out.is_terminal and self.err.is_terminal:
            return self.out  # one console for both, so that a line printed does not tear the progress
        return self.err if self.err.is_terminal else None


def terminal() -> Terminal:
    """The terminal of this process. Signs that its encoding does not have are shown as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return Terminal(_console(stderr=False), _console(stderr=True))


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, emoji=False, markup=False, soft_wrap=False)
    if not console.is_terminal:
        return Console(stderr=stderr, highlight=False, emoji=False, markup=False, width=_UNWRAPPED)
    return console


def show(console: Console, what: RenderableType) -> None:
    """Print a table or the like; where there is no terminal, without the blanks that fill its lines."""
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    console.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def wrong_use(message: str) -> NoReturn:
    """End: the command cannot be done as it was given. The message says what was found and what to do."""
    tell(message)
    raise typer.Exit(Exit.WRONG_USE)


def tell(message: str) -> None:
    """Say what went wrong."""
    text = Text("beforehand: ", style="bold red")
    text.append(visible_lines(message), style="default")
    terminal().err.print(text, soft_wrap=True)


def visible_lines(text: str) -> str:
    """A text of several lines, each made safe to show."""
    return "\n".join(visible(line) for line in text.split("\n"))


def write_line(line: bytes) -> None:
    """A line for a program to read, as it is."""
    sys.stdout.buffer.write(line + b"\n")

"""Progress of long work: how far, how fast, how long yet. Only where somebody looks at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from beforehand.cli.terminal import Terminal
from models.speech import say

T = TypeVar("T")

#: Times a second that what is shown is brought up to date.
REFRESH = 8
_MEGABYTE = 1_000_000


class _Speed(ProgressColumn):
    """`12,345 events/s`, or `48 MB/s`."""

    def render(self, task: Task) -> Text:
        speed, unit = task.finished_speed or task.speed, task.fields["unit"]
        if speed is None:
            return Text("")
        said = f"{speed / _MEGABYTE:,.0f} MB/s" if unit == "bytes" else f"{speed:,.0f} {say(unit)}/s"
        return Text(said, style="cyan")


@contextmanager
def busy(to: Terminal, said: str) -> Iterator[None]:
    """Something that turns while one piece of work is done whose steps nobody can count."""
    if to.live is None:
        yield
        return
    with to.live.status(said):
        yield


def stepwise(items: Sequence[T], to: Terminal, *, quiet: bool = False) -> Iterator[T]:
    """The items, with a bar that moves as they are done."""
    if to.live is None or quiet:
        yield from items
        return
    columns = (BarColumn(40), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=to.live, transient=True, refresh_per_second=REFRESH) as bar:
        yield from bar.track(items)


@contextmanager
def watched(to: Terminal, label: str, unit: str, *, quiet: bool = False) -> Iterator[Watched]:
    """A bar for work that tells how much of it is done."""
    if to.live is None or quiet:
        yield Watched(None, label, unit)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(30),
        TextColumn("{task.percentage:>3.0f}%"),
        _Speed(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=to.live, transient=True, refresh_per_second=REFRESH) as bar:
        yield Watched(bar, label, unit)


class Watched:
    """A bar that is told how far the work has come; it does nothing where there is no terminal."""

    def __init__(self, bar: Progress | None, label: str, unit: str) -> None:
        self._bar = bar
        self._unit = unit
        self._task = None if bar is None else bar.add_task(label, total=None, unit=unit)

    def told(self, done: int, total: int | None, label: str | None = None, unit: str | None = None) -> None:
        """So much is done, of so much in all (None: nobody knows). Another unit is another step of the work."""
        if self._bar is None or self._task is None:
            return
        if unit is not None and unit != self._unit:
            self._unit = unit
            self._bar.reset(self._task, unit=unit)
        self._bar.update(self._task, completed=done, total=total, description=label)

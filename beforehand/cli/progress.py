"""Progress of long work: how far, how fast, how long yet. Only where somebody looks at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from beforehand.cli.terminal import Terminal

T = TypeVar("T")

#: Times a second that what is shown is brought up to date.
REFRESH = 8


class Speed(ProgressColumn):
    """`12,345 events/s`."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def render(self, task: Task) -> Text:
        """The speed over the last moments."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} {self._what}/s", style="cyan")


def stepwise(items: Sequence[T], to: Terminal, what: str, *, quiet: bool = False) -> Iterator[T]:
    """The items, with a bar that moves as they are done."""
    if to.live is None or quiet:
        yield from items
        return
    columns = (BarColumn(40), MofNCompleteColumn(), Speed(what), TimeRemainingColumn())
    with Progress(*columns, console=to.live, transient=True, refresh_per_second=REFRESH) as bar:
        yield from bar.track(items)


@contextmanager
def watched(to: Terminal, label: str, what: str) -> Iterator[Watched]:
    """A bar for work that tells how much of it is done."""
    if to.live is None:
        yield Watched(None, label)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(30),
        TextColumn("{task.percentage:>3.0f}%"),
        Speed(what),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=to.live, transient=True, refresh_per_second=REFRESH) as bar:
        yield Watched(bar, label)


class Watched:
    """A bar that is told how far the work has come; nothing where there is no terminal."""

    def __init__(self, bar: Progress | None, label: str) -> None:
        self._bar = bar
        self._task = None if bar is None else bar.add_task(label, total=None)

    def told(self, done: int, total: int | None, label: str | None = None) -> None:
        """So much is done, of so much in all (None: nobody knows)."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, description=label)

    def begin(self, label: str) -> None:
        """Another step of the work begins."""
        if self._bar is not None and self._task is not None:
            self._bar.reset(self._task, description=label, total=None)


def tracked(items: Iterable[T], watch: Watched, total: int) -> Iterator[T]:
    """The items, told to a bar as they go by."""
    for number, item in enumerate(items, 1):
        yield item
        watch.told(number, total)

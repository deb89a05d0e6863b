"""What `run` and `replay` share: what is refused before they begin, progress while they go, and how they end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from beforehand.cli.terminal import Exit, Terminal, tell, terminal, visible_lines, write_line, wrong_use
from beforehand.survivors import survivors_kept
from models.speech import say, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beforehand.cli.progress import Watched
    from beforehand.wiring import Going, Running, Settings
    from rules.workspace.workspace import Workspace
    from streams.counted import Counted
    from streams.relay import Outlet
    from streams.rule_sets import Coming
    from streams.sources.base import Progress
    from streams.stopped import Stopped
    from streams.stores.base import OutboxEntry


def refuse_what_is_not_built(workspace: Workspace, folder: Path, *, without_policy: bool) -> None:
    """A policy that would be left out without a word breaks a promise, so that it must be asked for."""
    missing = workspace.needs_policy_not_built()
    if not missing or without_policy:
        return
    for problem in missing:
        terminal().err.print(visible_lines(str(problem)), soft_wrap=True)
    wrong_use(
        say(
            "{folder} asks for what is not built yet (above). Take it out, or leave it aside with "
            "--without-policy, which marks every decision.",
            folder=folder,
        )
    )


def check_events(events: str, out: Path | None = None) -> None:
    """Wrong use, if there is no such file of events, or if `out` would overwrite it."""
    from beforehand.wiring import STANDARD_INPUT

    if events == STANDARD_INPUT:
        return
    path = Path(events)
    if not path.exists():
        wrong_use(
            say(
                "{events}: there is no such file. Name a file of JSON lines (or .gz), or - for standard input.",
                events=events,
            )
        )
    if path.is_dir():
        wrong_use(say("{events} is a folder; name the file with the events.", events=events))
    if out is not None and out.exists() and out.samefile(path):
        wrong_use(say("{out} holds the events; name another file for the decisions.", out=out))


class JsonLines:
    """An outlet that is standard output: each decision a line of JSON."""

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        """Write these decisions."""
        for entry in entries:
            write_line(entry.payload)

    def flush(self) -> None:
        """Let whoever reads have them now."""
        import sys

        sys.stdout.buffer.flush()


@dataclass(frozen=True, slots=True)
class Done:
    """A run that has ended. `interrupted`: by Ctrl-C; `before`: events that earlier runs of the same state took."""

    counted: Counted
    interrupted: bool
    before: int
    #: The rule set that was to follow and has decided nothing yet.
    coming: Coming | None = None


def nothing_beside(_run: Running, _listener: Stopped | None) -> AbstractContextManager[object]:
    """Nothing else goes on while it runs."""
    return nullcontext()


def carry_out(
    to: Terminal,
    workspace: Workspace,
    settings: Settings,
    outlets: Mapping[str, Outlet],
    *,
    quiet: bool,
    counts_stops: bool = True,
    beside: Callable[[Running, Stopped | None], AbstractContextManager[object]] = nothing_beside,
) -> Done:
    """Run to the end of the events or to Ctrl-C, with progress; what cannot be read or written is wrong use.

    `counts_stops`: count which lines stopped situations. The engine then looks at every rule, also at those that a
    customer's attributes rule out. `beside` is entered while it runs; it gets the run and what listens to its engine.
    """
    from beforehand.wiring import running
    from streams.stopped import Stopped

    listener = Stopped() if counts_stops else None
    shown = _Shown(to, workspace, quiet=quiet)
    with _wrong_use(), _ends_on_request():
        one = running(workspace, _for_trials(settings), outlets, stopped=listener, watch=shown.watch, advise=tell)
        arm_failpoint()
        done = _go(one, shown, beside(one, listener))
        return replace(done, coming=one.run.partition.coming)


def replay_all(
    to: Terminal,
    workspace: Workspace,
    settings: Settings,
    outlets: Mapping[str, Outlet],
    processes: int,
    *,
    quiet: bool,
) -> Done:
    """Replay to the end of the events or to Ctrl-C, by so many processes, otherwise as `carry_out`."""
    from beforehand.wiring import replaying
    from streams.stopped import Stopped

    if processes == 1:
        return carry_out(to, workspace, settings, outlets, quiet=quiet)
    shown = _Shown(to, workspace, quiet=quiet)
    with _wrong_use(), _ends_on_request():
        one = replaying(workspace, _for_trials(settings), outlets, processes, stopped=Stopped(), watch=shown.watch)
        return _go(one, shown, nullcontext())


def _go(one: Going, shown: _Shown, beside: AbstractContextManager[object]) -> Done:
    """Let it run to its end or to Ctrl-C."""
    interrupted, before = False, one.summary.events
    try:
        with survivors_kept(_LOOKED_THROUGH_AFTER), one.begun(), shown.of(one), beside:
            one.go()
    except KeyboardInterrupt:
        interrupted = True
    except BaseException:
        one.close()
        raise
    return Done(one.close(), interrupted, before)


class _Shown:
    """How far a run has come, as a terminal shows it."""

    def __init__(self, to: Terminal, workspace: Workspace, *, quiet: bool) -> None:
        from models.moments import zone

        self._to = to
        self._quiet = quiet
        self._where = zone(workspace.vocabulary.time_zone)
        self._one: Going | None = None
        self._bar: Watched | None = None

    @contextmanager
    def of(self, one: Going) -> Iterator[None]:
        """Show it while it goes."""
        from beforehand.cli.progress import watched

        with watched(self._to, say("Reading"), sentence("events"), quiet=self._quiet) as bar:
            self._one, self._bar = one, bar
            yield

    def watch(self, progress: Progress) -> None:
        """It has come so far."""
        from streams.testing.local_times import local_text

        if self._one is None or self._bar is None:
            return
        if progress.step == "surveying":
            self._bar.told(progress.done, progress.total, say("Reading"), "bytes")
            return
        clock = self._one.summary.ended
        label = say("Running") if clock is None else local_text(self._where, clock - clock % 60_000)
        self._bar.told(progress.done, progress.total, label, "events")


@contextmanager
def _wrong_use() -> Iterator[None]:
    """What cannot be read or written is wrong use."""
    from streams.channels.base import ChannelError
    from streams.shared_replay import ReplayKilled
    from streams.sources.base import SourceError
    from streams.stores.base import StoreError

    try:
        yield
    except (SourceError, StoreError, ChannelError, ReplayKilled) as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))


#: Objects made before the garbage collector looks through them.
_LOOKED_THROUGH_AFTER = 50_000


def _for_trials(settings: Settings) -> Settings:
    """With the batches that BEFOREHAND_BATCH asks for: a trial wants many of few arrivals."""
    asked = os.environ.get("BEFOREHAND_BATCH", "")
    return replace(settings, batch=int(asked)) if asked.isdecimal() and int(asked) > 0 else settings


def arm_failpoint() -> None:
    """Die at a point of `streams.testing.failpoints`, if BEFOREHAND_FAILPOINT names one: for trials."""
    named = os.environ.get("BEFOREHAND_FAILPOINT")
    if not named:
        return
    from streams.testing.failpoints import arm, parse

    try:
        arm(*parse(named))
    except ValueError as wrong:
        wrong_use(say("BEFOREHAND_FAILPOINT: {wrong}.", wrong=wrong))


@contextmanager
def _ends_on_request() -> Iterator[None]:
    """A request to terminate ends a run as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def end(done: Done) -> None:
    """Leave with the exit code of a run that was interrupted, if it was."""
    if done.interrupted:
        raise typer.Exit(Exit.INTERRUPTED)

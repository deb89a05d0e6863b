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

    from beforehand.wiring import Running, Settings
    from rules.workspace.workspace import Workspace
    from streams.relay import Outlet
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

    running: Running
    stopped: Stopped
    interrupted: bool
    before: int


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
    from beforehand.cli.progress import watched
    from beforehand.wiring import running
    from models.moments import zone
    from streams.channels.base import ChannelError
    from streams.sources.base import SourceError
    from streams.stopped import Stopped
    from streams.stores.base import StoreError
    from streams.testing.local_times import local_text

    stopped = Stopped()
    where = zone(workspace.vocabulary.time_zone)
    interrupted = False
    try:
        with _ends_on_request(), watched(to, say("Reading"), sentence("events"), quiet=quiet) as bar:

            def watch(progress: Progress) -> None:
                if progress.step == "surveying":
                    bar.told(progress.done, progress.total, say("Reading"), "bytes")
                    return
                clock = one.run.summary.ended
                label = say("Running") if clock is None else local_text(where, clock - clock % 60_000)
                bar.told(progress.done, progress.total, label, "events")

            listener = stopped if counts_stops else None
            one = running(workspace, _for_trials(settings), outlets, stopped=listener, watch=watch, advise=tell)
            before = one.run.summary.events
            arm_failpoint()
            try:
                with survivors_kept(_LOOKED_THROUGH_AFTER), beside(one, listener):
                    one.run.run(one.source)
            except KeyboardInterrupt:
                interrupted = True
            finally:
                one.close()
    except (SourceError, StoreError, ChannelError) as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))
    return Done(one, stopped, interrupted, before)


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

"""How the parts are put together for the command line: the only module that knows sources, stores and channels."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from select import select
from typing import Protocol, cast

from rich.console import Console

from models.moments import zone
from models.speech import say
from rules.all_cores import may_fork, processes_at_hand
from rules.checks import check
from rules.problems import Severity
from rules.workspace.collecting import without_collecting
from rules.workspace.workspace import Loaded, Workspace, load, load_texts
from streams.appended import AppendedFile
from streams.arrivals.owners import Share
from streams.assembly import assemble
from streams.channels.base import Channel, ChannelError
from streams.channels.console import ConsoleChannel
from streams.counted import Counted, examples_of
from streams.kept_letters import KeptLetter
from streams.pacing import Pace
from streams.progress import facts_begun
from streams.relay import DecisionFile, HandOffs, Outlet, setting_of
from streams.rule_sets import rule_sets
from streams.run import Run
from streams.shared_replay import Replay, SharedReplay
from streams.sources.base import Source, Watcher, unwatched
from streams.sources.jsonl import FileSource
from streams.sources.standard_input import Adviser, InputSource, Piped, unheard
from streams.stopped import Stopped
from streams.stores.base import Store, StoreError
from streams.stores.memory import MemoryStore
from streams.stores.sqlite import FILE as STATE_FILE
from streams.stores.sqlite import SqliteStore
from streams.summary import Summary
from streams.wire.decoder import Decoder

#: The name that stands for standard input.
STANDARD_INPUT = "-"
#: Arrivals in a batch, and between two commits: where somebody watches them at a speed; of standard input, where what
#: was read and not committed does not come again; and of a file. With a state 10,000 are half again as fast as 2,000.
_BATCH_AT_SPEED = 200
_BATCH_OF_INPUT = 2_000
_BATCH = 10_000


def load_and_check(path: Path, *, stories: bool = True, cache: Path | None = None) -> Loaded:
    """A workspace with the problems of reading it and of all checks, sorted by their places.

    `cache` is a folder that keeps what was read and found, for as long as nothing changes.
    """
    with without_collecting():
        found = load(path, stories=stories, cache=cache)
        if found.readable is None:
            return found
        problems = sorted(
            {*found.problems, *check(found.readable, found.prints, cache)},
            key=lambda problem: (problem.file, problem.line, problem.column, problem.code),
        )
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    return replace(found, workspace=None if failed else found.workspace, problems=problems)


def files_of(found: Loaded) -> dict[str, bytes]:
    """The files of a workspace, as a state keeps them."""
    return {name: content.encode() if isinstance(content, str) else content for name, content in found.files.items()}


def last_rules(state: Path) -> Loaded | None:
    """The rules that decided last in the state of this folder; None if it has none. Raises StoreError."""
    if not (state / STATE_FILE).exists():
        return None
    store = SqliteStore(state)
    try:
        sets = rule_sets(store)
    finally:
        store.close()
    return load_texts(sets[-1].files) if sets else None


@contextmanager
def letters_of(state: Path) -> Iterator[Iterator[KeptLetter]]:
    """The dead letters of a run that keeps its state in this folder, in the order in which they came.

    Raises StoreError, also if there is no state.
    """
    if not (state / STATE_FILE).exists():
        raise StoreError(say("{folder}: there is no state; beforehand run --state makes one", folder=state))
    store = SqliteStore(state)
    try:
        yield (KeptLetter(letter, f"{letter.source}:{letter.line}") for letter in store.dead_letters())
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run is to be made. `state` is the folder that keeps it, `out` a file for decisions; `until` is in ms.

    `files` are those of the workspace, for the state to keep. `batch` is how many arrivals lie between two commits, at
    most, where it is not left to the kind of run.
    """

    events: str
    state: Path | None = None
    out: Path | None = None
    again: bool = False
    without_policy: bool = False
    until: int | None = None
    pace: Pace | None = None
    files: Mapping[str, bytes] | None = None
    batch: int | None = None


class Going(Protocol):
    """A run or a replay that is ready to go. Closed by `close`."""

    @property
    def summary(self) -> Summary:
        """What it has counted."""

    def begun(self) -> AbstractContextManager[object]:
        """To be entered before other threads begin."""

    def go(self) -> None:
        """Run to the end of the events; raises SourceError, StoreError and ChannelError."""

    def close(self) -> Counted:
        """Let go of all that is held; what was counted in all."""


@dataclass(frozen=True, slots=True)
class Running:
    """A run in this process."""

    run: Run
    source: Source
    decoder: Decoder
    store: Store
    files: list[AppendedFile] = field(default_factory=list)

    @property
    def summary(self) -> Summary:
        return self.run.summary

    def begun(self) -> AbstractContextManager[object]:
        return nullcontext()

    def go(self) -> None:
        self.run.run(self.source)

    def close(self) -> Counted:
        try:
            for file in self.files:
                file.close()
            return Counted(self.summary, self.run.partition.stopped, self.decoder.ignored, examples_of(self.store))
        finally:
            self.store.close()


class ReplayingShared:
    """A replay by several processes, each of which takes some customers."""

    def __init__(self, replay: Replay, shares: int, source: FileSource, outlets: Mapping[str, Outlet], watch: Watcher):
        self._replay = replay
        self._shares = shares
        self._source = source
        self._outlets = outlets
        self._watch = watch
        self._shared: SharedReplay | None = None

    @property
    def summary(self) -> Summary:
        return self._counted().summary

    @contextmanager
    def begun(self) -> Iterator[None]:
        self._shared = SharedReplay(self._replay, self._shares)
        try:
            yield
        finally:
            self._shared.close()

    def go(self) -> None:
        assert self._shared is not None
        self._shared.run(self._source, self._outlets, self._watch)

    def close(self) -> Counted:
        return self._counted()

    def _counted(self) -> Counted:
        return Counted() if self._shared is None else self._shared.counted


def running(
    workspace: Workspace,
    settings: Settings,
    outlets: Mapping[str, Outlet],
    *,
    stopped: Stopped | None = None,
    watch: Watcher = unwatched,
    advise: Adviser = unheard,
) -> Running:
    """A run of a workspace; raises StoreError, ChannelError, and SourceError if the state is another source's.

    `advise` is told, once, what to do about standard input whose time leaps ahead.
    """
    store = MemoryStore() if settings.state is None else SqliteStore(settings.state, again=settings.again)
    try:
        rules = [file.rule for file in workspace.rules]
        engine = assemble(
            workspace,
            rules,
            without_policy=settings.without_policy,
            listener=None if stopped is None else stopped.listen,
            begun=facts_begun(store, rules),
            puts_off=settings.state is None,
        )
        files, all_outlets = [], dict(outlets)
        if settings.out is not None:
            name = f"file {settings.out.resolve()}"
            mark = store.setting(setting_of(name))
            files.append(AppendedFile(_with_folder(settings.out), mark, durable=settings.state is not None))
            all_outlets[name] = DecisionFile(files[0])
        run = Run(
            engine,
            store,
            all_outlets,
            durable=settings.state is not None,
            until=settings.until,
            pace=settings.pace,
            batch=_batch(settings),
            stopped=stopped,
            files=settings.files,
        )
        decoder = Decoder(workspace.vocabulary)
        source = _source(settings, decoder, run.resumes, watch, advise)
    except BaseException:
        store.close()
        raise
    return Running(run, source, decoder, store, files)


def replaying(
    workspace: Workspace,
    settings: Settings,
    outlets: Mapping[str, Outlet],
    processes: int,
    *,
    stopped: Stopped,
    watch: Watcher = unwatched,
) -> Going:
    """A replay of a file by so many processes; it keeps no state."""
    rules = [file.rule for file in workspace.rules]
    engine = assemble(workspace, rules, without_policy=settings.without_policy, listener=stopped.listen)
    path, batch = Path(settings.events), _batch(settings)

    def source(decoder: Decoder, share: Share, watch: Watcher) -> FileSource:
        return FileSource(path, decoder, batch=batch, watch=watch, share=share)

    replay = Replay(engine, source, path.stat().st_size, MemoryStore, stopped, batch, settings.until)
    return ReplayingShared(
        replay, processes, FileSource(path, Decoder(workspace.vocabulary), watch=watch), outlets, watch
    )


#: A process is given as many bytes of a file as these, or it would not pay for its making.
_BYTES_FOR_A_PROCESS = 8 << 20


def processes_for(events: str, asked: int | None) -> int:
    """How many processes replay these events: as many as are asked for, or as many as pay."""
    if events == STANDARD_INPUT or not may_fork():
        return 1
    if asked is not None:
        return asked
    return max(1, min(processes_at_hand(), Path(events).stat().st_size // _BYTES_FOR_A_PROCESS))


def _with_folder(file: Path) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise ChannelError(
            say("{file}: its folder can't be made ({wrong})", file=file, wrong=wrong.strerror or wrong)
        ) from None
    return file


def _source(settings: Settings, decoder: Decoder, position: bytes | None, watch: Watcher, advise: Adviser) -> Source:
    batch = _batch(settings)
    if settings.events == STANDARD_INPUT:
        stream = cast(Piped, sys.stdin.buffer)  # a BufferedReader
        return InputSource(stream, decoder, position, batch=batch, ready=_more_has_come, watch=watch, advise=advise)
    return FileSource(Path(settings.events), decoder, position, batch=batch, watch=watch)


def _batch(settings: Settings) -> int:
    if settings.batch is not None:
        return settings.batch
    if settings.pace is not None:
        return _BATCH_AT_SPEED
    return _BATCH_OF_INPUT if settings.events == STANDARD_INPUT else _BATCH


def _more_has_come() -> bool:
    try:
        return bool(select([sys.stdin], [], [], 0)[0])
    except (OSError, ValueError):  # no file of the system's
        return False


def terminal_outlet(console: Console, workspace: Workspace) -> Outlet:
    """What was sent, on a terminal, by the clocks and in the order of the workspace."""
    channel: Channel = ConsoleChannel(console, zone(workspace.vocabulary.time_zone))
    return HandOffs(channel, workspace.policy.order)

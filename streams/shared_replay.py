"""A replay by several processes: customers are independent, so each process takes a share of them.

1. Each of them reads a range of the file for the first time. This process puts together what they found, and tells
   them.
2. Each of them reads the file again, and runs the lines of its customers through an engine; now and then it sends what
   it has decided, and up to which moment that is all.
3. This process puts decisions in their order, as far as all have come, and publishes them.
4. At the end of the file each asks how far arrivals have come in all: absences and timers are due up to there.

The same decisions in the same order as those of one process, as nobody else's events enter a decision.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from operator import attrgetter
from traceback import format_exc
from typing import NamedTuple

import msgspec
from msgspec import Struct

from models.moments import format_moment
from models.speech import say
from rules.asked_fields import asked_fields
from streams.arrivals.owners import Share
from streams.counted import Counted, examples_of
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.relay import Outlet
from streams.run import Run
from streams.sources.base import Progress, SharedSource, SourceError, Watcher
from streams.stopped import Stopped
from streams.stores.base import OutboxEntry, Store
from streams.wire.decoder import Decoder

#: Decisions of one process that may wait for the others: one that is ahead is not heard until they have come as far.
MOST_WAITING = 20_000
#: Batches between two commits. It costs little not to be heard of at each, and a commit looks at all who have changed.
_STEPS = 5
#: What asks a process to end.
_REQUESTS = (signal.SIGINT, signal.SIGTERM)


class _Come(Struct, tag="come", array_like=True):
    """How far a share has come: what it has decided since it said so last, and what it has counted since it began."""

    done: int
    total: int | None
    #: All that it decides later is of this moment (ms) or after it; None: it has ended.
    following: int | None
    decisions: list[tuple[str, bytes]]
    counted: Counted


class _Reading(Struct, tag="reading", array_like=True):
    """So many bytes of its range a share has read for the first time."""

    done: int


class _Found(Struct, tag="found", array_like=True):
    """What a share found of its range when it read it for the first time (`SharedSource.survey_share`)."""

    surveyed: bytes


class _AtEnd(Struct, tag="at end", array_like=True):
    """A share has read all its lines, and arrivals have come so far in them."""

    arrived: int | None


class _Failed(Struct, tag="failed", array_like=True):
    """A share could not go on: the file can't be read (`unreadable`), or we made a mistake, told with its traceback."""

    wrong: str
    unreadable: bool


_encode = msgspec.msgpack.Encoder().encode
_told = msgspec.msgpack.Decoder(_Reading | _Found | _Come | _AtEnd | _Failed).decode
_arrived = msgspec.msgpack.Decoder(int | None).decode


class _Key(Struct, frozen=True, order=True):
    """What decisions are ordered by; the decisions of one action list stay as they were made."""

    time: str
    customer: str
    rule: str


_key = msgspec.json.Decoder(_Key).decode


class ReplayKilled(Exception):
    """A process of a replay was killed; the message says what to do."""


class Replay(NamedTuple):
    """What each process does with its share."""

    engine: Engine
    #: Makes the source of a share.
    source: Callable[[Decoder, Share, Watcher], SharedSource]
    #: The bytes of the file that are read.
    size: int
    #: Makes a store that lasts as long as its process.
    store: Callable[[], Store]
    #: What listens to the engine.
    stopped: Stopped
    batch: int
    until: int | None

    def run(self, share: Share, connection: Connection) -> None:
        """All that the process of a share does."""
        vocabulary = self.engine.vocabulary
        decoder = Decoder(vocabulary, asked=asked_fields(self.engine.program.plan.rules, vocabulary))
        store, waiting = self.store(), _Waiting()
        last = Progress("running", 0, None)
        examples: dict[str, DeadLetter] = {}

        def tell(progress: Progress, following: int | None) -> None:
            nonlocal examples, last
            last = progress
            if len(examples) < len(store.dead_letter_counts()):
                examples = examples_of(store)
            counted = Counted(run.summary, self.stopped, decoder.ignored, examples)
            decided, waiting.decisions = waiting.decisions, []
            connection.send_bytes(_encode(_Come(progress.done, progress.total, following, decided, counted)))

        def ended(arrived: int | None) -> int | None:
            connection.send_bytes(_encode(_AtEnd(arrived)))
            everywhere: int | None = _arrived(connection.recv_bytes())
            return everywhere

        run = Run(
            self.engine,
            store,
            {"waiting": waiting},
            durable=False,
            until=self.until,
            batch=self.batch,
            steps=_STEPS,
            stopped=self.stopped,
            ended=ended,
        )

        def watch(progress: Progress) -> None:
            if progress.step == "surveying":
                connection.send_bytes(_encode(_Reading(progress.done)))
            else:
                tell(progress, run.partition.committed_before)

        source = self.source(decoder, share, watch)
        connection.send_bytes(_encode(_Found(source.survey_share(self.size))))
        source.surveyed(connection.recv_bytes())
        run.run(source)
        tell(last, None)


class _Waiting:
    """An outlet that keeps decisions until they are sent."""

    def __init__(self) -> None:
        self.decisions: list[tuple[str, bytes]] = []

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        self.decisions += [(entry.id, entry.payload) for entry in entries]

    def flush(self) -> None:
        """They are sent later."""


class _Heard:
    """What this process knows of another."""

    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.done = 0
        #: As in `_Come`; before all at the beginning.
        self.following: int | None = 0
        self.counted = Counted()
        #: Decisions that are not published yet, in order.
        self.waiting: list[tuple[_Key, OutboxEntry]] = []
        self.at_end: _AtEnd | None = None

    def tell(self, what: bytes) -> None:
        with suppress(OSError):  # it is gone, which is found out when it is to be heard
            self.connection.send_bytes(what)

    def hear(self) -> _Reading | _Found | _Come | _AtEnd:
        """What it tells next. Raises SourceError or ReplayKilled if it could not go on; a mistake is a RuntimeError."""
        try:
            told: _Reading | _Found | _Come | _AtEnd | _Failed = _told(self.connection.recv_bytes())
        except (EOFError, OSError):
            self.process.join()
            raise ReplayKilled(
                say(
                    "a process of the replay ended before its end (exit code {code}); memory may have been short. "
                    "Try again, or with --processes 1",
                    code=self.process.exitcode,
                )
            ) from None
        if isinstance(told, _Failed):
            raise SourceError(told.wrong) if told.unreadable else RuntimeError(told.wrong)
        return told


class SharedReplay:
    """The processes of a replay, and what they have come to. Closed by `close`."""

    def __init__(self, replay: Replay, shares: int) -> None:
        self._size = replay.size
        self._total: int | None = None
        self._heard = list(_forked(replay, shares))

    @property
    def counted(self) -> Counted:
        """What was counted in all that is published."""
        all_ = Counted()
        for one in self._heard:
            all_.join(one.counted)
        return all_

    def run(self, source: SharedSource, outlets: Mapping[str, Outlet], watch: Watcher) -> None:
        """Replay a file, of which `source` has read nothing. SourceError if it can't be read; see `_Heard.hear`."""
        try:
            surveyed = source.survey(self._size, self._of_shares(watch))
            for one in self._heard:
                one.tell(surveyed)
            while running := [one for one in self._heard if one.following is not None]:
                self._hear(running)
                self._publish(outlets, _limit(running))
                done = sum(one.done for one in self._heard) // len(self._heard)
                watch(Progress("running", done, self._total))
        except KeyboardInterrupt:
            self._publish(outlets, None)  # all that is counted
            raise

    def _of_shares(self, watch: Watcher) -> list[bytes]:
        """What each found of its range of the file."""
        reading = {one.connection: one for one in self._heard}
        found: dict[int, bytes] = {}
        done = dict.fromkeys(range(len(self._heard)), 0)
        while reading:
            for connection in wait(list(reading)):
                one = reading[connection]  # type: ignore[index]  # what was waited for
                told = one.hear()
                if isinstance(told, _Found):
                    found[self._heard.index(one)] = told.surveyed
                    del reading[one.connection]
                elif isinstance(told, _Reading):
                    done[self._heard.index(one)] = told.done
                    watch(Progress("surveying", sum(done.values()), self._size))
        return [found[number] for number in range(len(self._heard))]

    def _hear(self, running: Sequence[_Heard]) -> None:
        """Listen to all that are still running, those apart that are far ahead of the slowest."""
        slowest = min(running, key=attrgetter("following"))
        asking = {
            one.connection: one
            for one in running
            if one.at_end is None and (one is slowest or len(one.waiting) < MOST_WAITING)
        }
        for connection in wait(list(asking)):
            one = asking[connection]  # type: ignore[index]  # what was waited for
            told = one.hear()
            if isinstance(told, _AtEnd):
                one.at_end = told
            elif isinstance(told, _Come):
                self._heard_of(one, told)
        if all(one.at_end is not None for one in running):
            self._end(running)

    def _heard_of(self, one: _Heard, told: _Come) -> None:
        one.done, one.following, one.counted, self._total = told.done, told.following, told.counted, told.total
        one.waiting += [(_key(payload), OutboxEntry(0, id_, payload)) for id_, payload in told.decisions]

    def _end(self, running: Sequence[_Heard]) -> None:
        """All have read their lines."""
        arrived = max((one.at_end.arrived for one in running if one.at_end and one.at_end.arrived), default=None)
        for one in running:
            one.at_end = None
            one.tell(_encode(arrived))

    def _publish(self, outlets: Mapping[str, Outlet], before: int | None) -> None:
        """Publish what all have come to, in order: decisions of moments before `before` (ms; None: all)."""
        limit = None if before is None else format_moment(before)
        ready: list[tuple[_Key, OutboxEntry]] = []
        for one in self._heard:
            count = sum(1 for key, _ in one.waiting if limit is None or key.time < limit)
            ready += one.waiting[:count]
            del one.waiting[:count]
        if not ready:
            return
        entries = [entry for _, entry in sorted(ready, key=lambda decided: decided[0])]
        for outlet in outlets.values():
            outlet.publish(entries)
            outlet.flush()

    def close(self) -> None:
        """End all processes."""
        for one in self._heard:
            one.connection.close()
            one.process.kill()
            one.process.join()


def _limit(running: Sequence[_Heard]) -> int | None:
    """The moment (ms) before which all is decided; None: everything is."""
    return min((one.following for one in running if one.following is not None), default=None)


def _forked(replay: Replay, shares: int) -> Iterator[_Heard]:
    """A process for each share: forked, so that it has the engine as it is."""
    context = get_context("fork")
    ours: list[Connection] = []
    for number in range(shares):
        connection, theirs = context.Pipe()
        ours.append(connection)
        process = context.Process(target=_work, args=(replay, Share(number, shares), theirs, tuple(ours)), daemon=True)
        # (a request to end that came in the middle of forking would be lost)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _REQUESTS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        yield _Heard(process, connection)


def _work(replay: Replay, share: Share, connection: Connection, others: Sequence[Connection]) -> None:
    """The life of a forked process. It says nothing itself; a terminal's Ctrl-C is for the one that listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _REQUESTS)
    for other in others:
        other.close()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody listens any more
        try:
            replay.run(share, connection)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except SourceError as wrong:
            connection.send_bytes(_encode(_Failed(str(wrong), unreadable=True)))
        except Exception:  # noqa: BLE001 -- told by the one that listens, whatever it is
            connection.send_bytes(_encode(_Failed(format_exc(), unreadable=False)))

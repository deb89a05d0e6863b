"""A replay by several processes: what one process would have decided, in its order, whatever the file is like."""

from __future__ import annotations

import gzip
import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.forked import Called, Command
from tests.beforehand.cli.commands import call

#: A day of so many customers.
CUSTOMERS = 300


def replayed(command: Command, prepared: Path, processes: int, *more: str, events: str = "day.jsonl") -> str:
    """What a replay says, without how long it took."""
    begun = command.begin(prepared, "replay", "shop", "--events", events, "--processes", str(processes), *more)
    assert begun.end() == 0, begun.complained
    return re.sub(r" in [\d.,]+ s, [\d,]+ a second", "", begun.said)


@pytest.mark.parametrize("processes", [2, 3, 5])
def test_decisions_are_those_of_one_process_byte_for_byte(command: Command, prepared: Path, processes: int) -> None:
    """Each of them, in the order of time, customer, rule and action."""
    alone = replayed(command, prepared, 1, "--json")
    assert alone.count("\n") > 20
    assert replayed(command, prepared, processes, "--json") == alone


def test_the_report_tells_the_same(command: Command, prepared: Path) -> None:
    """Matches, reasons, days, samples, what came in, and dead letters with their examples."""
    alone = replayed(command, prepared, 1)
    assert "dead letters" in alone
    assert replayed(command, prepared, 3) == alone


def shuffled(lines: list[bytes]) -> bytes:
    """In any order."""
    random.Random(1).shuffle(lines)
    return b"\n".join(lines)


def with_clocks(lines: list[bytes]) -> bytes:
    """Clocks among them, the last of them a day after all; one names a customer."""
    clock = b'{"id": "t", "type": "clock", "time": "2026-03-03T23:00:00+08:00"}'
    hers = b'{"id": "u", "type": "clock", "subject": "c-1", "time": "2026-03-04T23:00:00+08:00"}'
    return b"\n".join([*lines[:50], b"", *lines[50:], clock, hers, b""])


FILES: dict[str, Callable[[list[bytes]], bytes]] = {
    "shuffled.jsonl": shuffled,
    "clocks.jsonl": with_clocks,
    "packed.jsonl.gz": lambda lines: gzip.compress(b"\r\n".join(lines)),
    "one.jsonl": lambda lines: lines[0],
    "empty.jsonl": lambda _lines: b"",
    "broken.jsonl": lambda lines: b"\n".join([b"{", lines[0][:-1], b"x" * 70_000, b'{"id": "1"}']),
}


@pytest.mark.parametrize("name", FILES)
def test_whatever_the_file_is_like(command: Command, prepared: Path, name: str) -> None:
    """In disorder, packed, with clocks, of one line or none, of nothing that can be read."""
    (prepared / name).write_bytes(FILES[name]((prepared / "day.jsonl").read_bytes().splitlines()))
    assert replayed(command, prepared, 3, "--json", events=name) == replayed(
        command, prepared, 1, "--json", events=name
    )


@pytest.mark.parametrize("until", ["2026-03-02 12:00", "2026-03-20", "2020-01-01"])
def test_until_ends_all_shares_at_one_moment(command: Command, prepared: Path, until: str) -> None:
    """In the middle, after the end, and before anything."""
    options = ("--json", "--until", until)
    assert replayed(command, prepared, 3, *options) == replayed(command, prepared, 1, *options)


def children(pid: int) -> list[int]:
    """The processes that a process has forked."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@pytest.fixture(scope="module")
def long(prepared: Path) -> str:
    """A file that takes many seconds: the same day, again and again."""
    with (prepared / "long.jsonl").open("wb") as file:
        for _ in range(40):
            file.write((prepared / "day.jsonl").read_bytes())
    return "long.jsonl"


def begun(command: Command, prepared: Path, long: str) -> tuple[Called, list[int]]:
    """A replay under way, and its three processes."""
    called = command.begin(prepared, "replay", "shop", "--events", long, "--processes", "3", "--json")
    found: list[int] = []
    deadline = time.monotonic() + 60
    while len(found) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
        found = [] if called.ended() else children(called.pid)
    assert len(found) == 3
    return called, found


def gone(pid: int) -> bool:
    """Whether a process is no more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_process_is_told_and_nothing_hangs(command: Command, prepared: Path, long: str) -> None:
    """The replay says that one of its processes is gone, and what to do; the others end with it."""
    called, shares = begun(command, prepared, long)
    os.kill(shares[1], signal.SIGKILL)
    assert called.end() == 2
    assert "ended before its end (exit code -9)" in called.complained
    assert "--processes 1" in called.complained
    assert all(map(gone, shares))


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_processes_end_with_the_replay(
    command: Command, prepared: Path, long: str, sent: signal.Signals, code: int
) -> None:
    """By Ctrl-C, by a request to terminate, and when it is killed."""
    called, shares = begun(command, prepared, long)
    assert called.kill(sent) == code, called.complained
    deadline = time.monotonic() + 30
    while not all(map(gone, shares)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert all(map(gone, shares))


def test_standard_input_is_replayed_by_one_process(prepared: Path) -> None:
    """To ask for more is wrong use."""
    result = call("replay", prepared / "shop", "--events", "-", "--processes", "2")
    assert result.exit_code == 2
    assert "one process" in result.stderr

"""A process that dies at any point of the commit or of publication loses nothing and doubles nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from streams.stores.sqlite import SqliteStore
from streams.testing.failpoints import POINTS, arm, parse

#: Reads numbered events, counts them per customer, decides on each, commits and publishes; argv: folder, point, count.
PROGRAM = """
import sys
from pathlib import Path
from models.vocabulary import EventType, Vocabulary
from streams.appended import AppendedFile
from streams.dead_letters import DeadLetter
from streams.relay import DecisionFile, publish, setting_of
from streams.sources.jsonl import FileSource
from streams.stores.base import Commit
from streams.stores.sqlite import SqliteStore
from streams.testing.failpoints import arm
from streams.wire.decoder import Decoder

folder = Path(sys.argv[1])
if len(sys.argv) > 2:
    arm(sys.argv[2], int(sys.argv[3]))
store = SqliteStore(folder / "state")
out = AppendedFile(folder / "out.jsonl", store.setting(setting_of("out")))
outlets = {"out": DecisionFile(out)}
publish(store, outlets)
vocabulary = Vocabulary({"seen": EventType("seen", "behavior", {}, "seen")}, {})
source = FileSource(folder / "events.jsonl", Decoder(vocabulary), store.position(), batch=5)
for batch in source.batches():
    events = [one for one in batch.arrivals if not isinstance(one, DeadLetter)]
    letters = [one for one in batch.arrivals if isinstance(one, DeadLetter)]
    records = store.load([event.customer for event in events])
    decisions = []
    for event in events:
        count = int(records.get(event.customer, b"0")) + 1
        records[event.customer] = str(count).encode()
        decisions.append((event.id, f"{event.id} is number {count} of {event.customer}".encode()))
    due = {event.customer: event.time for event in events}
    position = source.position(batch.first + len(batch.arrivals))
    store.commit(Commit(store.number() + 1, records, decisions, due, letters, position, str(batch.first).encode()))
    publish(store, outlets)
store.close()
out.close()
"""


def run(folder: Path, *failpoint: str) -> int:
    """Run the program until it ends or dies; its return code."""
    return subprocess.run([sys.executable, "-c", PROGRAM, str(folder), *failpoint], check=False).returncode


def prepared(folder: Path) -> Path:
    """A folder with events, out of order, some of them bad."""
    folder.mkdir()
    seconds = [(7 * number) % 30 for number in range(30)]
    lines = [
        f'{{"id": "e{number}", "type": "seen", "subject": "c{number % 4}", "time": "2026-03-02T10:00:{second:02}Z"}}'
        if number % 6
        else f"bad {number}"
        for number, second in enumerate(seconds)
    ]
    (folder / "events.jsonl").write_text("\n".join(lines))
    return folder


def left(folder: Path) -> tuple[object, ...]:
    """All that a run has left behind."""
    store = SqliteStore(folder / "state")
    try:
        return (
            (folder / "out.jsonl").read_bytes(),
            store.load([f"c{number}" for number in range(4)]),
            store.due(2**60, 99),
            list(store.dead_letters()),
            list(store.outbox()),
            store.position(),
            store.counters(),
            store.number(),
        )
    finally:
        store.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """What a run leaves that nothing disturbs."""
    folder = prepared(tmp_path_factory.mktemp("undisturbed") / "run")
    assert run(folder) == 0
    return left(folder)


@pytest.mark.parametrize("point", POINTS)
def test_dying_anywhere_changes_nothing(tmp_path: Path, undisturbed: tuple[object, ...], point: str) -> None:
    """Killed at this point, killed there again in a later batch, then left alone: the same state, the same file."""
    folder = prepared(tmp_path / "run")
    assert run(folder, point, "1") == -9
    assert run(folder, point, "2") == -9
    with (folder / "out.jsonl").open("ab") as file:
        file.write(b'{"half a li')  # what a power failure may leave behind the last mark
    assert run(folder) == 0
    assert left(folder) == undisturbed


def test_a_failpoint_that_does_not_exist_is_named() -> None:
    """A misspelt point is an error, not a run without one."""
    assert parse("commit: after=3") == ("commit: after", 3)
    assert parse("trim: before") == ("trim: before", 1)
    with pytest.raises(ValueError, match="NAME=COUNT"):
        parse("commit: after=x")
    with pytest.raises(ValueError, match="no failpoint"):
        arm("commit: sometimes")
    with pytest.raises(ValueError, match="first time or later"):
        arm("commit: after", 0)

"""What a store on disk promises beyond the contract: it lasts, alone, and knows its own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from streams.stores.base import Commit, OutboxEntry, StoreError
from streams.stores.sqlite import FILE, SqliteStore


def test_what_was_committed_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """A state outlives its process, its numbers too."""
    store = SqliteStore(tmp_path / "a" / "state")
    store.commit(Commit(1, {"a": b"1"}, [("d", b"x")], {"a": 5}, position=b"p"))
    store.trim(1)
    store.close()
    store = SqliteStore(tmp_path / "a" / "state")
    assert (store.number(), store.load(["a"]), store.due(9, 9), store.position()) == (1, {"a": b"1"}, [(5, "a")], b"p")
    store.commit(Commit(2, outbox=[("e", b"y")]))
    assert list(store.outbox()) == [OutboxEntry(2, "e", b"y")]
    store.close()


def test_a_second_process_is_kept_out(tmp_path: Path) -> None:
    """Two processes on one state are one too many; when the first has ended, the next may."""
    store = SqliteStore(tmp_path)
    opening = (
        f"from pathlib import Path; from streams.stores.sqlite import SqliteStore; SqliteStore(Path({str(tmp_path)!r}))"
    )
    second = subprocess.run([sys.executable, "-c", opening], capture_output=True, text=True, check=False)
    assert "another process is using this state" in second.stderr
    with pytest.raises(StoreError, match="another process"):
        SqliteStore(tmp_path)
    store.close()
    SqliteStore(tmp_path).close()


def test_starting_afresh_forgets_everything(tmp_path: Path) -> None:
    """`again` begins with an empty state, whatever lay there."""
    store = SqliteStore(tmp_path)
    store.commit(Commit(1, {"a": b"1"}))
    store.close()
    store = SqliteStore(tmp_path, again=True)
    assert (store.number(), store.load(["a"])) == (0, {})
    store.close()
    (tmp_path / FILE).write_bytes(b"rubbish" * 500)
    SqliteStore(tmp_path, again=True).close()


def test_what_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Rubbish, another program's database and another layout are named."""
    file = tmp_path / FILE
    file.write_bytes(b"rubbish" * 500)
    with pytest.raises(StoreError, match="not a state that can be read"):
        SqliteStore(tmp_path)
    assert file.read_bytes() == b"rubbish" * 500
    file.unlink()
    other = sqlite3.connect(file)
    other.executescript("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(StoreError, match="not made by Beforehand"):
        SqliteStore(tmp_path)
    file.unlink()
    SqliteStore(tmp_path).close()
    later = sqlite3.connect(file)
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(StoreError, match="layout 99"):
        SqliteStore(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A state folder below a file says so."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="can't be used to keep state"):
        SqliteStore(tmp_path / "file" / "state")


def test_a_commit_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """What the database refuses half-way is as if it had never begun."""
    store = SqliteStore(tmp_path)
    with pytest.raises(sqlite3.IntegrityError):
        store.commit(Commit(1, {"a": b"1"}, outbox=[("d", None)]))  # type: ignore[list-item]
    assert (store.number(), store.load(["a"])) == (0, {})
    store.commit(Commit(1, {"a": b"2"}))
    assert store.load(["a"]) == {"a": b"2"}
    store.close()

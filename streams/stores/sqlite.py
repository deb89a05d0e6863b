"""A store in one SQLite file of a state folder: for runs that go on where they left off, on one machine.

A commit is one transaction in the write-ahead log, on the disk before it is acted on (ADR 5). A lock on the folder,
which the system takes back from a process that dies, keeps a second one out.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from models.speech import say
from streams.dead_letters import DeadLetter, Reason
from streams.stores.base import Commit, OutboxEntry, StoreError, is_repeat
from streams.testing.failpoints import reach

#: The file in the state folder, and the one that is locked.
FILE = "state.sqlite3"
LOCK = "lock"
#: Written into the file: whose it is ("Bfhd"), and how its tables are laid out.
APPLICATION = 0x42666864
SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, position BLOB, counters BLOB);
INSERT INTO progress VALUES (1, 0, NULL, NULL);
CREATE TABLE records (customer TEXT NOT NULL UNIQUE, record BLOB NOT NULL);
CREATE TABLE due (customer TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX due_order ON due (due, customer);
CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, payload BLOB NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE dead_letters (
    number INTEGER PRIMARY KEY, reason TEXT NOT NULL, detail TEXT NOT NULL, raw BLOB NOT NULL, size INTEGER NOT NULL,
    source TEXT NOT NULL, line INTEGER NOT NULL, "offset" INTEGER NOT NULL
);
"""

#: Customers asked for in one query, and rows fetched at once.
_ASKED = 500
_FETCHED = 1_000


class SqliteStore:
    """The store of a state folder, which is made if it is not there (see `streams.stores.base.Store`).

    With `again` what was kept there is forgotten. StoreError if another process uses the folder, or if what is there
    is not ours or was made by another version.
    """

    def __init__(self, folder: Path, *, again: bool = False) -> None:
        self._path = folder / FILE
        self._lock = _locked(folder)
        try:
            if again:
                _forget(self._path)
            self._connection = _connected(self._path)
        except BaseException:
            self._lock.close()
            raise
        self._number: int = self._one("SELECT number FROM progress")

    def number(self) -> int:
        return self._number

    def commit(self, commit: Commit) -> None:
        if is_repeat(commit.number, self._number):
            return
        reach("commit: before")
        with self._transaction() as write:
            _write_records(write, commit.records)
            reach("commit: records written")
            _write_due(write, commit.due)
            reach("commit: due written")
            write.executemany("INSERT INTO outbox (id, payload) VALUES (?, ?)", commit.outbox)
            reach("commit: outbox written")
            _write_dead_letters(write, commit.dead_letters)
            reach("commit: dead letters written")
            write.execute(
                "UPDATE progress SET number = ?, position = coalesce(?, position), counters = coalesce(?, counters)",
                (commit.number, commit.position, commit.counters),
            )
            _write_settings(write, commit.settings)
            reach("commit: progress written")
        self._number = commit.number
        reach("commit: after")

    def load(self, customers: Sequence[str]) -> dict[str, bytes]:
        records: dict[str, bytes] = {}
        for start in range(0, len(customers), _ASKED):
            asked = customers[start : start + _ASKED]
            marks = ",".join("?" * len(asked))
            query = f"SELECT customer, record FROM records WHERE customer IN ({marks})"  # noqa: S608 -- only marks
            records.update(self._connection.execute(query, asked))
        return records

    def customers(self) -> Iterator[str]:
        for (customer,) in self._rows("SELECT customer FROM records ORDER BY customer"):
            yield customer

    def due(self, until: int, limit: int) -> list[tuple[int, str]]:
        query = "SELECT due, customer FROM due WHERE due <= ? ORDER BY due, customer LIMIT ?"
        return self._connection.execute(query, (until, limit)).fetchall()

    def position(self) -> bytes | None:
        position: bytes | None = self._one("SELECT position FROM progress")
        return position

    def counters(self) -> bytes | None:
        counters: bytes | None = self._one("SELECT counters FROM progress")
        return counters

    def setting(self, name: str) -> bytes | None:
        found = self._connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def settings(self) -> dict[str, bytes]:
        return dict(self._connection.execute("SELECT name, value FROM settings"))

    def outbox(self, after: int = 0) -> Iterator[OutboxEntry]:
        query = "SELECT sequence, id, payload FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?"
        while rows := self._connection.execute(query, (after, _FETCHED)).fetchall():
            for row in rows:
                yield OutboxEntry(*row)
            after = rows[-1][0]

    def trim(self, upto: int, settings: Mapping[str, bytes] = {}) -> None:
        reach("trim: before")
        with self._transaction() as write:
            write.execute("DELETE FROM outbox WHERE sequence <= ?", (upto,))
            _write_settings(write, settings)
        reach("trim: after")

    def dead_letters(self) -> Iterator[DeadLetter]:
        query = 'SELECT reason, detail, raw, size, source, line, "offset" FROM dead_letters ORDER BY number'
        for reason, *rest in self._rows(query):
            yield DeadLetter(Reason(reason), *rest)

    def dead_letter_counts(self) -> dict[str, int]:
        return dict(self._connection.execute("SELECT reason, count(*) FROM dead_letters GROUP BY reason"))

    def close(self) -> None:
        self._connection.close()
        self._lock.close()

    def _one(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0]

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        rows = self._connection.execute(query)
        while some := rows.fetchmany(_FETCHED):
            yield from some

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written inside is kept, or nothing; StoreError if the disk refuses."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as wrong:
            raise StoreError(
                say(
                    "{path}: the state could not be written ({wrong}); nothing of this batch was",
                    path=self._path,
                    wrong=wrong,
                )
            ) from None


def _write_records(write: sqlite3.Connection, records: Mapping[str, bytes | None]) -> None:
    kept = [(customer, record) for customer, record in records.items() if record is not None]
    write.executemany(
        "INSERT INTO records VALUES (?, ?) ON CONFLICT (customer) DO UPDATE SET record = excluded.record", kept
    )
    write.executemany("DELETE FROM records WHERE customer = ?", _removed(records))


def _write_due(write: sqlite3.Connection, due: Mapping[str, int | None]) -> None:
    kept = [(customer, at) for customer, at in due.items() if at is not None]
    write.executemany("INSERT INTO due VALUES (?, ?) ON CONFLICT (customer) DO UPDATE SET due = excluded.due", kept)
    write.executemany("DELETE FROM due WHERE customer = ?", _removed(due))


def _write_settings(write: sqlite3.Connection, settings: Mapping[str, bytes | None]) -> None:
    kept = [(name, value) for name, value in settings.items() if value is not None]
    write.executemany(
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", kept
    )
    write.executemany("DELETE FROM settings WHERE name = ?", _removed(settings))


def _removed(changes: Mapping[str, object]) -> Iterable[tuple[str]]:
    return [(key,) for key, value in changes.items() if value is None]


def _write_dead_letters(write: sqlite3.Connection, letters: Sequence[DeadLetter]) -> None:
    write.executemany(
        'INSERT INTO dead_letters (reason, detail, raw, size, source, line, "offset") VALUES (?, ?, ?, ?, ?, ?, ?)',
        [(one.reason.value, one.detail, one.raw, one.size, one.source, one.line, one.offset) for one in letters],
    )


# --------------------------------------------------------------- opening


def _locked(folder: Path) -> IO[bytes]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("ab")
    except OSError as wrong:
        raise StoreError(
            say("{folder}: it can't be used to keep state ({wrong})", folder=folder, wrong=wrong.strerror or wrong)
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StoreError(
            say(
                "{folder}: another process is using this state. Wait until it has ended, or use another folder",
                folder=folder,
            )
        ) from None
    return lock


def _forget(path: Path) -> None:
    # The log goes first: alone it is nothing, but an old log beside a new file would be taken for its own.
    for ending in ("-wal", "-shm", "-journal", ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _connected(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=64)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as wrong:
        raise StoreError(
            say("{path}: it is not a state that can be read ({wrong}); use another folder", path=path, wrong=wrong)
        ) from None
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    # Nobody else opens the file while we hold the lock, so the log needs no shared memory.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) == (0, 0) and not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        pragmas = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA_VERSION};"
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {pragmas} COMMIT;")
    elif application != APPLICATION:
        raise StoreError(say("{path}: it was not made by Beforehand; use another folder for the state", path=path))
    elif version != SCHEMA_VERSION:
        raise StoreError(
            say(
                "{path}: it was made by another version of Beforehand (layout {version}, this one has "
                "{own}). Use that version, or start afresh with --again",
                path=path,
                version=version,
                own=SCHEMA_VERSION,
            )
        )

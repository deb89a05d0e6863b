"""A store that lasts as long as its process: for a run over a file, a replay, a test."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from streams.dead_letters import DeadLetter
from streams.stores.base import Commit, OutboxEntry, is_repeat

#: Bytes of dead letters that are kept; those that come later are only counted.
KEPT_OF_DEAD_LETTERS = 64 << 20
#: What a dead letter takes beside its bytes, about.
_EACH = 500


class MemoryStore:
    """The store in plain dictionaries (see `streams.stores.base.Store`)."""

    def __init__(self) -> None:
        self._number = 0
        self._records: dict[str, bytes] = {}
        self._due = _DueIndex()
        self._outbox: deque[OutboxEntry] = deque()
        self._sequence = 0
        self._dead_letters: list[DeadLetter] = []
        self._dead_letter_bytes = 0
        self._dead_letter_counts: Counter[str] = Counter()
        self._position: bytes | None = None
        self._counters: bytes | None = None
        self._settings: dict[str, bytes] = {}

    def number(self) -> int:
        return self._number

    def commit(self, commit: Commit) -> None:
        if is_repeat(commit.number, self._number):
            return
        _change(self._records, commit.records)
        self._due.change(commit.due)
        for identity, payload in commit.outbox:
            self._sequence += 1
            self._outbox.append(OutboxEntry(self._sequence, identity, payload))
        self._keep_dead(commit.dead_letters)
        if commit.position is not None:
            self._position = commit.position
        if commit.counters is not None:
            self._counters = commit.counters
        _change(self._settings, commit.settings)
        self._number = commit.number

    def load(self, customers: Sequence[str]) -> dict[str, bytes]:
        return {customer: self._records[customer] for customer in customers if customer in self._records}

    def customers(self) -> Iterator[str]:
        return iter(sorted(self._records))

    def due(self, until: int, limit: int) -> list[tuple[int, str]]:
        return self._due.first(until, limit)

    def position(self) -> bytes | None:
        return self._position

    def counters(self) -> bytes | None:
        return self._counters

    def setting(self, name: str) -> bytes | None:
        return self._settings.get(name)

    def settings(self) -> dict[str, bytes]:
        return dict(self._settings)

    def outbox(self, after: int = 0) -> Iterator[OutboxEntry]:
        return iter([entry for entry in self._outbox if entry.sequence > after])

    @property
    def unpublished(self) -> int:
        """Entries of the outbox that are not published yet."""
        return len(self._outbox)

    def trim(self, upto: int, settings: Mapping[str, bytes] = {}) -> None:
        while self._outbox and self._outbox[0].sequence <= upto:
            self._outbox.popleft()
        self._settings.update(settings)

    def dead_letters(self) -> Iterator[DeadLetter]:
        return iter(list(self._dead_letters))

    def dead_letter_counts(self) -> dict[str, int]:
        return dict(self._dead_letter_counts)

    def _keep_dead(self, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            self._dead_letter_counts[letter.reason.value] += 1
            self._dead_letter_bytes += len(letter.raw) + _EACH
            if self._dead_letter_bytes <= KEPT_OF_DEAD_LETTERS:
                self._dead_letters.append(letter)

    def close(self) -> None:
        """Nothing is held that would have to be let go."""


def _change(kept: dict[str, bytes], changes: Mapping[str, bytes | None]) -> None:
    for key, value in changes.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = value


class _DueIndex:
    """When each customer's next timer is due. A heap, whose entries are looked up before they are believed."""

    def __init__(self) -> None:
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def change(self, changes: Mapping[str, int | None]) -> None:
        for customer, due in changes.items():
            if due is None:
                self._due.pop(customer, None)
            elif self._due.get(customer) != due:
                self._due[customer] = due
                heappush(self._heap, (due, customer))
        if len(self._heap) > 2 * len(self._due) + 1_000:
            self._heap = [(due, customer) for customer, due in self._due.items()]
            heapify(self._heap)

    def first(self, until: int, limit: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        while self._heap and len(found) < limit and self._heap[0][0] <= until:
            entry = heappop(self._heap)
            if self._due.get(entry[1]) == entry[0] and found[-1:] != [entry]:
                found.append(entry)
        for entry in found:
            heappush(self._heap, entry)
        return found

"""How messages are read: each by the vocabulary that is in force when it arrives.

A vocabulary only grows from one rule set to the next, so what one of them reads, every later one reads alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from models.events import Event
from models.vocabulary import Vocabulary
from streams.dead_letters import DeadLetter
from streams.stores.base import StoreError
from streams.wire.messages import MessageDecoder, Record
from streams.worker.published import Published, deciding_at

#: Before and after all moments (ms).
_FIRST, _LAST = -(1 << 62), 1 << 62


class Vocabularies(Protocol):
    """The rule sets that were published; more may come."""

    sets: list[Published]

    def vocabulary(self, index: int) -> Vocabulary:
        """What is in force while a set decides; StoreError if it can't be read here."""


class Decoders:
    """A decoder for each vocabulary. Not to be shared between threads. Moments are milliseconds."""

    def __init__(self, rules: Vocabularies) -> None:
        self._rules = rules
        self._made: list[tuple[Vocabulary, MessageDecoder]] = []
        #: By index of the set, as long as there are so many sets.
        self._of_sets: dict[int, MessageDecoder] = {}
        self._known = 0
        #: The decoder that was used last, and the arrivals it is for: from the first moment up to the second.
        self._decoder: MessageDecoder | None = None
        self._begins = self._ends = 0

    def decode_all(self, records: Sequence[Record], arrived: Sequence[int]) -> list[Event | DeadLetter]:
        """The event of each message, or why there is none; `arrived` never goes back."""
        decode = self._at(arrived[0]).decode_all
        if arrived[-1] < self._ends:
            return decode(records, arrived)
        end = bisect_left(arrived, self._ends)
        return decode(records[:end], arrived[:end]) + self.decode_all(records[end:], arrived[end:])

    def decode_recorded(self, records: Sequence[Record], latest: int) -> list[Event | DeadLetter]:
        """The same where each event says itself when it arrived; `latest`: no arrival is before this.

        What a vocabulary can't read arrives with the message before it, as that of no later one counts.
        """
        decoder = self._at(latest)
        newest = self._of_set(len(self._rules.sets) - 1)
        read = newest.decode_all(records)
        if decoder is newest:
            return read
        for number, newly in enumerate(read):
            decoder = self._at(max(latest, newly.arrived) if isinstance(newly, Event) else latest)
            event = newly if decoder is newest else decoder.decode_all(records[number : number + 1])[0]
            if isinstance(event, Event):
                latest = max(latest, event.arrived)
            read[number] = event
        return read

    def _at(self, moment: int) -> MessageDecoder:
        """The decoder of what arrives at a moment; up to `_ends` it is the same."""
        sets = self._rules.sets
        if len(sets) != self._known:
            self._of_sets.clear()
            self._decoder, self._known = None, len(sets)
        if self._decoder is None or not self._begins <= moment < self._ends:
            index = deciding_at(sets, moment)
            begins = sets[index].begins
            self._begins = _FIRST if begins is None else begins
            self._ends = min((one.begins for one in sets[index + 1 :] if one.begins is not None), default=_LAST)
            self._decoder = self._of_set(index)
        return self._decoder

    def _of_set(self, index: int) -> MessageDecoder:
        if index not in self._of_sets:
            self._of_sets[index] = self._of(self._vocabulary(index))
        return self._of_sets[index]

    def _vocabulary(self, index: int) -> Vocabulary:
        """The vocabulary of a set; of the last one before it where this version can't read it."""
        while True:
            try:
                return self._rules.vocabulary(index)
            except StoreError:
                if not index:
                    raise
                index -= 1

    def _of(self, vocabulary: Vocabulary) -> MessageDecoder:
        for known, decoder in self._made:
            if known == vocabulary:
                return decoder
        self._made.append((vocabulary, MessageDecoder(vocabulary)))
        return self._made[-1][1]

"""Readings that are remembered: what was read of a text once is looked up from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Readings kept: the seconds of nearly three hours, more hours than a year has. Then the memory starts afresh.
_KEPT = 10_000
#: Characters of a text whose reading is kept: what producers send again and again is short.
_LONGEST = 64


class Remembered:
    """`remembered[text]` is `read(text)`, or raises what it raises. For texts and bytes.

    Whoever is in haste looks into `known` himself, and asks only where it is a KeyError.
    """

    __slots__ = ("_read", "known")

    def __init__(self, read: Callable[[Any], Any]) -> None:
        #: What has been read. A plain dictionary, for which Python is twice as fast as for one that fills itself.
        self.known: dict[Any, Any] = {}
        self._read = read

    def __getitem__(self, text: Any) -> Any:
        known = self.known
        try:
            return known[text]
        except KeyError:
            value = self._read(text)
        if len(text) <= _LONGEST:
            if len(known) >= _KEPT:
                known.clear()
            known[text] = value
        return value

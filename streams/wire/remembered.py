"""Readings that are remembered: what was read of a text once is looked up from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Readings kept: more hours than a year has. Then the memory starts afresh.
_KEPT = 10_000
#: Characters of a text whose reading is kept: what producers send again and again is short.
_LONGEST = 64


class Remembered(dict[Any, Any]):
    """`remembered[text]` is `read(text)`, or raises what it raises. For texts and bytes."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: Any) -> Any:
        value = self._read(text)
        if len(text) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[text] = value
        return value

"""Bytes of which each part can be decoded: for clients of Kafka that stumble over names of headers that are no text."""

from __future__ import annotations

from typing import Any, SupportsIndex


class AnyText(bytes):
    r"""Bytes whose parts decode to something in any case: what is not UTF-8 becomes `\xff`."""

    def __getitem__(self, part: SupportsIndex | slice) -> Any:
        found = super().__getitem__(part)
        return AnyText(found) if isinstance(found, bytes) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)

"""A channel that is a file: each hand-off one line of JSON, each once."""

from __future__ import annotations

from pathlib import Path

from models.messages import HandOff, encode_hand_off
from streams.appended import AppendedFile


class JsonLinesChannel:
    """Hand-offs in a file (see `streams.appended` for `mark` and `durable`)."""

    def __init__(self, path: Path, mark: bytes | None = None, *, durable: bool = True) -> None:
        self._file = AppendedFile(path, mark, durable=durable)

    def hand_over(self, hand_off: HandOff) -> None:
        self._file.append([encode_hand_off(hand_off)])

    def flush(self) -> bytes:
        return self._file.flush()

    def close(self) -> None:
        self._file.close()

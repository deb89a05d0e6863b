"""Moments as a story writes them: local, to the minute unless there is more to say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.moments import offset_at

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_text(zone: ZoneInfo, moment: int) -> str:
    """`2026-03-02 09:00`, with `:12` or `:12.345` behind it where seconds matter; `moment` is milliseconds."""
    shown = _EPOCH + timedelta(milliseconds=moment + offset_at(zone, moment))
    rest = moment % 60_000
    if rest == 0:
        return f"{shown:%Y-%m-%d %H:%M}"
    return f"{shown:%Y-%m-%d %H:%M:%S}" + (f".{moment % 1_000:03}" if moment % 1_000 else "")

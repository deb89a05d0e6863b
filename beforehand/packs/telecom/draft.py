"""An event on its way into the file, and how it becomes a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

import msgspec

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: China has one zone and no daylight saving.
ZONE = timezone(timedelta(hours=8))

#: Which system of the operator tells of an event.
SOURCES = {
    "customer changed": "crm",
    "data used": "charging",
    "charged": "charging",
    "paid": "shop",
    "called": "network",
    "call dropped": "network",
    "position": "network",
    "searched": "app",
    "page viewed": "app",
    "complaint opened": "care",
    "complaint progressed": "care",
    "complaint closed": "care",
}


class Draft(NamedTuple):
    """An event before it has an id. Times are milliseconds since 1970 (UTC); `arrived` 0: as it happened."""

    time: int
    type: str
    customer: str
    data: dict[str, Any]
    arrived: int = 0

    @property
    def arrives(self) -> int:
        """When it reaches the engine."""
        return self.arrived or self.time


def written(moment: int) -> str:
    """A moment as the wire has it: local time with offset, to the millisecond."""
    return datetime.fromtimestamp(moment / 1000, tz=UTC).astimezone(ZONE).isoformat(timespec="milliseconds")


def numbered(drafts: Iterable[Draft]) -> Iterator[tuple[Draft, str]]:
    """Each draft in order of time with an id of its own: source, customer, and a number within both."""
    last: dict[tuple[str, str], int] = {}
    for draft in sorted(drafts, key=lambda one: (one.time, one.customer, one.type, str(one.data))):
        key = SOURCES[draft.type], draft.customer
        last[key] = number = last.get(key, 0) + 1
        yield draft, f"{key[0]}-{draft.customer}-{number}"


def line(draft: Draft, id_: str) -> bytes:
    """The event as one line of JSON; `arrived` is written only where it differs from `time`."""
    event: dict[str, Any] = {
        "id": id_,
        "source": SOURCES[draft.type],
        "type": draft.type,
        "subject": draft.customer,
        "time": written(draft.time),
    }
    if draft.arrives != draft.time:
        event["arrived"] = written(draft.arrived)
    event["data"] = draft.data
    return msgspec.json.encode(event) + b"\n"

"""The day itself: who is who, what happens, and a file of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from beforehand.packs.lines import lines_to
from beforehand.packs.telecom.customers import draw, stories
from beforehand.packs.telecom.dice import dice
from beforehand.packs.telecom.draft import DAY, HOUR, MINUTE, SECOND, ZONE, Draft, line, numbered
from beforehand.packs.telecom.history import before
from beforehand.packs.telecom.life import ordinary_day
from beforehand.packs.telecom.trouble import story_of

#: The file begins this long before midnight, so that the first complaints are a day old before it ends.
EVENING = 6 * HOUR

#: Of the sessions that count data, one in so many arrives late, and one in so many hours late.
LATE, VERY_LATE = 80, 2_500
#: One line in so many is delivered twice.
TWICE = 400

#: Lines no reader can make sense of, for those who want to see the dead letters.
BROKEN = (
    b'{"id": "x-1", "type": "data used", "subject": "c-000001", "time": "2026-03-20T10:00:00+08:00", "data": {"amou',
    b'{"id": "x-2", "type": "data used", "subject": "c-000001", "time": "2026-03-20T10:00:00+08:00", "data": {}}',
    b'{"id": "x-3", "type": "teleported", "subject": "c-000001", "time": "2026-03-20T10:00:00+08:00", "data": {}}',
    b'{"id": "x-4", "type": "called", "time": "2026-03-20T10:00:00+08:00", "data": {"length": 12}}',
    b'{"id": "x-5", "type": "called", "subject": "c-000001", "time": "yesterday", "data": {"length": 12}}',
    b'{"id": "x-6", "type": "called", "subject": "c-000001", "time": "2026-03-20T10:00:00Z", "data": {"length": NaN}}',
    b"not json at all",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the file holds: lines of each sort, and how many are late, repeated or broken."""

    customers: int
    history: int
    events: int
    late: int
    repeated: int
    broken: int

    @property
    def lines(self) -> int:
        """All lines of the file."""
        return self.history + self.events + self.repeated + self.broken


def generate(
    out: Path,
    *,
    customers: int = 2000,
    seed: int = 1,
    day: date = date(2026, 3, 20),
    broken: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Counts:
    """Write a day of `customers` to `out` (JSON lines, gzipped if the name ends in `.gz`), in order of arrival.

    The file begins at 18:00 of the evening before, with what is known of the past (it has `arrived`: it is old news),
    and ends with `day`. Equal arguments give equal bytes. `broken` adds a handful of unreadable lines. `progress` gets
    (customers done, customers in all).
    """
    midnight = int(datetime.combine(day, time(), tzinfo=ZONE).timestamp()) * 1000
    begins = midnight - EVENING
    drafts: list[Draft] = []
    for number, story in enumerate(stories(customers, seed)):
        customer = draw(number, seed, day, story)
        lived = [
            *(draft for draft in ordinary_day(customer, seed, midnight - DAY) if draft.time >= begins),
            *ordinary_day(customer, seed, midnight),
            *story_of(customer, seed, midnight),
        ]
        drafts += before(customer, seed, day, begins)
        drafts += (draft for draft in lived if begins < draft.time < midnight + DAY)
        if progress and (number + 1) % 100 == 0:
            progress(number + 1, customers)
    return _write(out, drafts, seed, begins, broken=broken, customers=customers)


def _write(out: Path, drafts: list[Draft], seed: int, begins: int, *, broken: bool, customers: int) -> Counts:
    random = dice(seed, "delivery")
    end = max(draft.time for draft in drafts)
    lines: list[tuple[int, bytes]] = []
    history = late = repeated = 0
    for draft, id_ in numbered(drafts):
        history += draft.time < begins
        sent = draft if draft.arrived else _delayed(draft, random, end)
        late += sent.arrived > begins
        lines.append((sent.arrives, line(sent, id_)))
        if random.randrange(TWICE) == 0 and not draft.arrived:
            repeated += 1
            again = sent._replace(arrived=min(end, sent.arrives + random.randrange(1, 20) * SECOND))
            lines.append((again.arrives, line(again, id_)))
    lines.sort()
    with lines_to(out) as file:
        for text in _with_broken([text for _, text in lines]) if broken else (text for _, text in lines):
            file.write(text)
    events = len(lines) - history - repeated
    return Counts(customers, history, events, late, repeated, len(BROKEN) if broken else 0)


def _delayed(draft: Draft, random: Random, end: int) -> Draft:
    """Data sessions are counted where they happen and reported when there is time: some late, a few by hours."""
    if draft.type != "data used":
        return draft
    if random.randrange(VERY_LATE) == 0:
        return draft._replace(arrived=min(end, draft.time + random.randrange(HOUR + MINUTE, 4 * HOUR)))
    if random.randrange(LATE) == 0:
        return draft._replace(arrived=min(end, draft.time + random.randrange(5 * SECOND, 20 * MINUTE)))
    return draft


def _with_broken(lines: list[bytes]) -> Iterator[bytes]:
    """The lines with the broken ones spread evenly among them."""
    gap = len(lines) // len(BROKEN) + 1
    for number, text in enumerate(lines):
        if number % gap == gap // 2:
            yield BROKEN[number // gap] + b"\n"
        yield text

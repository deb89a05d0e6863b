"""The first reading of a file in ranges: together they find what one reading finds, or say that they can't."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.events import Event
from models.moments import DAY, format_moment
from streams.arrivals.files import opened
from streams.arrivals.lines import read_lines
from streams.arrivals.owners import Share, owner_of
from streams.arrivals.ranges import RangeSurvey, joined, joined_owners, survey_range
from streams.arrivals.reader import ArrivalReader
from streams.arrivals.survey import survey
from streams.dead_letters import DeadLetter, Reason

BEGIN = 1_767_225_600_000
LIMIT = 120


def decoded(line: bytes) -> Event | DeadLetter:
    """An event, but for lines that say they are none."""
    at = ArrivalReader(lambda line: DeadLetter(Reason.BAD_ENVELOPE, "", line, len(line))).read(line)
    if at is None or b"none" in line:
        return DeadLetter(Reason.BAD_ENVELOPE, "", line, len(line))
    return Event("e", "c", at, at, "file", "1", {})


def line_of(kind: str, at: int, number: int) -> bytes:
    """A line of some kind that says this time."""
    event = f'"time":"{format_moment(at)}","subject":"c-{number % 7}"'
    lines = {
        "plain": f"{{{event}}}",
        "none": f'{{{event},"none":1}}',
        "clock": f'{{"time":"{format_moment(at)}"}}',
        "returned": f"{{{event}}}\r",
        "blank": " ",
        "broken": f"{{{event}",
        "overlong": f'{{{event},"x":"{"y" * 200}"}}',
    }
    return lines[kind].encode()


KINDS = ("plain", "plain", "plain", "none", "clock", "returned", "blank", "broken", "overlong")
STEPS = (0, 0, 7, 59_000, 60_001, 3 * DAY, 40 * DAY)
BACK = (*STEPS, -1, -2 * DAY)


def lines_of(steps: tuple[int, ...]) -> st.SearchStrategy[list[bytes]]:
    """Lines of all kinds, so far apart."""
    spec = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(steps)), max_size=25)
    return spec.map(
        lambda spec: [
            line_of(kind, at, number)
            for number, ((kind, _), at) in enumerate(zip(spec, accumulate((step for _, step in spec), initial=BEGIN)))  # noqa: B905
        ]
    )


def ranges_of(path: Path, shares: int) -> list[RangeSurvey]:
    """What each share finds."""
    found = []
    for number in range(shares):
        with opened(path) as file:
            read = ArrivalReader(decoded)
            found.append(
                survey_range(file, path.stat().st_size, Share(number, shares), read, LIMIT, lambda _done: None)
            )
    return found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file."""
    return tmp_path_factory.mktemp("ranges") / "events.jsonl"


@given(lines=lines_of(BACK) | lines_of(STEPS), shares=st.integers(1, 6), ends=st.sampled_from([b"", b"\n"]))
def test_ranges_find_what_one_reading_finds(path: Path, lines: list[bytes], shares: int, ends: bytes) -> None:
    """Lines, their order, their last arrival, what is not believed: all the same; and the owner of each line."""
    path.write_bytes(b"\n".join(lines) + ends)
    found = ranges_of(path, shares)
    with opened(path) as file:
        blocks = list(read_lines(file, LIMIT))
    together = joined(found)
    if together is not None:
        assert together == survey(blocks, ArrivalReader(decoded), None, 0)
    assert joined_owners(found) == bytes(owner_of(line, shares) for block in blocks for line in block)


@given(count=st.integers(0, 40), shares=st.integers(1, 6))
def test_a_file_of_events_in_order_needs_no_other_reading(path: Path, count: int, shares: int) -> None:
    """Which is what nearly all files are."""
    lines = [line_of("plain", BEGIN + number, number) for number in range(count)]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    found = ranges_of(path, shares)
    together = joined(found)
    assert together is not None
    assert (together.count, together.in_order) == (count, True)
    assert joined_owners(found) == bytes(owner_of(line, shares) for line in lines)


def test_what_goes_back_in_another_range_is_seen(path: Path) -> None:
    """Each range is in order, and the file is not."""
    path.write_bytes(b"".join(line_of("plain", at, 1) + b"\n" for at in (BEGIN + 5, BEGIN + 6, BEGIN, BEGIN + 1)))
    found = ranges_of(path, 2)
    assert [one.in_order for one in found] == [True, True]
    assert joined(found) is None

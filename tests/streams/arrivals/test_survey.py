"""The first reading of a file: what comes in order is surveyed block by block, with the outcome of line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.events import Event
from models.moments import DAY, format_moment
from streams.arrivals.lines import Line, Overlong
from streams.arrivals.reader import ArrivalReader
from streams.arrivals.survey import survey
from streams.dead_letters import DeadLetter, Reason

BEGIN = 1_767_225_600_000


def line_of(kind: str, at: int) -> Line:
    """A line of some kind that says this time."""
    if kind == "blank":
        return b" "
    if kind == "overlong":
        return Overlong(b"{", 70_000)
    if kind == "arrived":
        return f'{{"time":"{format_moment(at - 5)}","arrived":"{format_moment(at)}"}}'.encode()
    return f'{{"time":"{format_moment(at)}"{", broken" if kind == "broken" else ""}}}'.encode()


def decoded(line: bytes) -> Event | DeadLetter:
    """An event, if its minute is even."""
    read = ArrivalReader(lambda line: DeadLetter(Reason.BAD_ENVELOPE, "", line, len(line)))
    at = read.read(line)
    if at is None or at // 60_000 % 2:
        return DeadLetter(Reason.BAD_ENVELOPE, "", line, len(line))
    return Event("e", "c", at, at, "file", "1", {})


KINDS = ("plain", "plain", "plain", "arrived", "blank", "overlong", "broken")
STEPS = (0, 7, 59_000, 60_001, 120_000, -1, 3 * DAY, 40 * DAY)
LINES = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(STEPS)), max_size=30)


@given(LINES, st.integers(1, 6), st.none() | st.just(BEGIN + 70_000))
def test_a_survey_of_small_blocks_is_that_of_one(spec: list[tuple[str, int]], size: int, floor: int | None) -> None:
    """However a file is cut into blocks, the same is found of it."""
    lines, at = [], BEGIN
    for kind, step in spec:
        at += step
        lines.append(line_of(kind, at))
    blocks = [lines[start : start + size] for start in range(0, len(lines), size)]
    arrivals = ArrivalReader(decoded)
    assert survey(blocks, arrivals, floor, 0) == survey([[line] for line in lines], arrivals, floor, 0)
    assert survey(blocks, arrivals, floor, 0) == survey([lines], arrivals, floor, 0)

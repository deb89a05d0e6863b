"""Shares of a file: each line belongs to one of them, and all lines of a customer to the same."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from streams.arrivals.lines import Line, Overlong
from streams.arrivals.owners import Owners, Share, owner_of
from streams.arrivals.shares import LinesOfShare
from streams.arrivals.survey import Placed, placed_lines

NAMES = st.text(min_size=1, max_size=3)
#: What a file may hold: events of some customer, spelled in two ways, and what names none.
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(lambda name, ascii_: json.dumps({"subject": name}, ensure_ascii=ascii_).encode(), NAMES, st.booleans()),
    st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")),
    st.sampled_from(
        [b"{}", b"", b" ", b"{}\r", b'{"subject": 5}', b'{"subject": "', b"[" * 5_000, Overlong(b"{", 70_000)]
    ),
)


def in_blocks(lines: list[Line], size: int) -> list[list[Line]]:
    """The lines, so many at once."""
    return [lines[start : start + size] for start in range(0, len(lines), size)]


def noted(lines: list[Line], of: int, most: int = 1_000) -> bytes | None:
    """The owners of the lines, noted one by one."""
    owners = Owners(of, most)
    owners.note_lines(lines)
    return owners.noted


def shared(lines: list[Line], of: int, size: int = 7, *, note: bool = False) -> list[list[Placed]]:
    """The lines of each share, by blocks of a size; by owners that were noted, or asked line by line."""
    everything = list(placed_lines([lines], 1, 0))
    found = []
    for number in range(of):
        mine = LinesOfShare(Share(number, of), noted(lines, of) if note else None)
        found.append([placed for block in mine.out_of(in_blocks(lines, size), 1, 0) for placed in block])
        assert mine.others == len(everything) - len(found[-1])
    return found


@given(lines=st.lists(LINES, max_size=30), of=st.integers(1, 5), size=st.integers(1, 6), note=st.booleans())
def test_every_line_belongs_to_exactly_one_share(lines: list[Line], of: int, size: int, note: bool) -> None:
    """Together the shares have all lines but blank ones, each once, in their order and with their places."""
    found = shared(lines, of, size, note=note)
    assert sorted(placed for share in found for placed in share) == list(placed_lines([lines], 1, 0))
    assert all(share == sorted(share, key=lambda placed: placed[0]) for share in found)


@given(lines=st.lists(LINES, max_size=30), of=st.integers(2, 5))
def test_owners_that_were_noted_are_those_that_are_asked(lines: list[Line], of: int) -> None:
    """So it makes no difference how a process finds out what is its own."""
    assert shared(lines, of, note=True) == shared(lines, of)
    assert noted(lines, of) == bytes(owner_of(line, of) for line in lines)


@given(lines=st.lists(LINES, max_size=30), known=st.integers(0, 29))
def test_lines_that_came_since_are_nobodys(lines: list[Line], known: int) -> None:
    """A file that has grown while it was read: who delivers the lines sees that they are not as many as they were."""
    owners = noted(lines, 2)
    assert owners is not None
    mine = LinesOfShare(Share(0, 2), owners[:known])
    delivered = [number for block in mine.out_of(in_blocks(lines, 7), 1, 0) for number, _, _ in block]
    assert all(number <= known for number in delivered)


def test_more_owners_than_may_be_remembered_are_none() -> None:
    """Memory does not grow with the lines of a file without end."""
    lines: list[Line] = [b'{"subject": "a"}'] * 5
    assert noted(lines, 2, most=5) is not None
    assert noted(lines, 2, most=4) is None


@given(name=NAMES, of=st.integers(2, 5))
def test_a_customer_is_of_one_share_however_she_is_spelled(name: str, of: int) -> None:
    """With escapes or without, with more fields or fewer."""
    spelled: list[Line] = [
        json.dumps({"subject": name}).encode(),
        json.dumps({"id": "1", "subject": name, "data": {"subject": "other"}}, ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        ),
    ]
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return  # no text; a dead letter, whoever gets it
    assert sorted(len(share) for share in shared(spelled, of)) == [*[0] * (of - 1), 2]

"""Shares of a file: each line belongs to one of them, and all lines of a customer to the same."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from streams.arrivals.lines import Line, Overlong
from streams.arrivals.shares import LinesOfShare, Share
from streams.arrivals.survey import Placed

NAMES = st.text(min_size=1, max_size=3)
#: What a file may hold: events of some customer, spelled in two ways, and what names none.
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(lambda name, ascii_: json.dumps({"subject": name}, ensure_ascii=ascii_).encode(), NAMES, st.booleans()),
    st.binary(max_size=20),
    st.sampled_from([b"{}", b'{"subject": 5}', b'{"subject": "', b"[" * 5_000, Overlong(b"{", 70_000)]),
)


def shared(lines: list[Line], of: int) -> list[list[Placed]]:
    """The lines of each share."""
    placed = [(number, 0, line) for number, line in enumerate(lines)]
    found = []
    for number in range(of):
        mine = LinesOfShare(Share(number, of))
        found.append(list(mine.out_of(placed)))
        assert mine.others == len(lines) - len(found[-1])
    return found


@given(lines=st.lists(LINES, max_size=30), of=st.integers(2, 5))
def test_every_line_belongs_to_exactly_one_share(lines: list[Line], of: int) -> None:
    """Together the shares have all lines, each once, in their order, and each knows how many are of others."""
    found = shared(lines, of)
    assert sorted(number for share in found for number, _, _ in share) == list(range(len(lines)))
    assert all(share == sorted(share, key=lambda placed: placed[0]) for share in found)


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

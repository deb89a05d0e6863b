"""Bytes to lines."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from streams.arrivals.lines import LineSplitter, Overlong, read_lines, size_of


@given(st.lists(st.binary(max_size=12) | st.sampled_from([b"\n", b"a\n", b"bcdefgh"]), max_size=12), st.integers(1, 6))
def test_lines_do_not_depend_on_blocks(blocks: list[bytes], limit: int) -> None:
    """However the bytes are cut, the lines are theirs; what is cut short is longer than the limit."""
    splitter = LineSplitter(limit)
    lines = [line for block in blocks for line in splitter.split(block)] + splitter.finish()
    whole = b"".join(blocks)
    expected = whole.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert [size_of(line) for line in lines] == [len(line) for line in expected]
    for line, right in zip(lines, expected, strict=True):
        if isinstance(line, Overlong):
            assert len(right) > limit
            assert right.startswith(line.beginning)
        else:
            assert line == right


def test_only_as_many_bytes_are_read_as_asked_for() -> None:
    """A part of a file ends where it ends, though the file goes on."""
    stream = io.BytesIO(b"one\ntwo\nthree\n")
    assert [line for block in read_lines(stream, 99, 6) for line in block] == [b"one", b"tw"]
    assert stream.read() == b"o\nthree\n"

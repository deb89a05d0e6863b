"""What every source promises, tried on each."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from models.events import Event
from models.types import WHOLE
from models.vocabulary import EventType, Vocabulary
from streams.dead_letters import DeadLetter
from streams.sources.base import Source
from streams.sources.jsonl import FileSource
from streams.sources.standard_input import InputSource
from streams.wire.decoder import Decoder
from streams.wire.encode import encode_event

VOCABULARY = Vocabulary({"seen": EventType("seen", "behavior", {"n": WHOLE}, "seen")}, {})
START = 1_772_409_600_000
EVENTS = [Event("seen", f"c{n % 3}", START + n * 500, START + n * 500, "till", f"e{n}", {"n": n}) for n in range(50)]
LINES = [encode_event(event, VOCABULARY) for event in EVENTS]
BAD = {7: b"not json", 20: b'{"type": "lost"}', 49: b"\xff\xfe"}
CONTENT = b"\n".join(BAD.get(number, line) + b"\n" * (number % 5 == 0) for number, line in enumerate(LINES))

Opener = Callable[[bytes, bytes | None], Source]


@pytest.fixture(params=["plain", "gzip", "input"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens some bytes as a source, from a position."""

    def open_(content: bytes, position: bytes | None) -> Source:
        decoder = Decoder(VOCABULARY)
        if request.param == "input":
            return InputSource(io.BytesIO(content), decoder, position, batch=8)
        path = tmp_path / ("e.jsonl.gz" if request.param == "gzip" else "e.jsonl")
        path.write_bytes(gzip.compress(content) if request.param == "gzip" else content)
        return FileSource(path, decoder, position, batch=8)

    return open_


def test_events_and_dead_letters_come_in_order(opened: Opener) -> None:
    """Every line that is not blank is an arrival, in its place."""
    arrivals = [one for batch in opened(CONTENT, None).batches() for one in batch.arrivals]
    assert [one if isinstance(one, Event) else one.raw for one in arrivals] == [
        BAD.get(number, event) for number, event in enumerate(EVENTS)
    ]


def test_arrivals_are_numbered_without_a_gap(opened: Opener) -> None:
    """The first of each batch follows the last of the one before."""
    batches = list(opened(CONTENT, None).batches())
    assert batches[0].first == 0
    assert all(batches)
    for one, following in pairwise(batches):
        assert following.first == one.first + len(one.arrivals)
        assert 0 < len(one.arrivals) <= 8


def test_arrivals_never_go_back(opened: Opener) -> None:
    """Even where events are old, they arrive no earlier than what came before."""
    lines = [LINES[number] for number in (5, 9, 2, 2, 30, 1)]
    arrivals = [one for batch in opened(b"\n".join(lines), None).batches() for one in batch.arrivals]
    arrived = [one.arrived for one in arrivals if isinstance(one, Event)]
    assert len(arrived) == 6
    assert arrived == sorted(arrived)


def test_dead_letters_say_where_they_stood(opened: Opener) -> None:
    """Source, line and offset lead back to the bytes."""
    source = opened(CONTENT, None)
    letters = [one for batch in source.batches() for one in batch.arrivals if isinstance(one, DeadLetter)]
    assert len(letters) == 3
    for letter in letters:
        assert letter.source == source.name
        assert CONTENT[letter.offset :].startswith(letter.raw)
        assert CONTENT[: letter.offset].count(b"\n") == letter.line - 1


def test_a_position_keeps_time_from_going_back(opened: Opener) -> None:
    """What is read after a position arrives no earlier than what was read before, and is numbered on."""
    first = opened(LINES[30] + b"\n", None)
    assert len([batch.arrivals for batch in first.batches()]) == 1
    content = LINES[30] + b"\n" + LINES[3]
    later = opened(content if not isinstance(first, InputSource) else LINES[3], first.position(1))
    (batch,) = later.batches()
    (event,) = batch.arrivals
    assert isinstance(event, Event)
    assert (batch.first, event.id, event.arrived) == (1, "e3", EVENTS[30].arrived)


def test_what_was_read_before_does_not_come_again(opened: Opener) -> None:
    """A resumed source, asked early for its position, does not fall back behind where it was resumed."""
    first = opened(LINES[0] + b"\n" + LINES[1] + b"\n", None)
    assert [len(batch.arrivals) for batch in first.batches()] == [2]
    content = b"" if isinstance(first, InputSource) else LINES[0] + b"\n" + LINES[1] + b"\n"
    second = opened(content, first.position(2))
    assert list(second.batches()) == []
    third = opened(content + LINES[2], second.position(0))
    assert [(batch.first, len(batch.arrivals)) for batch in third.batches()] == [(2, 1)]

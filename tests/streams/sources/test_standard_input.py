"""Standard input: no waiting, and a time that only goes forward."""

from __future__ import annotations

import json

from models.events import Event
from models.moments import DAY, format_moment
from models.vocabulary import EventType, Vocabulary
from streams.dead_letters import DeadLetter
from streams.sources.standard_input import InputSource
from streams.wire.decoder import Decoder

DECODER = Decoder(Vocabulary({"seen": EventType("seen", "behavior", {}, "seen")}, {}))
START = 1_772_409_600_000


class Pieces:
    """An input that gives what was written, piece by piece."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read1(self, size: int, /) -> bytes:
        """The next piece."""
        assert all(len(piece) <= size for piece in self.pieces)
        return self.pieces.pop(0) if self.pieces else b""


def line(time: int, arrived: int | None = None, type_: str = "seen") -> bytes:
    """An event that happened `time` milliseconds after START."""
    event = {"id": str(time), "type": type_, "subject": "c", "time": format_moment(START + time)}
    if arrived is not None:
        event["arrived"] = format_moment(START + arrived)
    return json.dumps(event).encode() + b"\n"


def arrivals(*pieces: bytes, position: bytes | None = None) -> list[int | str]:
    """When each line arrived, after START; of dead letters, the reason."""
    source = InputSource(Pieces(*pieces), DECODER, position)
    return [
        one.arrived - START if isinstance(one, Event) else one.reason.value
        for batch in source.batches()
        for one in batch.arrivals
    ]


def test_a_line_arrives_at_the_latest_time_so_far() -> None:
    """Older lines arrive with the newest before them; a stated arrival counts, but never goes back."""
    lines = [line(0), line(5_000), line(3_000), line(1_000, 9_000), line(2_000), line(0, 8_000), line(10_000)]
    assert arrivals(*lines) == [0, 5_000, 5_000, 9_000, 9_000, 9_000, 10_000]


def test_a_line_more_than_a_day_ahead_is_a_dead_letter() -> None:
    """One mistyped year carries nobody away; a clock event says that time has come."""
    lines = [
        line(0),
        line(DAY),
        line(2 * DAY + 1),
        line(5, 9 * DAY),
        line(DAY + 1),
        line(9 * DAY, type_="clock"),
        line(9 * DAY),
    ]
    ahead = "more than a day ahead"
    assert arrivals(*lines) == [0, DAY, ahead, ahead, DAY + 1, 9 * DAY, 9 * DAY]


def test_the_first_line_after_a_long_silence_says_what_to_do() -> None:
    """Once, with a clock event to send; after it, the line that was refused is believed."""
    told: list[str] = []
    pieces = Pieces(line(0), line(2 * DAY), line(3 * DAY), b"no event\n")
    list(InputSource(pieces, DECODER, advise=told.append).batches())
    assert len(told) == 1
    assert "line 2 of standard input" in told[0]
    clock = told[0].split("\n  ")[1].encode() + b"\n"
    assert arrivals(line(0), clock, line(2 * DAY)) == [0, 2 * DAY, 2 * DAY]


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    """A day is no long silence, and other dead letters are no reason to speak."""
    told: list[str] = []
    list(InputSource(Pieces(line(0), b"no event\n", line(DAY)), DECODER, advise=told.append).batches())
    assert told == []


def test_lines_come_as_soon_as_they_are_complete() -> None:
    """Each piece gives the lines it completes, and a last line needs no newline."""
    whole = line(1) + b"\n" + line(2) + b"bad\n" + line(3)
    source = InputSource(Pieces(whole[:20], whole[20:150], whole[150:-1]), DECODER)
    batches = list(source.batches())
    assert [len(batch.arrivals) for batch in batches] == [1, 2, 1]
    assert [batch.first for batch in batches] == [0, 1, 3]
    letters = [one for batch in batches for one in batch.arrivals if isinstance(one, DeadLetter)]
    assert [(one.source, one.line, one.offset) for one in letters] == [("standard input", 4, whole.index(b"bad"))]


def test_a_later_run_goes_on_in_time() -> None:
    """What comes later arrives no earlier than what came before."""
    source = InputSource(Pieces(line(5_000)), DECODER)
    list(source.batches())
    position = source.position(1)
    assert arrivals(line(1_000), line(2 * DAY), position=position) == [5_000, "more than a day ahead"]
    assert next(iter(InputSource(Pieces(line(1)), DECODER, position).batches())).first == 1


def test_arrivals_that_were_not_taken_do_not_give_their_numbers_away() -> None:
    """What was read and is lost with the process keeps its number, so that nothing new is taken for it."""
    source = InputSource(Pieces(line(1) + line(2) + line(3)), DECODER)
    list(source.batches())
    later = InputSource(Pieces(line(4)), DECODER, source.position(1))
    assert [batch.first for batch in later.batches()] == [3]


def test_what_waits_already_comes_along() -> None:
    """A pipe gives little at a time: what can be read at once is one batch, but not more than a batch holds."""
    pieces = [line(second) + line(second) for second in range(6)]
    waits = iter([True, True, False, True, True])
    source = InputSource(Pieces(*pieces), DECODER, batch=5, ready=lambda: next(waits, False))
    assert [len(batch.arrivals) for batch in source.batches()] == [5, 1, 2, 4]

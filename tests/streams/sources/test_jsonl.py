"""Files of events: order, gaps, bad lines, and going on where a run left off."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.events import Event
from models.moments import DAY, format_moment
from models.types import WHOLE
from models.vocabulary import EventType, Vocabulary
from streams.arrivals import sorting
from streams.arrivals.owners import Share
from streams.dead_letters import DeadLetter
from streams.sources import jsonl
from streams.sources.base import ChangedFile, Progress, SourceError
from streams.sources.jsonl import FileSource
from streams.wire.decoder import Decoder

VOCABULARY = Vocabulary({"seen": EventType("seen", "behavior", {"n": WHOLE}, "seen")}, {})
START = 1_772_409_600_000


def line(number: int, time: int, arrived: int | None = None) -> bytes:
    """An event that happened `time` milliseconds after START."""
    event = {
        "id": str(number),
        "type": "seen",
        "subject": "c",
        "time": format_moment(START + time),
        "data": {"n": number},
    }
    if arrived is not None:
        event["arrived"] = format_moment(START + arrived)
    return json.dumps(event).encode()


def write(path: Path, lines: list[bytes], end: bytes = b"\n") -> Path:
    """A file of these lines."""
    content = b"\n".join(lines) + end
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def source(path: Path, position: bytes | None = None, batch: int = 7) -> FileSource:
    """The file as a source."""
    return FileSource(path, Decoder(VOCABULARY), position, batch=batch)


def read(source: FileSource) -> list[Event | DeadLetter]:
    """All arrivals, whose numbers are checked on the way."""
    arrivals: list[Event | DeadLetter] = []
    first = None
    for batch in source.batches():
        first = batch.first if first is None else first
        assert batch.first == first + len(arrivals)
        assert batch.arrivals
        arrivals += batch.arrivals
    return arrivals


def ids(arrivals: list[Event | DeadLetter]) -> list[str]:
    """The ids of events; of dead letters, their reasons."""
    return [arrival.id if isinstance(arrival, Event) else arrival.reason.value for arrival in arrivals]


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz"])
def test_a_file_is_read_in_order_of_arrival(tmp_path: Path, name: str) -> None:
    """Lines come by `arrived`, or by their time; those that arrive together in the order of the file."""
    lines = [line(1, 5_000), line(2, 1_000, 6_000), line(3, 0), line(4, 5_000), line(5, 6_000)]
    arrivals = read(source(write(tmp_path / name, lines)))
    assert ids(arrivals) == ["3", "1", "4", "2", "5"]
    assert [arrival.arrived - START for arrival in arrivals if isinstance(arrival, Event)] == [
        0,
        5_000,
        5_000,
        6_000,
        6_000,
    ]


def test_dead_letters_know_where_they_stood(tmp_path: Path) -> None:
    """A line that can't be read is in its place, with its number and offset; blank ones are nothing."""
    lines = [line(1, 0), b"", b"oops", b"  \r", line(2, 1)[:-1] + b"\r", line(3, 2) + b"\r"]
    arrivals = read(source(write(tmp_path / "e.jsonl", lines)))
    assert ids(arrivals) == ["1", "not JSON", "not JSON", "3"]
    offset = len(lines[0]) + 2
    assert [(a.source, a.line, a.offset, a.raw) for a in arrivals if isinstance(a, DeadLetter)] == [
        ("e.jsonl", 3, offset, b"oops"),
        ("e.jsonl", 5, offset + 9, line(2, 1)[:-1]),
    ]


def test_unreadable_lines_stay_with_the_line_before_them_when_sorted(tmp_path: Path) -> None:
    """What says no time arrives with the line before it."""
    lines = [b"a", line(1, 5_000), b"b", line(2, 0), b"c"]
    arrivals = read(source(write(tmp_path / "e.jsonl", lines)))
    assert [a.id if isinstance(a, Event) else a.raw for a in arrivals] == [b"a", "2", b"c", "1", b"b"]


def test_a_huge_line_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    """A line of many blocks is a dead letter of its size, of which only the beginning was kept."""
    huge = b'{"x": "' + b"y" * 3_500_000
    lines = [line(1, 0), huge, line(2, 1), huge]
    arrivals = read(source(write(tmp_path / "e.jsonl", lines, end=b"")))
    assert ids(arrivals) == ["1", "too large", "2", "too large"]
    assert [(a.size, len(a.raw), a.line) for a in arrivals if isinstance(a, DeadLetter)] == [
        (len(huge), 1_024, 2),
        (len(huge), 1_024, 4),
    ]


@pytest.mark.parametrize(("far", "believed"), [(1, False), (2, True)])
def test_a_few_lines_behind_a_long_gap_are_not_believed(tmp_path: Path, far: int, believed: bool) -> None:
    """What follows a gap of more than 35 days counts only if it is at least one per cent of the file."""
    near = [line(number, number) for number in range(199 - (far - 1))]
    lines = [line(1_000 + number, 35 * DAY + 1_000 + number) for number in range(far)] + near
    arrivals = read(source(write(tmp_path / "e.jsonl", lines)))
    assert len(arrivals) == 200
    assert ids(arrivals[-far:]) == ([str(1_000 + number) for number in range(far)] if believed else ["year mistyped?"])


def test_a_gap_of_thirty_five_days_is_no_gap(tmp_path: Path) -> None:
    """Only more than 35 days are too long."""
    lines = [line(number, number) for number in range(200)]
    for gap, last in ((35 * DAY, "9"), (35 * DAY + 1, "year mistyped?")):
        arrivals = read(source(write(tmp_path / "e.jsonl", [*lines, line(9, 199 + gap)])))
        assert ids(arrivals)[-1] == last


def test_a_time_long_after_its_arrival_is_not_believed(tmp_path: Path) -> None:
    """A year mistyped in `time` alone is found as well."""
    arrivals = read(source(write(tmp_path / "e.jsonl", [line(1, 40 * DAY, 0), line(2, 35 * DAY, 0)])))
    assert ids(arrivals) == ["year mistyped?", "2"]


def test_appended_lines_are_read_on_and_arrive_no_earlier(tmp_path: Path) -> None:
    """A later run reads what is new, also behind a last line without newline."""
    path = write(tmp_path / "e.jsonl", [line(1, 0), line(2, 9_000)], end=b"")
    first = source(path)
    assert ids(read(first)) == ["1", "2"]
    with path.open("ab") as file:
        file.write(b"\r\n" + line(4, 10_000) + b"\n" + b"bad\n" + line(3, 1_000) + b"\n")
    second = source(path, first.position(2))
    arrivals = read(second)
    assert ids(arrivals) == ["3", "4", "not JSON"]
    assert [(a.arrived - START, a.time - START) for a in arrivals if isinstance(a, Event)] == [
        (9_000, 1_000),
        (10_000, 10_000),
    ]
    assert [(a.line, a.offset) for a in arrivals if isinstance(a, DeadLetter)] == [(4, path.read_bytes().index(b"bad"))]
    third = source(path, second.position(5))
    assert read(third) == []
    assert read(source(path, third.position(5))) == []


@pytest.mark.parametrize(
    "change",
    [lambda old: b"x" + old[1:], lambda old: old[:-30], lambda old: b"", lambda old: old + b"x\n"],
    ids=["other bytes", "shorter", "empty", "last line grown"],
)
def test_a_file_that_changed_is_refused(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    """If what was read is no longer there, the run stops and names the way out."""
    path = write(tmp_path / "e.jsonl", [line(1, 0), line(2, 1)], end=b"")
    first = source(path)
    read(first)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ChangedFile, match="--again"):
        read(source(path, first.position(2)))


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """Missing, damaged and foreign files are named before anything is decided."""
    with pytest.raises(SourceError, match="no such file"):
        read(source(tmp_path / "none.jsonl"))
    damaged = tmp_path / "e.jsonl.gz"
    damaged.write_bytes(gzip.compress(b"\n".join([line(n, n) for n in range(99)]))[:-20])
    with pytest.raises(SourceError, match="gzip"):
        read(source(damaged))
    damaged.write_bytes(line(1, 1))
    with pytest.raises(SourceError, match="gzip"):
        read(source(damaged))
    with pytest.raises(SourceError, match="--again"):
        source(damaged, b"nonsense")


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    """No bytes, or blank lines only, are no arrivals, and what comes later is read."""
    path = write(tmp_path / "e.jsonl", [], end=b"")
    first = source(path)
    assert read(first) == []
    path.write_bytes(b"\n \n")
    second = source(path, first.position(0))
    assert read(second) == []
    path.write_bytes(b"\n \n" + line(1, 0))
    assert ids(read(source(path, second.position(0)))) == ["1"]


def test_a_watcher_sees_both_readings(tmp_path: Path) -> None:
    """Progress is told in bytes, then in arrivals, and ends complete."""
    path = write(tmp_path / "e.jsonl", [line(number, number) for number in range(20)])
    seen: list[Progress] = []
    read(FileSource(path, Decoder(VOCABULARY), batch=7, watch=seen.append))
    assert Progress("surveying", path.stat().st_size, path.stat().st_size) in seen
    assert seen[-1] == Progress("running", 20, 20)


#: ("event", time, arrived or None), ("blank",) or ("bad",).
Spec = tuple[Any, ...]
LINES = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20)).map(lambda t: ("event", *t)),
        st.sampled_from([("blank",), ("bad",), ("spaced",)]),
    ),
    max_size=25,
)


def expected_order(spec: list[Spec], floor: int) -> list[str]:
    """The plain reading of the rule: a stable sort by arrival."""
    dated, before = [], -1 if floor < 0 else floor
    for number, one in enumerate(spec):
        if one[0] == "blank":
            continue
        if one[0] != "bad":
            before = max(floor, one[1] if one[2] is None else one[2])
        dated.append((before, number, "not JSON" if one[0] == "bad" else str(number)))
    return [name for _, _, name in sorted(dated)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(LINES.map(lambda spec: [one if one[0] != "spaced" else ("event", 3, None) for one in spec]), st.data())
def test_any_file_resumed_anywhere_gives_every_line_once(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    spec: list[Spec],
    data: st.DataObject,
) -> None:
    """However it is chunked, cut and appended to, the arrivals are those of a stable sort, each once."""
    monkeypatch.setattr(jsonl, "in_order_of_arrival", lambda lines: sorting.in_order_of_arrival(lines, 3))
    monkeypatch.setattr(sorting, "MERGED_AT_ONCE", 2)
    path = tmp_path_factory.mktemp("files") / data.draw(st.sampled_from(["e.jsonl", "e.jsonl.gz"]))

    def raw(number: int, one: Spec) -> bytes:
        return {"blank": b" ", "bad": b"{"}.get(one[0]) or line(number, one[1], one[2])

    lines = [raw(number, one) for number, one in enumerate(spec)]
    cut = data.draw(st.integers(0, len(spec)))
    seen: list[str] = []
    position, floor = None, -1
    for until in (cut, len(spec)):
        write(path, lines[:until], end=b"\n" if until else b"")
        for _ in range(data.draw(st.integers(1, 3))):
            part = source(path, position, batch=data.draw(st.integers(1, 5)))
            stop = data.draw(st.integers(0, len(spec)))
            for batch in part.batches():
                for arrival in batch.arrivals:
                    if len(seen) - batch.first < 0:
                        raise AssertionError("an arrival is missing")
                    seen.extend(ids([arrival]))
                    if isinstance(arrival, Event):
                        assert arrival.arrived >= START + floor
                        floor = arrival.arrived - START
                if len(seen) >= stop:
                    break
            position = part.position(len(seen))
        # The rest of this part.
        last = source(path, position)
        for arrival in read(last):
            seen.extend(ids([arrival]))
            if isinstance(arrival, Event):
                floor = arrival.arrived - START
        position = last.position(len(seen))
    dated = [one[1] if one[2] is None else one[2] for one in spec[:cut] if one[0] == "event"]
    first = expected_order(spec[:cut], -1)
    second = expected_order([("blank",)] * cut + spec[cut:], max(dated, default=-1))
    assert seen == first + second


@pytest.mark.parametrize("times", [[0, 1, 2, 3], [3, 2, 1, 0]])
@pytest.mark.parametrize("grows", [False, True])
def test_shares_deliver_what_one_delivers(tmp_path: Path, times: list[int], *, grows: bool) -> None:
    """In order or not, also where the file grows between the first reading of the shares and that of all of it."""
    path = write(tmp_path / "events.jsonl", [line(number, time) for number, time in enumerate(times)])
    size = path.stat().st_size
    shares = [FileSource(path, Decoder(VOCABULARY), share=Share(number, 2)) for number in range(2)]
    found = [share.survey_share(size) for share in shares]
    if grows:
        write(path, [line(number, time) for number, time in enumerate([*times, 4, 5])])
    told = source(path).survey(size, found)
    delivered = []
    for share in shares:
        share.surveyed(told)
        delivered += [arrival for batch in share.batches() for arrival in batch.arrivals]
    counted = len(times) if sorted(times) == times or not grows else len(times) + 2
    assert ids(delivered) == ids(read(source(path)))[:counted]

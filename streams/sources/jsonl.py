"""A file of events, one a line of JSON, in the order of their arrival.

1. What was read before is hashed; if it is no longer the same, the source stops.
2. The part that is new is read once to see whether it is in order, and where a mistyped year begins.
3. It is read again, line by line, or sorted where it is not in order. What does not fit into memory is sorted in files.

What is appended to the file later is the next part, for the next run; it arrives no earlier than the last arrival.

Several processes can read one file that none has read before. Each reads a range of it for the first time
(`survey_share`), one puts together what they found (`survey`) and tells it to all (`surveyed`), and each delivers the
lines of its share of the customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.events import Event
from models.moments import format_moment
from models.speech import say
from streams.arrivals.files import HashedStream, OpenFile, opened
from streams.arrivals.gaps import LONGEST_GAP
from streams.arrivals.lines import Line, Overlong, read_lines
from streams.arrivals.owners import ALL, Share
from streams.arrivals.positions import FilePosition, decode_position, encode_position
from streams.arrivals.ranges import RangeSurvey, joined, joined_owners, survey_range
from streams.arrivals.reader import ArrivalReader
from streams.arrivals.shares import LinesOfShare
from streams.arrivals.sorting import Dated, in_order_of_arrival
from streams.arrivals.survey import Placed, Survey, arrival_of, survey
from streams.dead_letters import DeadLetter, Reason
from streams.sources.base import Batch, ChangedFile, Progress, SourceError, Watcher, unwatched
from streams.wire.decoder import Decoder, too_large

#: Arrivals in a batch.
BATCH = 2_000
#: Before and after all arrivals.
_BEFORE_ALL, _AFTER_ALL = -(1 << 62), 1 << 62


class _Surveyed(Struct, frozen=True):
    """What the first reading of a whole file found: its only part (none, if it is empty), and what that looks like."""

    part: FilePosition
    survey: Survey
    #: Whose the lines are, if that was noted (`streams.arrivals.owners`).
    owners: bytes | None


class FileSource:
    """The events of a `.jsonl` or `.jsonl.gz` file, from where `position` left off."""

    def __init__(
        self,
        path: Path,
        decoder: Decoder,
        position: bytes | None = None,
        *,
        batch: int = BATCH,
        watch: Watcher = unwatched,
        share: Share = ALL,
    ) -> None:
        """`share`: deliver its lines only; there is no position then, and `surveyed` is called first.

        SourceError if the position is none of a file.
        """
        self.name = path.name
        self._path = path
        self._decoder = decoder
        self._arrivals = ArrivalReader(decoder.uncounted().decode)
        self._batch = batch
        self._watch = watch
        self._share = share
        self._surveyed: _Surveyed | None = None
        self._parts = [_resumed(position)] if position is not None else []
        self._resumed_at = self._parts[0].first + self._parts[0].delivered if self._parts else 0

    def survey_share(self, size: int) -> bytes:
        """Read a range of the first `size` bytes of the file for the first time, as many as there are shares.

        Empty for a file that can only be read from its beginning; SourceError if it can't be read.
        """
        if self._path.suffix == ".gz":
            return b""
        with opened(self._path) as file:
            found = survey_range(
                file,
                size,
                self._share,
                self._arrivals,
                self._decoder.limit,
                lambda done: self._watch(Progress("surveying", done, size)),
            )
        return msgspec.msgpack.encode(found)

    def survey(self, size: int, of_shares: Sequence[bytes]) -> bytes:
        """What all shares found of their ranges, for each of them to be told; where that is not enough, read all of it.

        SourceError if it can't be read.
        """
        ranges = [msgspec.msgpack.decode(one, type=RangeSurvey) for one in of_shares if one]
        owners, found = (joined_owners(ranges), joined(ranges)) if ranges else (None, None)
        if found is None:
            (found,) = self._survey()
            assert found is not None
            if self._parts[0].end != size:
                owners = None  # it has grown since
        else:
            # (nobody reads on from here later: no hash is needed)
            whole = replace(_NOTHING, end=size, line_end=found.lines, count=found.count, last=found.last)
            self._parts.append(whole)
        return msgspec.msgpack.encode(_Surveyed(self._parts[0], found, owners))

    def surveyed(self, told: bytes) -> None:
        """This is what `survey` of another process found."""
        self._surveyed = msgspec.msgpack.decode(told, type=_Surveyed)

    def batches(self) -> Iterator[Batch]:
        """The arrivals in order; ChangedFile if what was read before has changed, SourceError if it can't be read."""
        surveys = self._survey()
        for part, found in zip(self._parts, surveys, strict=True):
            if found is not None:
                yield from self._deliver(part, found)

    def numbered(self) -> Iterator[list[tuple[int, Event | DeadLetter]]]:
        """As `batches`, each arrival with the number of its line, from 1: for who only reads, and tells of lines."""
        surveys = self._survey()
        for part, found in zip(self._parts, surveys, strict=True):
            if found is not None:
                for judge, lines in self._judged(part, found):
                    numbers = [number for number, _, _ in lines]
                    yield list(zip(numbers, judge.arrivals(lines), strict=True))

    @property
    def count(self) -> int:
        """How many arrivals there are, once the file is being read."""
        return sum(part.count for part in self._parts)

    @property
    def last(self) -> int | None:
        """The last arrival, in ms, once the file is being read; None where no line says a time."""
        return self._parts[-1].last

    def position(self, number: int) -> bytes:
        """Where to go on if no arrival below `number` need come again (see `streams.sources.base.Source`)."""
        number = max(number, self._resumed_at)
        part = next((part for part in reversed(self._parts) if part.first <= number), None)
        if part is None or number > part.first + part.count:
            raise ValueError(say("{source}: arrival {number} is not one of this run", source=self.name, number=number))
        return encode_position(replace(part, delivered=number - part.first))

    # ------------------------------------------------------- the first reading

    def _survey(self) -> list[Survey | None]:
        """What each part looks like; None for one that is wholly delivered. Adds the part that is new."""
        if self._surveyed is not None:
            self._parts = [self._surveyed.part]
            return [self._surveyed.survey]
        surveys: list[Survey | None] = []
        with opened(self._path) as file:
            stream = HashedStream(file)
            surveys.extend(self._survey_known(file, stream, part) for part in self._parts)
            known = self._parts[-1] if self._parts else _NOTHING
            self._end_last_line(stream, known)
            part, found = self._survey_new(file, stream, known)
        if part.count or not self._parts:
            self._parts.append(part)
            surveys.append(found)
        return surveys

    def _survey_known(self, file: OpenFile, stream: HashedStream, part: FilePosition) -> Survey | None:
        found = None
        complete = stream.skip_to(part.start)
        if complete and part.delivered < part.count:
            blocks = read_lines(stream, self._decoder.limit, part.end - part.start)
            found = survey(self._watched(blocks, file), self._arrivals, part.floor, part.first)
        if not (complete and stream.skip_to(part.end)) or stream.digest() != part.digest:
            raise ChangedFile(
                say(
                    "{path}: the part that was read before ({end:,} bytes) has changed since, so the state "
                    "no longer fits it. Put the file back as it was, or start afresh with --again",
                    path=self._path,
                    end=part.end,
                )
            )
        return found

    def _end_last_line(self, stream: HashedStream, known: FilePosition) -> None:
        """Pass over the newline that the last line did not have yet."""
        if known.closed:
            return
        following = stream.read(1)
        if following == b"\r":
            following = stream.read(1)
        if following not in (b"\n", b""):
            raise ChangedFile(
                say(
                    "{path}: line {line}, which had been read as the last one, has grown since. Add "
                    "whole lines, or start afresh with --again",
                    path=self._path,
                    line=known.line_end,
                )
            )

    def _survey_new(self, file: OpenFile, stream: HashedStream, known: FilePosition) -> tuple[FilePosition, Survey]:
        start, first = stream.size, known.first + known.count
        blocks = self._watched(read_lines(stream, self._decoder.limit), file)
        found = survey(blocks, self._arrivals, known.last, first)
        part = FilePosition(
            start=start,
            end=stream.size,
            digest=stream.digest(),
            closed=stream.last_byte in (b"\n", b""),
            line_start=known.line_end,
            line_end=known.line_end + found.lines,
            first=first,
            count=found.count,
            floor=known.last,
            last=found.last,
            delivered=0,
        )
        return part, found

    def _watched(self, blocks: Iterator[list[Line]], file: OpenFile) -> Iterator[list[Line]]:
        for block in blocks:
            yield block
            self._watch(Progress("surveying", file.done(), file.total))

    # ------------------------------------------------------ the second reading

    def _deliver(self, part: FilePosition, found: Survey) -> Iterator[Batch]:
        number = part.first + part.delivered
        for judge, lines in self._judged(part, found):
            yield Batch(number, judge.arrivals(lines))
            number += len(lines)

    def _judged(self, part: FilePosition, found: Survey) -> Iterator[tuple[_Judge, list[Placed]]]:
        """The lines in order of arrival, so many at once, with the judge to whom they are to be told in this order."""
        judge = _Judge(self._decoder, self.name, part.floor, found.disbelieved)
        number, end = part.first + part.delivered, part.first + part.count
        with opened(self._path) as file:
            file.seek(part.start)
            blocks = read_lines(file, self._decoder.limit, part.end - part.start)
            mine = LinesOfShare(self._share, None if self._surveyed is None else self._surveyed.owners)
            lines: Iterator[Placed] = chain.from_iterable(mine.out_of(blocks, part.line_start + 1, part.start))
            if not found.in_order:
                lines = in_order_of_arrival(self._dated(lines, part.floor))
            lines = islice(lines, part.delivered, None)
            while several := list(islice(lines, self._batch)):
                yield judge, several
                number += len(several)
                self._watch(Progress("running", number + mine.others - part.first, part.count))
        if number + mine.others != end:
            raise ChangedFile(
                say("{path}: it was changed while it was being read; start afresh with --again", path=self._path)
            )

    def _dated(self, lines: Iterable[Placed], floor: int | None) -> Iterator[Dated]:
        """Each line with its arrival; one that says no time arrives with the line before it."""
        before = _BEFORE_ALL if floor is None else floor
        for number, offset, line in lines:
            arrived = arrival_of(line, self._arrivals, floor)
            before = before if arrived is None else arrived
            yield Dated(before, number, offset, line)


class _Judge:
    """Makes arrivals of lines that come in order of arrival."""

    def __init__(self, decoder: Decoder, source: str, floor: int | None, disbelieved: int | None) -> None:
        self._decode_all = decoder.decode_all
        self._limit = decoder.limit
        self._source = source
        self._latest = _BEFORE_ALL if floor is None else floor
        self._disbelieved = _AFTER_ALL if disbelieved is None else disbelieved

    def arrivals(self, lines: Sequence[Placed]) -> list[Event | DeadLetter]:
        """What these lines are, in their order."""
        latest, disbelieved = self._latest, self._disbelieved
        found = self._decode_all([line if type(line) is bytes else b"" for _, _, line in lines])
        for number, read in enumerate(found):
            if type(read) is not Event:
                found[number] = self._placed(read, lines[number])
                continue
            arrived = read.arrived
            if arrived < latest:
                read.arrived = arrived = latest
            if arrived < disbelieved and read.time <= arrived + LONGEST_GAP:
                latest = arrived
            else:
                found[number] = self._not_believed(read, lines[number])
        self._latest = latest
        return found

    def _placed(self, letter: Event | DeadLetter, at: Placed) -> DeadLetter:
        number, offset, line = at
        if isinstance(line, Overlong):
            letter = too_large(line.beginning, line.size, self._limit)
        assert isinstance(letter, DeadLetter)
        return letter.at(self._source, number, offset)

    def _not_believed(self, read: Event, at: Placed) -> DeadLetter:
        number, offset, line = at
        assert isinstance(line, bytes)
        if read.arrived >= self._disbelieved:
            shown = format_moment(read.arrived)
            detail = say("it arrives at {time}, more than 35 days after more than 99% of the file", time=shown)
        else:
            detail = say(
                "its time, {time}, is more than 35 days after it arrived",
                time=format_moment(read.time),
            )
        return DeadLetter(Reason.YEAR_MISTYPED, detail, line, len(line), self._source, number, offset)


_NOTHING = FilePosition(
    start=0,
    end=0,
    digest=b"",
    closed=True,
    line_start=0,
    line_end=0,
    first=0,
    count=0,
    floor=None,
    last=None,
    delivered=0,
)


def _resumed(position: bytes) -> FilePosition:
    read = decode_position(position)
    if not isinstance(read, FilePosition):
        raise SourceError(say("the state was made from standard input, not from a file; start afresh with --again"))
    return read

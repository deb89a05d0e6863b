"""A record as bytes, and back: compact, self-describing, independent of the plan.

MessagePack of nested lists. Times of a series are a first value and differences; running sums are made again on
reading. Heaps are not written: they follow from the waits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

import msgspec

from models.consent import Consent
from models.speech import say
from models.types import Value
from rules.compile.view import Bound
from rules.facts.running import Running, Total
from rules.facts.series import Bucket, Series
from rules.facts.takings import flat, read_flat
from rules.record import Match, Opening, Partial, Pending, Position, Record
from rules.situations.ends import mark

#: Raised when the layout of the bytes changes.
VERSION = 7

#: Whole numbers that MessagePack can hold.
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def encode(record: Record) -> bytes:
    """The record as bytes."""
    mark(record)
    # Most customers have little of most: what is empty costs no comprehension.
    return _encode(
        [
            VERSION,
            record.plan,
            record.born,
            record.taken,
            [[name, value, record.attribute_times.get(name)] for name, value in _attributes(record)],
            record.seen.flat(record.taken),
            [[key, _series(series)] for key, series in record.series.items()] if record.series else (),
            [[key, [[each, _series(one)] for each, one in kept.items()]] for key, kept in record.each_series.items()]
            if record.each_series
            else (),
            [[key, _running(running)] for key, running in record.running.items()] if record.running else (),
            [[key, [[each, _running(one)] for each, one in kept.items()]] for key, kept in record.each_running.items()]
            if record.each_running
            else (),
            list(record.chains.items()),
            _position(record.position),
            [[*member, _bound(bound)] for member, bound in record.inside.items()] if record.inside else (),
            [[*key, due] for key, due in record.stays.items()] if record.stays else (),
            record.short_list,
            [[*key, due] for key, due in record.line_due.items()] if record.line_due else (),
            list(record.moment_due.items()),
            [[rule, [[due, _bound(bound)] for due, bound in waits]] for rule, waits in record.moment_events.items()]
            if record.moment_events
            else (),
            [[rule, [_partial(one) for one in partials]] for rule, partials in record.partials.items()]
            if record.partials
            else (),
            record.sequence_number,
            [[key, _openings(kept, record.through.get(key))] for key, kept in record.openings.items()]
            if record.openings
            else (),
            [_match(match) for matches in record.matches.values() for match in matches] if record.matches else (),
            record.consents,
            flat(record.decided.items()) if record.decided else (),
            record.forget_due,
        ]
    )


def decode(customer: str, data: bytes, new_record: Callable[[str], Record]) -> Record:
    """The record of `customer`; `new_record` makes an empty one. ValueError for another version's bytes.

    Zone and bill day are set again by the engine, timers by `rules.situations.timers.restore`.
    """
    fields = _decode(data)
    if fields[0] != VERSION:
        raise ValueError(
            say("a record of layout {fields}; this program reads layout {version}", fields=fields[0], version=VERSION)
        )
    record = new_record(customer)
    _, record.plan, record.born, record.taken, attributes, seen = fields[:6]
    record.attributes = {name: _value(value) for name, value, _ in attributes if value is not None}
    record.attribute_times = {name: time for name, _, time in attributes if time is not None}
    record.seen.read(seen)
    record.kept_series = {key: _read_series(series) for key, series in fields[6]}
    record.kept_each_series = {key: {each: _read_series(one) for each, one in kept} for key, kept in fields[7]}
    record.kept_running = {key: _read_running(running) for key, running in fields[8]}
    record.kept_each_running = {key: {each: _read_running(one) for each, one in kept} for key, kept in fields[9]}
    record.chains = dict(fields[10])
    record.position = _read_position(fields[11])
    record.inside = {(place, member): _read_bound(bound) for place, member, bound in fields[12]}
    record.stays = {(rule, place, member): due for rule, place, member, due in fields[13]}
    record.short_list = [(rule, each) for rule, each in fields[14]]
    record.line_due = {(rule, each): due for rule, each, due in fields[15]}
    record.moment_due = dict(fields[16])
    record.moment_events = {rule: [(due, _read_bound(bound)) for due, bound in waits] for rule, waits in fields[17]}
    record.partials = {rule: [_read_partial(one) for one in partials] for rule, partials in fields[18]}
    record.sequence_number = fields[19]
    for key, openings in fields[20]:
        _read_openings(record, key, openings)
    for item in fields[21]:
        match = _read_match(item)
        record.matches.setdefault(match.rule, []).append(match)
    record.consents = msgspec.convert(fields[22], dict[str, dict[str, Consent]])
    record.decided = read_flat(fields[23])
    record.forget_due = fields[24]
    return record


def _attributes(record: Record) -> list[tuple[str, Value]]:
    if not record.attribute_times:
        return list(record.attributes.items())
    names = dict.fromkeys((*record.attributes, *record.attribute_times))
    return [(name, record.attributes.get(name)) for name in names]


def _value(value: Any) -> Value:
    """A point is written as a list."""
    return tuple(value) if isinstance(value, list) else value


def _data(data: dict[str, Any]) -> dict[str, Value]:
    return {name: _value(value) for name, value in data.items()}


def _whole(number: int) -> int | str:
    """A sum; one that is too large for MessagePack is written in digits."""
    return number if _LEAST <= number <= _MOST else str(number)


def _deltas(times: list[int]) -> list[int]:
    return times[:1] + [later - earlier for earlier, later in pairwise(times)]


def _series(series: Series) -> list[Any]:
    columns = [series.values(number) for number in range(len(series.fields))]
    buckets = [
        [one.first_time, one.last_time, one.count, [[field[0], _whole(field[1]), *field[2:]] for field in one.fields]]
        for one in series.buckets or ()
    ]
    return [series.fields, _deltas(series.times), columns, buckets]


def _read_series(item: list[Any]) -> Series:
    fields, deltas, columns, buckets = item
    series = Series(tuple((name, summed) for name, summed in fields))
    series.times = list(accumulate(deltas))
    for number, values in enumerate(columns):
        series.set_values(number, [_value(value) for value in values])
    for bucket in buckets:
        for field in bucket[3]:
            field[1], field[4:] = int(field[1]), map(_value, field[4:])
    series.set_buckets([Bucket(*bucket) for bucket in buckets])
    return series


def _running(running: Running) -> list[Any]:
    totals = [
        [
            total.known,
            _whole(total.sum),
            total.lowest,
            total.highest,
            total.first,
            total.first_time,
            total.last,
            total.last_time,
            None if total.distinct is None else sorted(total.distinct, key=repr),
        ]
        for total in running.totals
    ]
    return [running.names, running.count, running.first_time, running.last_time, totals]


def _read_running(item: list[Any]) -> Running:
    names, count, first_time, last_time, totals = item
    running = Running(tuple(names))
    running.count, running.first_time, running.last_time = count, first_time, last_time
    for total, fields in zip(running.totals, totals, strict=True):
        _read_total(total, fields)
    return running


def _read_total(total: Total, fields: list[Any]) -> None:
    total.known, total.sum, total.lowest, total.highest = fields[0], int(fields[1]), fields[2], fields[3]
    total.first, total.first_time, total.last, total.last_time = (
        _value(fields[4]),
        fields[5],
        _value(fields[6]),
        fields[7],
    )
    total.distinct = None if fields[8] is None else {_value(value) for value in fields[8]}


def _position(position: Position | None) -> list[Any] | None:
    if position is None:
        return None
    return [
        position.time,
        position.taken,
        position.latitude,
        position.longitude,
        position.cell,
        position.members,
        False,  # (earlier builds keep here that it has faded, and look themselves where it is not so)
    ]


def _read_position(item: list[Any] | None) -> Position | None:
    if item is None:
        return None
    time, taken, latitude, longitude, cell, members, _ = item
    return Position(time, taken, latitude, longitude, cell, tuple((place, member) for place, member in members))


def _bound(bound: Bound) -> list[Any]:
    return [bound.data, bound.time, bound.taken, bound.source, bound.id, bound.place]


def _read_bound(item: list[Any]) -> Bound:
    data, time, taken, source, id_, place = item
    return Bound(_data(data), time, taken, source, id_, None if place is None else (place[0], place[1]))


def _partial(partial: Partial) -> list[Any]:
    return [[_bound(bound) for bound in partial.bound], partial.each, partial.numbers, partial.due]


def _read_partial(item: list[Any]) -> Partial:
    bound, each, numbers, due = item
    return Partial(tuple(_read_bound(one) for one in bound), each, tuple(numbers), due)


def _openings(kept: list[Opening], through: dict[str, int] | None) -> list[Any]:
    """Each opening, with the rules that are through with it: all openings up to one of `lasts` have the same."""
    first = kept[0].number
    rules = [(rule, number) for rule, number in sorted(through.items()) if number >= first] if through else []
    lasts = sorted({number for _, number in rules})
    done = [[rule for rule, number in rules if number >= last] for last in lasts]
    done.append([])
    return [[_bound(one), one.ends, done[bisect_left(lasts, one.number)], one.latest] for one in kept]


def _read_openings(record: Record, key: int, openings: list[Any]) -> None:
    kept: list[Opening] = []
    through: dict[str, int] = {}
    for number, ((data, time, taken, source, id_, _), ends, done, latest) in enumerate(openings, 1):
        opening = Opening(_data(data), time, taken, source, id_, None, number, latest)
        opening.ends = ends
        kept.append(opening)
        through.update(dict.fromkeys(done, number))
    record.openings[key] = kept
    record.opened = max(record.opened, len(kept))
    if through:
        record.through[key] = through


def _match(match: Match) -> list[Any]:
    return [
        match.rule,
        match.version,
        match.each,
        match.taken,
        match.time,
        match.trigger,
        [_bound(bound) for bound in match.bound],
        [[entry.block, entry.due, entry.actions, entry.held] for entry in match.pending],
        match.used,
        match.tasks,
    ]


def _read_match(item: list[Any]) -> Match:
    rule, version, each, taken, time, trigger, bound, pending, used, tasks = item
    match = Match(rule, version, each, taken, time, tuple(trigger), tuple(_read_bound(one) for one in bound))
    match.pending = [
        Pending(block, due, tuple((kind, number) for kind, number in actions), held=held)
        for block, due, actions, held in pending
    ]
    match.used = used
    match.tasks = tuple(tasks)
    return match

"""Events to lines: what a producer writes, and what the decoder reads back to the same event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from models.currencies import currency_decimals
from models.events import Event
from models.moments import format_date, format_moment
from models.types import Kind, Type, Value
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary

#: Decimals of a number on the wire, where it is finer than whole.
_PLACES: Mapping[Kind, int] = {Kind.NUMBER: 6, Kind.DURATION: 3, Kind.LENGTH: 3}

_write = msgspec.json.Encoder(decimal_format="number").encode


def encode_event(event: Event, vocabulary: Vocabulary, *, recorded: bool = False) -> bytes:
    """The event as one line of JSON, without the newline; `arrived` where it is `recorded`, or differs from `time`.

    Its type and the keys of its data are canonical names of the vocabulary, its values lie on the grid; KeyError for a
    type or a field that the vocabulary does not have.
    """
    type_ = RESERVED_EVENTS.get(event.type) or vocabulary.events[event.type]
    fields = type_.fields
    if event.type == "customer changed":
        fields = {**RESERVED_ATTRIBUTES, **vocabulary.customer}
    written: dict[str, Any] = {"specversion": "1.0", "id": event.id, "source": event.source, "type": type_.wire}
    if event.customer:
        written["subject"] = event.customer
    written["time"] = format_moment(event.time)
    if recorded or event.arrived != event.time:
        written["arrived"] = format_moment(event.arrived)
    written["data"] = {
        name: None if value is None else _writer_of(fields[name], vocabulary.currency)(value)
        for name, value in event.data.items()
    }
    return _write(written)


@lru_cache(maxsize=256)
def _writer_of(type_: Type, currency: str) -> Callable[[Any], Any]:
    if type_.kind is Kind.MONEY:
        return lambda value: str(_scaled(value, currency_decimals(currency)))
    if type_.kind in _PLACES:
        places = _PLACES[type_.kind]
        return lambda value: value // 10**places if value % 10**places == 0 else _scaled(value, places)
    writers: dict[Kind, Callable[[Any], Any]] = {
        Kind.DATE: format_date,
        Kind.MOMENT: format_moment,
        Kind.POINT: lambda value: {"lat": value[0], "lon": value[1]},
    }
    return writers.get(type_.kind, _as_it_is)


def _as_it_is(value: Value) -> Value:
    return value


def _scaled(value: int, places: int) -> Decimal:
    sign, digits = (1 if value < 0 else 0), tuple(map(int, str(abs(value))))
    return Decimal((sign, digits, -places))

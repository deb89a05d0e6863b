"""What a scanner is told of a type of event (`streams.wire.scanning`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.types import Kind
from streams.wire.quick_source import Field


class Scanned(NamedTuple):
    """A type of event, the names that it has on the wire, and its fields with all their spellings."""

    name: str
    names: Sequence[str]
    fields: Sequence[Field]
    #: The kinds of its fields.
    kinds: Mapping[str, Kind]
    #: Of fields of which texts are looked up: what has been read of them. It grows as others read.
    known: Mapping[str, dict[Any, Any]]
    #: Whether null is a value.
    keeps_null: bool

"""Trees of rules as bytes: data in msgpack, so that reading it runs nothing.

Nearly every node of a tree has a type, and those of choices are long, so each type is written once, and nodes have its
number.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from models.types import Kind, Type

T = TypeVar("T")


class _Packed(Struct, array_like=True):
    types: list[tuple[Kind, tuple[str, ...], bool]]
    value: msgspec.Raw


def pack(value: object) -> bytes:
    """The bytes of a value. Raises MsgspecError or OverflowError if it has something in it that does not fit."""
    numbers: dict[Type, int] = {}

    def plain(part: Any) -> object:
        if type(part) is Type:
            return numbers.setdefault(part, len(numbers))
        if isinstance(part, MappingProxyType):
            return dict(part)
        raise msgspec.EncodeError(f"{type(part).__name__} is not kept")

    packed = msgspec.msgpack.encode(value, enc_hook=plain)
    types = [(one.kind, one.choices, one.optional) for one in numbers]
    return msgspec.msgpack.encode(_Packed(types, msgspec.Raw(packed)))


def unpack(data: bytes | memoryview, kind: type[T]) -> T:
    """The value of this type that the bytes are. Raises MsgspecError if they are none."""
    packed = msgspec.msgpack.decode(data, type=_Packed)
    types = [Type(*one) for one in packed.types]

    def made(_: type, number: Any) -> object:
        try:
            return types[number]
        except LookupError as error:
            raise ValueError(f"there is no type {number}") from error

    return msgspec.msgpack.decode(packed.value, type=kind, dec_hook=made)

"""Trees as bytes: what comes back is what was packed, and what is no tree is refused."""

from __future__ import annotations

from types import MappingProxyType

import msgspec
import pytest

from models.types import TEXT, Kind, Type
from rules.packed import pack, unpack
from rules.typed import Attribute, Comparator, Compare, Condition, Constant

PLAN = Type(Kind.CHOICE, ("S", "M", "a plan with a long name"))
CONDITIONS: list[Condition] = [
    Compare(Comparator.IS, Attribute("plan", PLAN), Constant(choice, PLAN)) for choice in PLAN.choices
]


def test_what_was_packed_comes_back() -> None:
    """Trees are equal, and their types are the very same."""
    back = unpack(pack(CONDITIONS), list[Condition])
    assert back == CONDITIONS
    assert isinstance(back[0], Compare)
    assert back[0].left.type is PLAN


def test_a_type_is_written_once() -> None:
    """However many nodes have it."""
    assert pack(CONDITIONS).count(b"a plan with a long name") == 2  # the other is the constant's value
    assert unpack(pack({"a": [TEXT, PLAN, TEXT]}), dict[str, list[Type]]) == {"a": [TEXT, PLAN, TEXT]}


def test_mappings_that_cannot_change_come_back_as_plain_ones() -> None:
    """Most of what is packed has some."""
    assert unpack(pack(MappingProxyType({"a": TEXT})), dict[str, Type]) == {"a": TEXT}


@pytest.mark.parametrize(
    "value", [b"", b"\x00", msgspec.msgpack.encode([[], 7]), msgspec.msgpack.encode([[["choice", ["S"], False]], 7])]
)
def test_what_is_no_tree_is_refused(value: bytes) -> None:
    """Cut, of another form, and with a type that is not there."""
    with pytest.raises(msgspec.MsgspecError):
        unpack(value, Type)


def test_what_is_no_data_is_refused() -> None:
    """It would come back as something else."""
    with pytest.raises(msgspec.MsgspecError, match="object is not kept"):
        pack([object()])

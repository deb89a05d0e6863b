"""Types: one object of each, so that nodes of rules compare and hash them at no cost."""

from __future__ import annotations

import copy
import pickle

import pytest

from models.types import Kind, Type

CHOICE = Type(Kind.CHOICE, ("S", "M"))


def test_there_is_one_object_of_each_type() -> None:
    """However a type is made, equal ones are the same; those that differ in anything are not equal."""
    assert Type(Kind.CHOICE, choices=("S", "M"), optional=False) is CHOICE
    assert (
        len({CHOICE, Type(Kind.CHOICE, ("M", "S")), Type(Kind.CHOICE, ("S", "M"), optional=True), Type(Kind.TEXT)}) == 4
    )
    for again in (copy.copy(CHOICE), copy.deepcopy(CHOICE), pickle.loads(pickle.dumps(CHOICE))):
        assert again is CHOICE


def test_a_type_does_not_change() -> None:
    """What all share nobody can change."""
    with pytest.raises(AttributeError, match="optional cannot be set"):
        CHOICE.optional = True


def test_how_a_type_is_written_stays() -> None:
    """Keys of facts in records are made of it: written in another way, every fact would begin anew."""
    assert repr(Type(Kind.CHOICE, ("S",), optional=True)) == (
        "Type(kind=<Kind.CHOICE: 'choice'>, choices=('S',), optional=True)"
    )

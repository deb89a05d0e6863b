"""What must not change for channels and other readers."""

from __future__ import annotations

from typing import Any

import pytest

from streams.contract.compare import compare
from streams.contract.received import changes_for_receivers
from tests.streams.contract.contracts import VOCABULARY, contract, of_text


def test_a_channel_that_goes_leaves_its_readers_without_messages() -> None:
    """One that comes is told."""
    vocabulary = of_text(VOCABULARY)
    found = compare(contract(vocabulary), contract(vocabulary, ["app", "call centre"]))
    assert [(change.code, change.whom, change.what) for change in found] == [
        ("E705", "readers of handoff.sms", "nothing comes on it any more."),
        ("N701", "channels", "messages come on handoff.call_centre now."),
    ]


TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize(
    ("before", "now", "what"),
    [
        ({"properties": {"a": {"properties": {"b": TEXT}}}}, {"properties": {"a": {}}}, "`a.b` no longer comes."),
        (
            {"properties": {"a": TEXT}, "required": ["a"]},
            {"properties": {"a": TEXT}},
            "`a` may be missing now.",
        ),
        ({"properties": {"a": TEXT}}, {"properties": {"a": {"type": ["string", "null"]}}}, "`a` may be null now."),
        ({"properties": {"a": TEXT}}, {"properties": {"a": {}}}, "`a` may be anything now."),
        ({"properties": {"a": {"enum": [1]}}}, {"properties": {"a": {"enum": [2, 1]}}}, "`a` may be 2 now."),
        ({"properties": {"a": {"const": 1}}}, {"properties": {"a": {"const": 2}}}, "`a` may be 2 now."),
        ({"properties": {"a": {"const": 1}}}, {"properties": {"a": {}}}, "`a` may be anything now."),
        (
            {"properties": {"a": {"items": TEXT}}},
            {"properties": {"a": {"items": {"type": "integer"}}}},
            "`a[]` may be integer now.",
        ),
        (
            {"properties": {"a": {"additionalProperties": TEXT}}},
            {"properties": {"a": {"additionalProperties": {"type": "integer"}}}},
            "`a[]` may be integer now.",
        ),
        (
            {"properties": {"a": {"anyOf": [TEXT, {"type": "null"}]}}},
            {"properties": {"a": {"anyOf": [TEXT, {"type": "integer"}]}}},
            "`a` has a form that it did not have.",
        ),
    ],
)
def test_what_goes_out_may_not_surprise(before: dict[str, Any], now: dict[str, Any], what: str) -> None:
    """Whatever comes now must have been allowed, and what was promised must still be there."""
    (found,) = changes_for_receivers({"decision": before}, {"decision": now})
    assert (found.code, found.whom, found.what) == ("E706", "readers of decisions", what)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"properties": {}}, {"properties": {"a": TEXT}}, ["`a` is new."]),
        (
            {"properties": {"a": {"properties": {}}}},
            {"properties": {"a": {"properties": {"b": TEXT}}}},
            ["`a.b` is new."],
        ),
        ({"properties": {"a": {"enum": [1, 2]}}}, {"properties": {"a": {"const": 1}}}, []),
        ({"properties": {"a": {"type": ["string", "null"]}}}, {"properties": {"a": TEXT}}, []),
        ({"properties": {"a": {"anyOf": [TEXT, {"type": "null"}]}}}, {"properties": {"a": TEXT}}, []),
        ({"properties": {"a": TEXT}}, {"properties": {"a": TEXT}, "required": ["a"]}, []),
        ({"properties": {"a": {}}}, {"properties": {"a": TEXT}}, []),
    ],
)
def test_what_receivers_may_pass_over_breaks_nothing(
    before: dict[str, Any], now: dict[str, Any], told: list[str]
) -> None:
    """New fields, and less than was allowed."""
    found = list(changes_for_receivers({"hand_off": before}, {"hand_off": now}))
    assert [(change.code, change.what) for change in found] == [("N701", what) for what in told]

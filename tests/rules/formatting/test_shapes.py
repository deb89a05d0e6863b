from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules.formatting import shapes
from rules.formatting.shapes import Record, Shape
from rules.workspace import (
    blocks,
    event_types,
    offers_file,
    places_section,
    policy_file,
    rule_file,
    story,
    things_section,
    vocabulary_file,
)

FILES = (shapes.RULE, shapes.FACTS, shapes.OFFERS, shapes.POLICY, shapes.VOCABULARY)
READ = {
    "a rule": rule_file.KEYS,
    "measure": rule_file.MEASURE_KEYS,
    "a block": blocks.KEYS,
    "a task": blocks.TASK_KEYS,
    "a test": story.KEYS,
    "an offer": offers_file.KEYS,
    "a policy": policy_file.KEYS,
    "a channel": policy_file.CHANNEL_KEYS,
    "a vocabulary": vocabulary_file.KEYS,
    "an event type": event_types.KEYS,
    "a role": policy_file.ROLE_KEYS,
    "control": policy_file.CONTROL_KEYS,
    "a limit": offers_file.LIMIT_KEYS,
    "a place": places_section.KEYS,
    "a thing": things_section.KEYS,
}


def records(shape: Shape | None) -> Iterator[Record]:
    """All records of a shape, itself and those inside."""
    if isinstance(shape, Record):
        yield shape
        for inner in (*shape.keys.values(), shape.others):
            yield from records(inner)


@pytest.mark.parametrize("what", READ)
def test_fmt_knows_every_key_that_is_read(what: str) -> None:
    """A key that a reader learns must be learnt here too, or it would stay behind in its language."""
    known = [set(record.keys) for file in FILES for record in records(file)]
    assert set(READ[what]) in known

from __future__ import annotations

import pytest

import beforehand
from models.decisions import Outcome
from tests.beforehand.cli.commands import RULE, VOCABULARY, line


def test_every_public_name_can_be_imported() -> None:
    """What `__all__` promises is there."""
    assert all(getattr(beforehand, name) is not None for name in beforehand.__all__)


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    """As any module does."""
    with pytest.raises(AttributeError, match="run_story"):
        _ = beforehand.run_stroy


def test_the_public_names_are_enough_to_decide() -> None:
    """From texts and lines of JSON to a decision, by what the front door offers alone."""
    loaded = beforehand.load_texts({"vocabulary.yaml": VOCABULARY, "rules/data-nearly-used.yaml": RULE})
    assert loaded.workspace is not None
    (file,) = loaded.workspace.rules
    assert all(result.passed for result in beforehand.run_stories(loaded.workspace, file))
    engine = beforehand.assemble(loaded.workspace, [file.rule])
    record = engine.new_record("c-1")
    decode = beforehand.Decoder(loaded.workspace.vocabulary).decode
    decisions = []
    for text in (
        line(1, "2026-03-02T08:00:00Z", "c-1", "customer changed", '{"plan": "M"}'),
        line(2, "2026-03-02T09:00:00Z", "c-1", "data used", '{"amount": "9 GB"}'),
    ):
        event = decode(text.encode())
        assert isinstance(event, beforehand.Event)
        decisions += engine.take(record, event, event.time)
    assert [decision.outcome for decision in decisions] == [Outcome.SENT]

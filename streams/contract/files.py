"""The files of the published contract: a JSON Schema (2020-12) for each thing, and one AsyncAPI document of all."""

from __future__ import annotations

from collections.abc import Sequence

from models.policy import DEFAULT_CHANNELS
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from streams.contract.asyncapi import asyncapi
from streams.contract.decisions import decision_schema
from streams.contract.events import event_schema
from streams.contract.hand_offs import message_schema, task_hand_off_schema
from streams.contract.shapes import Schema
from streams.wire.names import apart, to_snake_case

#: The AsyncAPI document. It holds all that the others do, so a contract is compared by this file alone.
ASYNCAPI = "asyncapi.json"


def schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """File name -> schema: `events/data_used.json` for each type of event, `decision.json`, and those of hand-offs."""
    events = {**RESERVED_EVENTS, **vocabulary.events}
    names = apart(events, to_snake_case)
    return {
        **{f"events/{names[name]}.json": event_schema(events[name], vocabulary) for name in sorted(events)},
        "decision.json": decision_schema(),
        "hand_off.json": message_schema(),
        "task.json": task_hand_off_schema(),
    }


def contract(vocabulary: Vocabulary, channels: Sequence[str] = DEFAULT_CHANNELS, title: str = "") -> dict[str, Schema]:
    """The same, and the AsyncAPI document; `title` names the workspace.

    ValueError as `streams.topics.hand_off_topics`.
    """
    return {**schemas(vocabulary), ASYNCAPI: asyncapi(vocabulary, channels, title)}

"""What the how-tos for producers and channels show is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.events import Event
from models.vocabulary import Vocabulary
from streams.contract.hand_offs import message_schema, task_hand_off_schema
from streams.partitioning import partition_of
from streams.topics import DEFAULT_PARTITIONS
from streams.wire.decoder import Decoder
from streams.wire.messages import MessageDecoder
from tests.streams.wire.test_documentation import VOCABULARY

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"
CHANNELS = (HOW_TO / "channels.md").read_text("utf-8")
PRODUCE = (HOW_TO / "produce.md").read_text("utf-8")
MESSAGE, TASK, FEEDBACK = re.findall(r"^```json\n(.*?)^```$", CHANNELS, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("shown", "schema"), [(MESSAGE, message_schema()), (TASK, task_hand_off_schema())])
def test_a_hand_off_looks_as_shown(shown: str, schema: dict[str, Any]) -> None:
    """It fits its schema, and has each of its fields."""
    hand_off = json.loads(shown)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(hand_off)] == []
    assert list(hand_off) == list(schema["properties"])
    assert list(hand_off["data"]) == list(schema["properties"]["data"]["properties"])


def test_what_goes_back_is_read() -> None:
    """Each of the lines, in whatever workspace."""
    decoder = Decoder(Vocabulary({}, {}), complete=True)
    for line in FEEDBACK.splitlines():
        assert isinstance(decoder.decode(line.encode()), Event), line
    assert not decoder.ignored


def test_producers_send_what_is_read() -> None:
    """What the example in Python would send, and what the one in Java would."""
    sent: list[tuple[bytes, bytes, list[tuple[str, bytes | None]]]] = []
    code = PRODUCE.split("```python\n")[1].split("```")[0]
    body = "".join(line for line in code.splitlines(keepends=True) if not line.startswith(("from kafka", "producer =")))

    class Producer:
        """Keeps what it is given."""

        def send(self, topic: str, key: bytes, value: bytes, headers: list[tuple[str, bytes | None]]) -> None:
            assert topic == "events.consumption"
            sent.append((key, value, headers))

        def flush(self) -> None:
            pass

    exec(body, {"producer": Producer()})
    java = PRODUCE.split("```java\n")[1].split("```")[0]
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', java)
    pairs: list[tuple[str, bytes | None]] = [
        (name, text.encode()) for name, text in zip(texts[3::2], texts[4::2], strict=True)
    ]
    sent.append((texts[1].encode(), texts[2].replace("\\", "").encode(), pairs))
    first, second = (MessageDecoder(VOCABULARY).decode(*one) for one in sent)
    assert isinstance(first, Event)
    assert first == second


def test_the_partition_that_is_named_is_the_customers() -> None:
    """So that who sets up a client can see whether it is right."""
    (customer, partition, partitions) = re.findall(r"`(c-\d+)` is on partition (\d+) of (\d+)", PRODUCE)[0]
    assert int(partitions) == DEFAULT_PARTITIONS
    assert partition_of(customer, DEFAULT_PARTITIONS) == int(partition)

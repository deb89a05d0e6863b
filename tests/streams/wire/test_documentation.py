"""What docs/wire.md tells producers is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from models.events import Event
from models.types import CELL, DATA, DATE, DURATION, MOMENT, MONEY, NUMBER, POINT, TEXT, WHOLE, YES_NO, Kind, Type
from models.vocabulary import EventType, Vocabulary
from streams.dead_letters import Reason
from streams.wire.decoder import Decoder

PAGE = (Path(__file__).parents[3] / "docs" / "wire.md").read_text("utf-8")
NETWORK = Type(Kind.CHOICE, ("home", "roaming"))
TYPES = {
    str(type_.kind): type_
    for type_ in (DATA, MONEY, DURATION, NUMBER, WHOLE, YES_NO, TEXT, CELL, DATE, MOMENT, POINT, NETWORK)
}
VOCABULARY = Vocabulary(
    {
        "data used": EventType("data used", "consumption", {"amount": DATA, "network": NETWORK}, "data used"),
        "seat map": EventType("seat map", "service", {"seats free": WHOLE}, "com.acme.seat.map"),
        **{
            f"has {name}": EventType(f"has {name}", "service", {"it": type_}, f"has {name}")
            for name, type_ in TYPES.items()
        },
    },
    {"plan": Type(Kind.CHOICE, ("S", "M", "L")), "allowance": DATA},
    currency="CNY",
)
ROWS = re.findall(r"^\| ([a-z/ ]+) \| (.*?) \|(.*?)\| .*$", PAGE[PAGE.index("| type | write") :], re.MULTILINE)


def test_the_examples_are_events() -> None:
    """Every line of the first example is read, and nothing of it is ignored."""
    decoder = Decoder(VOCABULARY)
    lines = PAGE.split("```json\n")[1].split("```")[0].splitlines()
    assert len(lines) == 4
    for line in lines:
        assert isinstance(decoder.decode(line.encode()), Event), line
    assert not decoder.ignored


@pytest.mark.parametrize("type_", TYPES)
def test_every_form_of_a_value_is_read(type_: str) -> None:
    """What the table of fields says may be written, may be written."""
    (row,) = [row for row in ROWS if row[0] == type_ and row[1].startswith("`")]
    forms = re.findall("`([^`]+)`", row[1] + row[2])
    assert forms
    for form in forms:
        envelope = {"id": "1", "type": f"has {type_}", "subject": "c", "time": "2026-03-02T02:00:00Z"}
        event = Decoder(VOCABULARY).decode(f'{json.dumps(envelope)[:-1]}, "data": {{"it": {form}}}}}'.encode())
        assert isinstance(event, Event), (form, event)


def test_every_reason_is_explained() -> None:
    """Whatever a dead letter can say, the page explains, and nothing else."""
    table = PAGE[PAGE.index("| reason |") :]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == [reason.value for reason in Reason]

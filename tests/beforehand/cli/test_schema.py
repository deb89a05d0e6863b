from __future__ import annotations

import json
from pathlib import Path

from models.decisions import Decision
from tests.beforehand.cli.commands import call, workspace


def test_each_type_of_event_and_decisions_have_a_schema(tmp_path: Path) -> None:
    """One document without --out; with it one file each, with the same schemas."""
    folder = workspace(tmp_path / "shop")
    printed = json.loads(call("schema", folder).stdout)
    assert {"events/data_used.json", "events/customer_changed.json", "decision.json"} <= set(printed)
    assert call("schema", folder, "--out", tmp_path / "schemas").exit_code == 0
    for name, schema in printed.items():
        assert json.loads((tmp_path / "schemas" / name).read_text("utf-8")) == schema


def test_a_schema_says_what_the_vocabulary_says(tmp_path: Path) -> None:
    """Names on the wire, required fields, and choices."""
    printed = json.loads(call("schema", workspace(tmp_path)).stdout)
    used = printed["events/data_used.json"]["properties"]
    assert used["type"] == {"enum": ["data used"]}
    assert used["data"]["required"] == ["amount"]
    changed = printed["events/customer_changed.json"]["properties"]["data"]["properties"]
    assert changed["plan"]["anyOf"][0] == {"enum": ["S", "M"]}
    assert {"bill day", "bill_day"} <= set(changed)


def test_the_schema_of_decisions_names_every_field(tmp_path: Path) -> None:
    """The fields of a decision, in its own order."""
    schema = json.loads(call("schema", workspace(tmp_path)).stdout)["decision.json"]
    assert tuple(schema["properties"]) == Decision.__struct_fields__
    assert set(schema["properties"]) - set(schema["required"]) == {"without_policy", "channels", "worth"}

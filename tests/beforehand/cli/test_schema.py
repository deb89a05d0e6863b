from __future__ import annotations

import json
from pathlib import Path

import pytest

from beforehand.cli.schema import FileKind
from models.decisions import Decision
from rules.file_schemas.files import KINDS
from tests.beforehand.cli.commands import RULE, call, workspace


def test_each_type_of_event_and_decisions_have_a_schema(tmp_path: Path) -> None:
    """One document without --out; with it one file each, with the same schemas."""
    folder = workspace(tmp_path / "shop")
    printed = json.loads(call("schema", folder).stdout)
    assert {"events/data_used.json", "events/customer_changed.json", "decision.json"} <= set(printed)
    assert call("schema", folder, "--out", tmp_path / "schemas").exit_code == 0
    for name, schema in printed.items():
        assert json.loads((tmp_path / "schemas" / name).read_text("utf-8")) == schema


def test_the_document_of_all_topics_is_printed_or_written(tmp_path: Path) -> None:
    """With the channels of policy, and the name of the folder."""
    folder = workspace(tmp_path / "shop", policy="channels: {call centre: {}}\n")
    printed = json.loads(call("schema", folder, "--asyncapi").stdout)
    assert printed["info"]["title"] == "shop: events, decisions, hand-offs"
    assert "handoff.call_centre" in printed["channels"]
    written = call("schema", folder, "--out", tmp_path / "contract")
    assert written.stdout == f"{tmp_path / 'contract'}: 15 schemas and asyncapi.json.\n"
    assert json.loads((tmp_path / "contract" / "asyncapi.json").read_text("utf-8")) == printed


def test_channels_that_kafka_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    """With their names."""
    folder = workspace(tmp_path / "shop", policy="channels: {call centre: {}, call-centre: {}}\n")
    refused = call("schema", folder)
    assert refused.exit_code == 2
    assert 'the channels "call centre" and "call-centre" would share the topic' in refused.stderr


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
    assert set(schema["properties"]) - set(schema["required"]) == {
        "without_policy",
        "channels",
        "worth",
        "quiet_hours",
    }


def test_an_editor_is_given_the_schemas_of_the_files(tmp_path: Path) -> None:
    """One file each in the folder named, or one kind alone, with the names of the workspace; errors do no harm."""
    folder = workspace(tmp_path / "shop", rule=RULE.replace("plan is M", "plna is M"))
    written = call("schema", folder, "--files", tmp_path / "schemas")
    assert (written.exit_code, written.stdout) == (0, f"{tmp_path / 'schemas'}: 5 schemas.\n")
    kinds = {file.stem: json.loads(file.read_text("utf-8")) for file in (tmp_path / "schemas").iterdir()}
    assert set(kinds) == {kind.value for kind in FileKind} == set(KINDS)
    assert "data used" in kinds["rule"]["properties"]["when"]["examples"]
    printed = json.loads(call("schema", folder, "--kind", "rule", "--language", "zh").stdout)
    assert "标题" in printed["properties"]
    assert json.loads(call("schema", folder, "--kind", "offers").stdout) == kinds["offers"]


def test_no_workspace_is_needed_for_the_schemas_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have no names then; but a folder that is named must be a workspace."""
    monkeypatch.chdir(tmp_path)
    general = json.loads(call("schema", "--kind", "rule").stdout)
    assert "data used" not in general["properties"]["when"]["examples"]
    assert call("schema", tmp_path / "nowhere", "--kind", "rule").exit_code == 2

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import call


def test_without_a_pack_the_packs_are_listed(tmp_path: Path) -> None:
    """With what each is; asking for a folder without saying which pack is wrong use."""
    listed = call("init")
    assert listed.exit_code == 0
    assert "telecom" in listed.stdout
    assert "retail" in listed.stdout
    result = call("init", tmp_path / "new")
    assert result.exit_code == 2
    assert "--pack" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("pack", ["telecom", "retail"])
def test_a_pack_is_a_workspace_that_checks_and_passes_its_tests(tmp_path: Path, pack: str) -> None:
    """What was copied is sound, and every test of every rule passes."""
    folder = tmp_path / "new" / "shop"
    made = call("init", folder, "--pack", pack)
    assert made.exit_code == 0
    assert f"beforehand check {folder}" in made.stdout
    assert call("check", folder).exit_code == 0
    assert call("test", folder).exit_code == 0


@pytest.mark.parametrize("pack", ["telecom", "retail"])
def test_a_pack_comes_in_chinese_too(tmp_path: Path, pack: str) -> None:
    """The same rules, with the same tests, in Chinese words; `fmt` brings them back as they were written."""
    folder, english = tmp_path / "chinese", tmp_path / "english"
    assert call("init", folder, "--pack", pack, "--language", "zh").exit_code == 0
    assert call("init", english, "--pack", pack).exit_code == 0
    assert all(file.read_text("utf-8").startswith("标题: ") for file in (folder / "rules").iterdir())
    assert call("check", folder).exit_code == 0
    assert call("test", folder).exit_code == 0
    assert call("fmt", folder, "--language", "en").exit_code == 0
    assert [file.read_bytes() for file in files(folder)] == [file.read_bytes() for file in files(english)]


def files(folder: Path) -> list[Path]:
    """All files below a folder, in order, but for what editors are given."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and ".vscode" not in file.parts)


def test_a_folder_that_is_not_empty_is_kept_as_it_is(tmp_path: Path) -> None:
    """Unless --force is said."""
    kept = tmp_path / "vocabulary.yaml"
    kept.write_text("mine", "utf-8")
    assert call("init", tmp_path, "--pack", "telecom").exit_code == 2
    assert kept.read_text("utf-8") == "mine"
    assert call("init", tmp_path, "--pack", "telecom", "--force").exit_code == 0
    assert kept.read_text("utf-8") != "mine"


def test_an_unknown_pack_is_wrong_use_with_the_nearest_name(tmp_path: Path) -> None:
    """`telecon` is told of `telecom`."""
    result = call("init", tmp_path / "new", "--pack", "telecon")
    assert result.exit_code == 2
    assert '"telecom"' in result.stderr


def test_a_day_is_generated_and_runs(tmp_path: Path) -> None:
    """The whole way of a newcomer: a workspace, a day of events, a run, and decisions of the pack's rules."""
    folder, file = tmp_path / "shop", tmp_path / "day.jsonl.gz"
    assert call("init", folder, "--pack", "telecom").exit_code == 0
    made = call("generate", "telecom", file, "--customers", "60", "--broken")
    assert made.exit_code == 0
    result = call("run", folder, "--events", file)
    assert result.exit_code == 0
    assert "complaint-without-progress" in result.stdout
    assert "dead letters" in result.stdout


def test_events_are_generated_only_for_packs_that_have_some(tmp_path: Path) -> None:
    """Another name is wrong use, and a folder that cannot be written too."""
    assert call("generate", "airline", tmp_path / "day.jsonl").exit_code == 2
    assert call("generate", "telecom", tmp_path, "--customers", "1").exit_code == 2


def test_vs_code_is_told_which_schema_is_for_which_file(tmp_path: Path) -> None:
    """Each schema lies where the settings say; settings that are there already are kept, and that is said."""
    assert call("init", tmp_path / "shop", "--pack", "telecom").exit_code == 0
    settings = tmp_path / "shop" / ".vscode" / "settings.json"
    associated = json.loads(settings.read_text("utf-8"))["yaml.schemas"]
    assert len(associated) == 5
    for schema, pattern in associated.items():
        assert list((tmp_path / "shop").glob(pattern.removeprefix("/")))
        assert json.loads((tmp_path / "shop" / schema).read_text("utf-8"))["title"] == pattern.removeprefix("/")
    settings.write_text("{}", "utf-8")
    again = call("init", tmp_path / "shop", "--pack", "telecom", "--force")
    assert settings.read_text("utf-8") == "{}"
    assert ".vscode/settings.json is left as it is" in again.stderr

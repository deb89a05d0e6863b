from __future__ import annotations

from pathlib import Path

from rules.workspace.files import read_files


def test_yaml_files_are_read(tmp_path: Path) -> None:
    """Beside the rules, in rules/ and in its folders; nothing else, and nothing elsewhere."""
    for name in ("facts.yaml", "b.yml", "notes.md", "rules/one.yaml", "rules/sub/two.yaml", "old/three.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    contents, failures = read_files(tmp_path)
    names = ["b.yml", "facts.yaml", "rules/one.yaml", "rules/sub/two.yaml"]
    assert (contents, failures) == ({name: name.encode() for name in names}, {})
    assert list(contents) == names


def test_what_editors_leave_is_not_read(tmp_path: Path) -> None:
    """Hidden files, locks that lead nowhere, backups, hidden folders."""
    (tmp_path / "rules" / ".git").mkdir(parents=True)
    for name in ("rules/.one.yaml.swp", "rules/.one.yaml", "rules/one.yaml~", "rules/#one.yaml#", "rules/.git/x.yaml"):
        (tmp_path / name).write_text("left")
    (tmp_path / "rules" / ".#one.yaml").symlink_to("somebody@somewhere:1")
    assert read_files(tmp_path) == ({}, {})


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A link that leads nowhere, a folder with the name of a file: each with its reason, the others are read."""
    (tmp_path / "facts.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "policy.yaml").mkdir()
    (tmp_path / "offers.yaml").write_text("x")
    contents, failures = read_files(tmp_path)
    assert contents == {"offers.yaml": b"x"}
    assert {name: type(error) for name, error in failures.items()} == {
        "facts.yaml": FileNotFoundError,
        "policy.yaml": IsADirectoryError,
    }


def test_a_folder_without_rules_is_read(tmp_path: Path) -> None:
    """No rules/ is no failure."""
    assert read_files(tmp_path) == ({}, {})

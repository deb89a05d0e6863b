from __future__ import annotations

from pathlib import Path

import pytest

from beforehand.cli.replacing import replace_file
from tests.beforehand.cli.commands import RULE, call, hold_to, workspace

UNTIDY = RULE.replace("only if: plan is M", "only if:   ((plan  is M))")


def rule(folder: Path) -> Path:
    """The file of the rule."""
    return folder / "rules" / "data-nearly-used.yaml"


def test_files_are_brought_into_canonical_words(tmp_path: Path) -> None:
    """Once; the second time there is nothing to do."""
    folder = workspace(tmp_path, rule=UNTIDY)
    first = call("fmt", folder)
    assert first.exit_code == 0
    assert "1 file changed" in first.stdout
    assert rule(folder).read_text("utf-8") == RULE.replace("only if: ", "only if:   ")
    again = call("fmt", folder)
    assert (again.exit_code, again.stdout) == (0, "2 files in canonical words already.\n")


def test_check_names_the_files_and_writes_nothing(tmp_path: Path) -> None:
    """It ends with 1 if a file would change, with 0 if none would."""
    folder = workspace(tmp_path, rule=UNTIDY)
    result = call("fmt", folder, "--check")
    assert result.exit_code == 1
    assert f"would change: {rule(folder)}" in result.stdout
    assert rule(folder).read_text("utf-8") == UNTIDY
    assert call("fmt", workspace(tmp_path), "--check").exit_code == 0


def test_diff_shows_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    """As a unified diff, and nothing else."""
    folder = workspace(tmp_path, rule=UNTIDY)
    result = call("fmt", folder, "--diff")
    assert result.exit_code == 0
    hold_to("fmt-diff.txt", result.stdout.replace(str(folder), "shop"))
    assert rule(folder).read_text("utf-8") == UNTIDY
    assert call("fmt", folder, "--diff", "--check").exit_code == 1


def test_a_file_that_cannot_be_read_is_named_and_left(tmp_path: Path) -> None:
    """With its problems; the others are written, and the end is 1."""
    broken = UNTIDY.replace("reaches", "reaches reaches")
    folder = workspace(tmp_path, rule=broken)
    (folder / "rules" / "two.yaml").write_text(UNTIDY, "utf-8")
    result = call("fmt", folder)
    assert result.exit_code == 1
    assert "rules/data-nearly-used.yaml:3:" in result.stderr
    assert "left as it is" in result.stderr
    assert rule(folder).read_text("utf-8") == broken
    assert (folder / "rules" / "two.yaml").read_text("utf-8") != UNTIDY


def test_without_a_vocabulary_that_can_be_read_nothing_is_written(tmp_path: Path) -> None:
    """Phrases are read with its names."""
    folder = workspace(tmp_path, rule=UNTIDY, vocabulary="events: {paid: {family: nonsense}}\n")
    result = call("fmt", folder)
    assert result.exit_code == 1
    assert "vocabulary.yaml:1:" in result.stderr
    assert "2 files left as they are" in result.stdout
    assert rule(folder).read_text("utf-8") == UNTIDY


def test_fix_repairs_traps_that_are_left_without_it(tmp_path: Path) -> None:
    """A comment behind a value moves to a line of its own."""
    folder = workspace(tmp_path, rule=RULE.replace("at most: 1 per 7 days", "at most: 1 per 7 days # each"))
    assert call("fmt", folder).exit_code == 1
    assert call("fmt", folder, "--fix").exit_code == 0
    assert "\n# each\nat most: 1 per 7 days\n" in rule(folder).read_text("utf-8")
    assert call("check", folder).exit_code == 0


def test_one_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its workspace is found above it; the other files stay."""
    folder = workspace(tmp_path, rule=UNTIDY)
    other = folder / "rules" / "two.yaml"
    other.write_text(UNTIDY, "utf-8")
    assert call("fmt", other).exit_code == 0
    assert rule(folder).read_text("utf-8") == UNTIDY
    assert other.read_text("utf-8") != UNTIDY
    monkeypatch.chdir(folder)
    assert "changed: rules/data-nearly-used.yaml" in call("fmt", "rules/data-nearly-used.yaml").stdout


def test_what_is_no_file_of_a_workspace_is_wrong_use(tmp_path: Path) -> None:
    """A folder without a vocabulary, a file that is not there, a file that no workspace reads."""
    folder = workspace(tmp_path / "shop")
    (folder / "notes.txt").write_text("x", "utf-8")
    (tmp_path / "alone.yaml").write_text("x: y\n", "utf-8")
    for path in (tmp_path, folder / "nothing.yaml", folder / "notes.txt", tmp_path / "alone.yaml"):
        result = call("fmt", path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(path) in result.stderr


def test_line_ends_byte_order_mark_and_mode_stay(tmp_path: Path) -> None:
    """A file from another system, or one that others may not read, is what it was; a link stays a link."""
    folder = workspace(tmp_path / "shop")
    kept = tmp_path / "kept.yaml"
    kept.write_bytes(b"\xef\xbb\xbf" + UNTIDY.replace("\n", "\r\n").encode())
    kept.chmod(0o640)
    rule(folder).unlink()
    rule(folder).symlink_to(kept)
    assert call("fmt", folder).exit_code == 0
    assert (
        kept.read_bytes() == b"\xef\xbb\xbf" + RULE.replace("only if: ", "only if:   ").replace("\n", "\r\n").encode()
    )
    assert kept.stat().st_mode & 0o777 == 0o640
    assert rule(folder).is_symlink()
    assert [one.name for one in tmp_path.iterdir()] in (["shop", "kept.yaml"], ["kept.yaml", "shop"])


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither half of a file, nor one under another name."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_file(tmp_path / "folder", b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]

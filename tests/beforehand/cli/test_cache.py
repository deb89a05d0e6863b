from __future__ import annotations

from pathlib import Path

import pytest

from beforehand.cli.cache import cache_folder
from benchmarks.rule_files import write_workspace
from tests.beforehand.cli.commands import call


def test_the_cache_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for, else the folder for caches, else the one in the user's home; or none."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("BEFOREHAND_CACHE")
    assert cache_folder() == tmp_path / ".cache" / "beforehand"
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/beforehand")
    monkeypatch.setenv("BEFOREHAND_CACHE", "/mine")
    assert cache_folder() == Path("/mine")
    monkeypatch.setenv("BEFOREHAND_CACHE", "off")
    assert cache_folder() is None


def test_check_says_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second check takes what the first has kept, and says what it has said."""
    monkeypatch.setenv("BEFOREHAND_CACHE", str(tmp_path / "cache"))
    write_workspace(tmp_path / "rules", 20)
    rule = next((tmp_path / "rules" / "rules").iterdir())
    rule.write_text(rule.read_text("utf-8").replace("plan is", "plan is not S and plan is", 1), "utf-8")
    first = call("check", tmp_path / "rules")
    assert len(list((tmp_path / "cache").iterdir())) == 3
    assert "W501" in first.output
    assert call("check", tmp_path / "rules").output == first.output

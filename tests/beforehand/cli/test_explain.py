from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import call, hold_to, workspace


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rule_is_told_in_sentences(tmp_path: Path, language: str) -> None:
    """With headings, in the language asked for."""
    result = call("explain", "data-nearly-used", "--workspace", workspace(tmp_path), "--language", language)
    assert result.exit_code == 0
    hold_to(f"explain-{language}.txt", result.stdout)


def test_json_has_the_same_sentences(tmp_path: Path) -> None:
    """One object a line, with each part by its name."""
    result = call("explain", "data-nearly-used", "--workspace", workspace(tmp_path), "--json", "--language", "en")
    (told,) = map(json.loads, result.stdout.splitlines())
    assert told["rule"] == "data-nearly-used"
    sentences = {section["part"]: section["sentences"] for section in told["sections"]}
    assert sentences["for whom"] == [{"text": "Only if her plan is M.", "under": []}]
    assert "when" in sentences


@pytest.mark.parametrize(
    ("lang", "heading"), [("zh_CN.UTF-8", "适用客户"), ("de_DE.UTF-8", "For whom"), ("", "For whom")]
)
def test_the_language_is_that_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, heading: str
) -> None:
    """Where none is asked for: Chinese in a Chinese terminal, else English."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)
    assert heading in call("explain", "data-nearly-used", "--workspace", workspace(tmp_path)).stdout


def test_an_unknown_rule_is_wrong_use_with_the_nearest_name(tmp_path: Path) -> None:
    """And a workspace with errors is told what they are."""
    folder = workspace(tmp_path)
    result = call("explain", "data-nearly-usd", "--workspace", folder)
    assert result.exit_code == 2
    assert '"data-nearly-used"' in result.stderr
    broken = workspace(tmp_path, rule="title: x\n")
    assert call("explain", "data-nearly-used", "--workspace", broken).exit_code == 1

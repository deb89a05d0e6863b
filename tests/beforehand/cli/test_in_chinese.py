from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from models.speech import Tongue, spoken
from rules.language.keywords import Language
from tests.beforehand.cli.commands import RULE, VOCABULARY, call, events, hold_to, workspace
from tests.beforehand.cli.test_help import COMMANDS, GROUPED

THREE_MISTAKES = RULE.replace("reaches 8 GB", "reaches 8 GBs").replace("at most: 1 per 7 days", "at most: 1 per 7 dayz")


def chinese(*arguments: str | Path, stdin: bytes | None = None) -> str:
    """What a command prints in Chinese, on either output."""
    result = call("--language", "zh", *arguments, stdin=stdin)
    return result.stdout + result.stderr


@pytest.mark.parametrize("command", [*COMMANDS, *GROUPED])
def test_help_is_chinese(command: str) -> None:
    """All of a command's help: what it does, the headings, each argument and option."""
    said = chinese(*command.split(), "--help")
    hold_to(f"zh/help-{command.replace(' ', '-')}.txt", said)
    examples = said.partition("示例：")[2]
    assert f"beforehand {command}" in examples
    bare = re.sub(r"`[^`]*`", "", said.partition("示例：")[0])
    assert not re.search(r"\b[A-Za-z]+ (?:the|a|of|in|and|to|is)\b", bare), bare


def test_the_front_page_is_chinese() -> None:
    """With the headings, and a line for each command."""
    hold_to("zh/help.txt", chinese("--help"))


def test_check_is_told_in_chinese(tmp_path: Path) -> None:
    """Problems with their lines and carets, and what they come to."""
    vocabulary = VOCABULARY.replace("family: consumption, price", "family: consumtion, price")
    hold_to(
        "zh/check-three-mistakes.txt", chinese("check", workspace(tmp_path, rule=THREE_MISTAKES, vocabulary=vocabulary))
    )
    assert "1条规则，共2个测试：" in chinese("check", workspace(tmp_path))


def test_check_as_json_keeps_its_keys_and_codes(tmp_path: Path) -> None:
    """Machines find the same problems; only the sentences are others."""
    folder = workspace(tmp_path, rule=THREE_MISTAKES)
    found = [json.loads(line) for line in chinese("check", folder, "--json").splitlines()]
    before = [json.loads(line) for line in call("check", folder, "--json").stdout.splitlines()]
    same = ("file", "line", "column", "code", "severity")
    assert [[one[key] for key in same] for one in found] == [[one[key] for key in same] for one in before]
    assert [one.keys() for one in found] == [one.keys() for one in before]
    assert all(re.search("[\u4e00-\u9fff]", one["message"]) for one in found)


def test_a_failing_test_is_told_in_chinese(tmp_path: Path) -> None:
    """What was expected, what happened, and why not."""
    rule = RULE.replace(
        "amount: 9 GB}\n      - expect guidance by app", "amount: 7 GB}\n      - expect guidance by app"
    )
    hold_to(
        "zh/test-failing.txt", re.sub(r"用时[\d.]+秒", "用时0.0秒", chinese("test", workspace(tmp_path, rule=rule)))
    )


def test_mutants_are_told_in_chinese(tmp_path: Path) -> None:
    """What a rule might say instead, and the test to add."""
    said = chinese("test", workspace(tmp_path), "--mutate", "--at-least", "0")
    hold_to("zh/test-mutate.txt", re.sub(r"用时[\d.]+秒", "用时0.0秒", said))


@pytest.mark.parametrize("command", ["run", "replay"])
def test_a_run_is_summed_up_in_chinese(tmp_path: Path, command: str) -> None:
    """What came in, what was decided, what stopped others, what could not be read."""
    folder = workspace(tmp_path, rule=RULE)
    said = chinese(command, folder, "--events", events(tmp_path / "events.jsonl"))
    hold_to(f"zh/{command}.txt", re.sub(r"用时[\d.]+秒，每秒[\d,]+个", "用时0.0秒", said))


def test_fmt_is_told_in_chinese(tmp_path: Path) -> None:
    """What would change, and what stays as it is."""
    folder = workspace(tmp_path)
    said = chinese("fmt", folder, "--language", "zh", "--check")
    assert "将会改动：" in said
    assert "个文件将会改动" in said


WRONG = [
    (["frobnicate"], "没有这个命令"),
    (["run"], "缺少参数'WORKSPACE'"),
    (["check", "--frobnicate"], "没有这个选项：--frobnicate"),
    (["check", "a", "b"], "多余的参数"),
    (["run", "x", "--events", "y", "--speed", "fast"], "不是速度"),
    (["generate", "telecom", "x", "--customers", "many"], "应为整数"),
    (["generate", "telecom", "x", "--customers", "0"], "应不小于1"),
    (["check", "nowhere"], "nowhere不存在"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=lambda value: str(value)[:30])
def test_wrong_use_is_told_in_chinese(arguments: list[str], said: str) -> None:
    """The same exit code as in English, and what was found in Chinese."""
    result = call("--language", "zh", *arguments)
    assert result.exit_code == 2 == call(*arguments).exit_code
    assert said in result.stderr


@pytest.mark.parametrize(
    ("options", "language"),
    [
        ([], "Find what is wrong"),
        (["--language", "zh"], "找出工作区中的问题"),
        (["--language=zh"], "找出工作区中的问题"),
    ],
)
def test_the_language_is_asked_for_before_the_command(options: list[str], language: str) -> None:
    """And holds for one command: the next one asks anew."""
    assert language in call(*options, "check", "--help").stdout
    assert spoken() is Tongue.ENGLISH
    assert "Usage: " in call("check", "--help").stdout


def test_the_language_is_else_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """`LANG=zh_CN.UTF-8` is enough; `--language en` goes before it."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "用法：" in call("check", "--help").stdout
    assert "Usage: " in call("--language", "en", "check", "--help").stdout
    monkeypatch.setenv("BEFOREHAND_LANGUAGE", "en")
    assert "Usage: " in call("check", "--help").stdout


def test_another_language_is_wrong_use() -> None:
    """There are two."""
    result = call("--language", "fr", "check")
    assert result.exit_code == 2
    assert "'en', 'zh'" in result.stderr


def test_a_language_of_phrases_is_one_of_sentences() -> None:
    """Whoever writes rules in a language is spoken to in it."""
    assert {language.value for language in Language} == {tongue.value for tongue in Tongue}

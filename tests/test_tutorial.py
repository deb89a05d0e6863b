"""The tutorial cannot rot: whoever follows it to the letter sees what it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import call

PAGE = (Path(__file__).parents[1] / "docs" / "tutorial.md").read_text("utf-8")
#: What the first word behind the fence says, what else stands there, and the text.
FENCE = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """`sh` is typed, `text` appears, `yaml FILE` is written, `yaml >> FILE` is added to it, `diff FILE` changes it."""

    kind: str
    file: str
    text: str


def blocks() -> Iterator[Block]:
    """The blocks of the page in order."""
    yield from (Block(*found) for found in FENCE.findall(PAGE))


def typed(command: str) -> str:
    """What appears when a command is typed in the folder at hand."""
    word, *arguments = shlex.split(command)
    if word == "cat":
        return "".join(Path(name).read_text("utf-8") for name in arguments)
    assert word == "beforehand", command
    result = call(*arguments)
    assert result.exit_code in (0, 1), result.output
    return result.output


def changed(text: str, difference: str) -> str:
    """A text in which the lines with `-` have become those with `+`."""
    lines = difference.splitlines(keepends=True)
    before, after = ("".join(line[1:] for line in lines if line[0] == sign) for sign in "-+")
    assert text.count(f"\n{before}") == 1, before
    return text.replace(f"\n{before}", f"\n{after}")


def pattern(shown: str) -> re.Pattern[str]:
    """What is shown, where `...` alone on a line stands for any lines, and within one for anything."""
    lines = [".*\n" if line == "..." else _line(line) for line in shown.strip("\n").split("\n")]
    return re.compile("".join(lines) + r"\s*", re.DOTALL)


def _line(shown: str) -> str:
    return "[^\n]*".join(re.escape(part) for part in shown.split("...")) + r"[^\S\n]*\n"


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """(commands, shown, seen) of each output on the page, by following it in an empty folder."""
    outputs = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tutorial"))
        commands = seen = ""
        for block in blocks():
            file = Path(block.file.removeprefix(">> "))
            match block.kind:
                case "sh":
                    commands, seen = block.text, "".join(map(typed, block.text.splitlines()))
                case "text":
                    outputs.append((commands, block.text, seen))
                case "diff":
                    file.write_text(changed(file.read_text("utf-8"), block.text), "utf-8")
                case "yaml" if block.file.startswith(">> "):
                    file.write_text(file.read_text("utf-8") + block.text, "utf-8")
                case "yaml":
                    assert not file.exists(), f"{file} is written twice"
                    file.write_text(block.text, "utf-8")
                case other:
                    pytest.fail(f"the tutorial has a block of a kind that is not followed: {other}")
    return outputs


def test_every_output_is_what_appears(followed: list[tuple[str, str, str]]) -> None:
    """Each command, typed in the order of the page, prints what the page shows."""
    assert len(followed) >= 10
    for commands, shown, seen in followed:
        assert pattern(shown).fullmatch(seen.strip("\n") + "\n"), f"{commands}printed\n{seen}"


def test_every_command_of_an_author_is_shown() -> None:
    """Look, check, test, mutate, replay, explain and turn a rule: nothing that an author needs is left out."""
    commands = " ".join(block.text for block in blocks() if block.kind == "sh")
    asked = ["init", "check", "test", "--mutate", "generate", "replay", "explain", "fmt", "--language zh"]
    assert [one for one in asked if one not in commands] == []

"""The tutorial cannot rot: whoever follows it to the letter sees what it shows."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from beforehand.command import INTERRUPTED
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
    lines = [r"(?:[^\n]*\n)*" if line == "..." else _line(line) for line in shown.strip("\n").split("\n")]
    return re.compile("".join(lines) + r"\s*", re.DOTALL)


class Going:
    """A command that goes on while the reader reads on."""

    def __init__(self, command: str, said: Path) -> None:
        """What it says is written to a file."""
        word, *arguments = shlex.split(command)
        with said.open("wb") as out:
            whole = [sys.executable, "-m", word, *arguments]
            self._process = subprocess.Popen(whole, stdout=out, stderr=subprocess.STDOUT)
        self._said = said

    def said(self, shown: str, patience: float = 60) -> str:
        """What it has said, as soon as that is what is shown; or when patience ends."""
        until = time.monotonic() + patience
        while True:
            text = self._said.read_text("utf-8")
            if pattern(shown).fullmatch(text) or time.monotonic() > until or self._process.poll() is not None:
                return text
            time.sleep(0.05)

    def end(self) -> int:
        """Ctrl-C; how it ended."""
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(timeout=30)
        finally:
            self._process.kill()


def _line(shown: str) -> str:
    return "[^\n]*".join(re.escape(part) for part in shown.split("...")) + r"[^\S\n]*\n"


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """(commands, shown, seen) of each output on the page, by following it in an empty folder."""
    outputs = []
    going: Going | None = None
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tutorial"))
        commands = seen = ""
        for block in blocks():
            if block.kind == "sh" and going is not None:
                assert going.end() == INTERRUPTED
                going = None
            match block.kind:
                case "sh" if "--watch" in block.text:
                    commands, going = block.text, Going(block.text, tmp_path_factory.mktemp("said") / "said.txt")
                case "sh":
                    commands, seen = block.text, "".join(map(typed, block.text.splitlines()))
                case "text":
                    seen = seen if going is None else going.said(block.text)
                    outputs.append((commands, block.text, seen))
                case _:
                    write(block)
    assert going is None, "the last command of the page goes on"
    return outputs


def write(block: Block) -> None:
    """Write, add to or change a file as a block says."""
    file = Path(block.file.removeprefix(">> "))
    match block.kind:
        case "diff":
            file.write_text(changed(file.read_text("utf-8"), block.text), "utf-8")
        case "yaml" if block.file.startswith(">> "):
            file.write_text(file.read_text("utf-8") + block.text, "utf-8")
        case "yaml":
            assert not file.exists(), f"{file} is written twice"
            file.write_text(block.text, "utf-8")
        case other:
            pytest.fail(f"the tutorial has a block of a kind that is not followed: {other}")


def test_every_output_is_what_appears(followed: list[tuple[str, str, str]]) -> None:
    """Each command, typed in the order of the page, prints what the page shows."""
    assert len(followed) >= 10
    for commands, shown, seen in followed:
        assert pattern(shown).fullmatch(seen.strip("\n") + "\n"), f"{commands}printed\n{seen}"


def test_every_command_of_an_author_is_shown() -> None:
    """Look, check, test, mutate, replay, explain, run and turn a rule: nothing that an author needs is left out."""
    commands = " ".join(block.text for block in blocks() if block.kind == "sh")
    asked = [
        "init",
        "check",
        "test",
        "--mutate",
        "generate",
        "replay",
        "explain",
        "run",
        "--watch",
        "fmt",
        "--language zh",
    ]
    assert [one for one in asked if one not in commands] == []

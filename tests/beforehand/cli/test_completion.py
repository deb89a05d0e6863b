"""Completion, in the shells themselves: the script of `--show-completion`, and a tab."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic

import pytest
from typer.testing import CliRunner

from beforehand.cli import app
from tests.beforehand.cli.commands import RULE, workspace

COMMAND = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
ENVIRONMENT = {**os.environ, "PATH": COMMAND, "TERM": "dumb", "PS1": "> "}
#: Seconds for one answer.
LONGEST = 60

BASH = """
eval "$SCRIPT"
COMP_WORDS=("$@")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
_beforehand_completion beforehand
printf '%s\\n' "${COMPREPLY[@]}"
"""


def shop(folder: Path) -> Path:
    """A workspace with three rules, beside a folder that is none."""
    made = workspace(folder / "shop")
    for name in ("dropped-calls", "data-is-back"):
        (made / "rules" / f"{name}.yaml").write_text(RULE, "utf-8")
    (folder / "other").mkdir()
    return made


def script(shell: str) -> str:
    """What `beforehand --install-completion` puts into the shell's files."""
    made = {**ENVIRONMENT, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = ["beforehand", "--show-completion", shell]
    return subprocess.run(command, env=made, capture_output=True, text=True, check=True).stdout


def of_bash(folder: Path, *words: str) -> set[str]:
    """What bash suggests behind these words, the last of which is being typed."""
    environment = {**ENVIRONMENT, "SCRIPT": script("bash")}
    command = ["bash", "--norc", "-c", BASH, "bash", "beforehand", *words]
    told = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return set(told.stdout.split())


def of_fish(folder: Path, *words: str) -> set[str]:
    """What fish suggests."""
    command = f'{script("fish")}\ncomplete -C "beforehand {" ".join(words)}"'
    told = subprocess.run(
        ["fish", "--no-config", "-c", command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    return {line.split("\t")[0] for line in told.stdout.splitlines() if line}


def of_zsh(folder: Path, *words: str) -> set[str]:
    """What zsh lists at a tab, in a terminal of its own."""
    (folder / "complete.zsh").write_text(script("zsh"), "utf-8")
    begin = "autoload -Uz compinit; compinit -u -D; setopt auto_list no_auto_menu; source complete.zsh; echo rea''dy\n"
    terminal, inside = pty.openpty()
    shell = ["zsh", "-f", "-i"]
    with subprocess.Popen(
        shell, cwd=folder, env=ENVIRONMENT, stdin=inside, stdout=inside, stderr=inside, start_new_session=True
    ) as running:
        try:
            os.write(terminal, begin.encode())
            read_until(terminal, "ready", LONGEST)
            os.write(terminal, f"beforehand {' '.join(words)}\t\t".encode())
            shown = read_until(terminal, None, LONGEST)
        finally:
            running.kill()
            os.close(terminal)
            os.close(inside)
    return set(re.findall(r"[\w-]+", shown))


def read_until(terminal: int, text: str | None, seconds: float) -> str:
    """What comes from a terminal until a text has come; without a text, until a list has come and nothing more."""
    shown, end = "", monotonic() + seconds
    while monotonic() < end and (text is None or text not in shown):
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
            if text is None and "\r\n" in shown:
                end = min(end, monotonic() + 3)
    return shown


Suggested = Callable[..., set[str]]
SHELLS: Mapping[str, Suggested] = {"bash": of_bash, "fish": of_fish, "zsh": of_zsh}


@pytest.fixture(params=SHELLS)
def suggested(request: pytest.FixtureRequest) -> Suggested:
    """What a shell suggests; skipped where it is not installed."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return SHELLS[request.param]


def test_a_shell_suggests_the_rules_of_the_workspace(suggested: Suggested, tmp_path: Path) -> None:
    """Of the one that has been typed, as far as they begin so."""
    shop(tmp_path)
    assert {"data-nearly-used", "data-is-back"} <= (found := suggested(tmp_path, "test", "shop", "da"))
    assert "dropped-calls" not in found


def answered(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> set[str]:
    """What the command answers to a shell, without the shell."""
    monkeypatch.chdir(folder)
    typed = {"COMP_WORDS": "\n".join(("beforehand", *words)), "COMP_CWORD": str(len(words))}
    told = CliRunner().invoke(app, [], prog_name="beforehand", env={"_BEFOREHAND_COMPLETE": "complete_bash", **typed})
    return set(told.stdout.split())


def test_commands_workspaces_rules_and_packs_are_suggested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is no workspace is left to the shell, as files are."""
    folder = shop(tmp_path)

    def suggested(*words: str) -> set[str]:
        return answered(monkeypatch, tmp_path, *words)

    assert suggested("expl") == {"explain"}
    assert suggested("check", "") == suggested("check", "sh") == {"shop"}
    assert suggested("check", f"{tmp_path}/") == {str(folder)}
    assert suggested("run", "shop", "--events", "") == set()
    assert {"retail", "telecom"} <= suggested("init", "new", "--pack", "")
    assert suggested("generate", "re") == {"retail"}
    assert suggested("explain", "--workspace", "shop", "dr") == {"dropped-calls"}


def test_in_a_workspace_its_rules_are_suggested_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none a second time."""
    folder = shop(tmp_path)
    everything = {"data-is-back", "data-nearly-used", "dropped-calls"}
    assert answered(monkeypatch, folder, "test", "") == everything
    assert answered(monkeypatch, folder, "explain", "dropped-calls", "d") == everything - {"dropped-calls"}
    assert answered(monkeypatch, folder, "test", ".", "dropped-calls", "d") == everything - {"dropped-calls"}

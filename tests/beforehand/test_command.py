"""Ctrl-C while the command is still being loaded."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

#: Ctrl-C comes at the moment when a module is looked for; what loads it may make another exception of it.
AT_IMPORT = """
import os, signal, sys
from beforehand.command import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            sys.meta_path.remove(self)
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                raise RuntimeError("what an extension says when it is interrupted")

{before}
sys.meta_path.insert(0, Interrupting())
sys.argv = ["beforehand", "check", "nowhere"]
main()
"""


def at_import(name: str, before: str = "") -> subprocess.CompletedProcess[bytes]:
    """How the command ends when Ctrl-C comes as a module is loaded."""
    program = textwrap.dedent(AT_IMPORT).format(name=name, before=before)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)


@pytest.mark.parametrize("name", ["beforehand.cli", "typer.core", "rules.workspace.workspace", "msgspec"])
def test_ctrl_c_while_a_module_is_loaded_ends_the_command_without_a_word(name: str) -> None:
    """With 130, whether it is the command line that is loaded or what a subcommand needs."""
    ended = at_import(name)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_who_starts_it_deaf_to_ctrl_c_keeps_it_so() -> None:
    """As `nohup` and shells do for what runs in the background."""
    ended = at_import("typer.core", before="signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert ended.returncode == 2
    assert b"nowhere does not exist" in ended.stderr

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from servers.programs import PACKAGES, NotInstalled, install, program


def test_a_program_that_is_here_is_found() -> None:
    """Nothing is installed that is there."""
    assert Path(program("redis-server")).is_file()


def test_what_is_missing_and_may_not_be_installed_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without apt-get the programs are named, and what to type."""
    monkeypatch.setenv("PATH", "/nowhere")
    said = "kcat, mvn are not here. Type, as root: apt-get install kcat maven"
    with pytest.raises(NotInstalled, match=f"^{re.escape(said)}$"):
        install(["kcat", "mvn"])
    with pytest.raises(NotInstalled, match="kcat is not here"):
        program("kcat")


def test_the_script_fails_where_programs_are_missing(tmp_path: Path) -> None:
    """`make test` ends before the first test, with the line and without a traceback."""
    command, alone = [sys.executable, "-m", "servers", "install"], {"PATH": "/nowhere", "HOME": str(tmp_path)}
    ended = subprocess.run(command, env=alone, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == (
        "java, mvn, redis-server, kcat, openssl are not here. "
        f"Type, as root: apt-get install {' '.join(PACKAGES.values())}\n"
    )


def test_a_script_that_is_called_wrongly_says_how() -> None:
    """Without a command nothing is started."""
    ended = subprocess.run([sys.executable, "-m", "servers"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "python -m servers install | run [FOLDER]\n")

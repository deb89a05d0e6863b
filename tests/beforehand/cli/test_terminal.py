from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import events, line, workspace

BEFOREHAND = [sys.executable, "-m", "beforehand"]


def in_a_terminal(*arguments: str | Path, **environment: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    surroundings = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    surroundings |= {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
    with subprocess.Popen(
        [*BEFOREHAND, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings
    ) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                block = os.read(ours, 65_536)
            except OSError:  # what a terminal says when nobody writes to it any more
                break
            if not block:
                break
            written += block
    os.close(ours)
    assert process.returncode == 0
    return written.decode("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace, with events beside it."""
    events(tmp_path / "events.jsonl")
    return workspace(tmp_path / "shop")


def test_a_terminal_gets_colours_and_progress(folder: Path, tmp_path: Path) -> None:
    """A run in a terminal is coloured and shows how far it is."""
    written = in_a_terminal("run", folder, "--events", tmp_path / "events.jsonl", "--speed", "200000x")
    assert "\x1b[1;36mguidance\x1b[0m" in written
    assert "━" in written


def test_no_color_is_respected(folder: Path, tmp_path: Path) -> None:
    """With NO_COLOR in the environment nothing has a colour, though it may be bold."""
    written = in_a_terminal("run", folder, "--events", tmp_path / "events.jsonl", NO_COLOR="1")
    assert "guidance" in written
    assert "\x1b[1;36m" not in written
    assert "\x1b[36m" not in written


def test_what_is_piped_has_neither(folder: Path, tmp_path: Path) -> None:
    """A file gets plain text, and its lines are not wrapped."""
    done = subprocess.run(
        [*BEFOREHAND, "run", folder, "--events", tmp_path / "events.jsonl"], capture_output=True, check=True
    )
    assert b"\x1b" not in done.stdout + done.stderr
    assert not any(one.endswith(b" ") for one in done.stdout.split(b"\n"))
    assert done.stderr == b""


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_goes_on_as_if_it_had_not_been(
    folder: Path, tmp_path: Path, request_to_end: signal.Signals
) -> None:
    """Ctrl-C ends it with 130 and the state kept; the same command goes on, and the decisions are all there, once."""
    file, state, out = tmp_path / "long.jsonl", tmp_path / "state", tmp_path / "out.jsonl"
    customers = [f"c-{number}" for number in range(40)]
    file.write_text(
        "".join(line(1, "2026-03-02T08:59:50+08:00", one, "customer changed", '{"plan": "M"}') for one in customers)
        + "".join(
            line(2, f"2026-03-02T09:{number:02}:00+08:00", one, "data used", '{"amount": "9 GB"}')
            for number, one in enumerate(customers)
        ),
        "utf-8",
    )
    arguments = ("run", folder, "--events", file, "--state", state, "--out", out)
    command = [*BEFOREHAND, *map(str, arguments)]
    with subprocess.Popen([*command, "--speed", "240x"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(request_to_end)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"goes on from here" in said
    assert 0 < len(out.read_text("utf-8").splitlines()) < len(customers)
    subprocess.run(command, capture_output=True, check=True)
    found = [json.loads(one)["customer"] for one in out.read_text("utf-8").splitlines()]
    assert found == customers

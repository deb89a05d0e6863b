"""The how-to for operators: what it tells to type works as it stands there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from servers.kafka import Kafka
from tests.beforehand.test_worker_secured import RIGHTS
from tests.deploy.test_deploy import exported

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "operate.md").read_text("utf-8")


def test_from_nothing_to_decisions(
    tmp_path: Path, own_kafka: Kafka, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers, a day of events, and decisions read back with kcat: the lines of the page, typed one by one."""
    section = PAGE.partition("## From nothing to two workers")[2].partition("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    monkeypatch.setenv("BEFOREHAND_KAFKA", own_kafka.address)
    monkeypatch.setenv("BEFOREHAND_REDIS", redis_url)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    here = tmp_path / "operator"
    here.mkdir()
    # What is left behind is ended with the shell's group.
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        shell = subprocess.Popen(
            ["bash", "-e"], cwd=here, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True
        )
    try:
        shell.communicate(block[1].encode(), timeout=100)
        assert shell.returncode == 0, (tmp_path / "err").read_text()
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
    decisions = [line for line in (tmp_path / "out").read_text().splitlines() if re.match(r"[0-9a-f]{32} ", line)]
    assert len(decisions) == 3
    assert {file.name for file in here.iterdir() if file.is_dir()} == {"shop"}, "a worker keeps nothing where it starts"
    for line in decisions:
        id_, _, decision = line.partition(" ")
        assert json.loads(decision)["id"] == id_


def test_the_rights_of_the_page_are_those_that_were_tried() -> None:
    """The user of Redis that the page tells to make is the one that a worker is tested with."""
    assert RIGHTS.replace("~shop.", "~") in PAGE


def test_the_page_explains_every_metric() -> None:
    """A metric that is new, or renamed, gets a row."""
    table = PAGE.partition("| metric |")[2].partition("\n\n")[0]
    explained: set[str] = set()
    for cell in re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", cell):
            explained.add(f"beforehand{name}" if name.startswith("_") else name)
    shown = {name for name in exported() if name.startswith("beforehand_")}
    shown = {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in shown}
    assert shown == {name for name in explained if name.startswith("beforehand_")}

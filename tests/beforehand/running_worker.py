"""A worker process, as an operator starts it, and its pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

#: Seconds that a test waits for what must come.
PATIENCE = 60


class RunningWorker:
    """A worker that listens on a port of its own."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log
        self._address = ""

    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text("utf-8")

    @property
    def address(self) -> str:
        """Where its pages are."""
        if not self._address:
            self.wait(lambda: " are at http" in self.log())
            found = re.search(r"http://[\w.:]+", self.log())
            assert found is not None
            self._address = found[0]
        return self._address

    def get(self, page: str) -> tuple[int, str]:
        """The status and the text of a page."""
        try:
            with urllib.request.urlopen(f"{self.address}/{page}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def ready(self) -> tuple[bool, str]:
        """What `/ready` says: whether it is, and the reasons if it is not."""
        status, text = self.get("ready")
        answer: dict[str, Any] = json.loads(text)
        assert (status == 200) == answer["ready"]
        return answer["ready"], "\n".join(answer["reasons"])

    def wait_until_ready(self) -> None:
        """Wait until it works on its partitions."""
        self.wait(lambda: self.ready()[0])

    def metrics(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Name of each metric -> values of its labels, by their names -> number."""
        found: dict[str, dict[tuple[str, ...], float]] = {}
        for family in text_string_to_metric_families(self.get("metrics")[1]):
            found.setdefault(family.name, {})
            for sample in family.samples:
                found.setdefault(sample.name, {})[tuple(value for _, value in sorted(sample.labels.items()))] = (
                    sample.value
                )
        return found

    def wait(self, until: Any) -> None:
        """Wait until something is so, or patience has ended."""
        ends = time.monotonic() + PATIENCE
        while not until():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < ends, self.log()
            time.sleep(0.1)


@contextmanager
def running_worker(
    shop: Path, *options: str, env: Mapping[str, str] | None = None, any_port: bool = True, log: str = "worker.log"
) -> Iterator[RunningWorker]:
    """A worker of this workspace, ended afterwards; its log is beside it. `any_port`: whatever the settings say."""
    file = shop.parent / log
    command = [sys.executable, "-m", "beforehand", "worker", str(shop), *options]
    environment = {**os.environ, **({"BEFOREHAND_HTTP": "127.0.0.1:0"} if any_port else {}), **(env or {})}
    with file.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            yield RunningWorker(process, file)
        finally:
            process.kill()
            process.wait()


def listening(pid: int) -> list[tuple[str, int]]:
    """The addresses and ports that a process listens on."""
    inodes = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        if match := re.fullmatch(r"socket:\[(\d+)\]", str(each.readlink())):
            inodes.add(match[1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                host, port = fields[1].split(":")
                found.append((".".join(str(byte) for byte in reversed(bytes.fromhex(host))), int(port, 16)))
    return found

"""Worker processes, as an operator's supervisor has them: one that ends is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


class Fleet:
    """So many workers of a shop. What they say goes into one log, `said`."""

    def __init__(
        self,
        shop: Path,
        said: Path,
        options: tuple[str, ...],
        environment: Mapping[str, str],
        note: Callable[[str], None],
    ) -> None:
        self._command = [sys.executable, "-m", "beforehand", "worker", str(shop), *options]
        self._said = said
        self._environment = environment
        self._note = note
        self._wanted = 0
        self.running: list[subprocess.Popen[bytes]] = []
        #: Exit code -> how many workers ended with it, of their own accord or killed.
        self.ended: list[int] = []
        #: The most memory that a worker has had, in bytes.
        self.most_memory = 0

    def keep(self, number: int) -> None:
        """From now on so many are to run; those that are too many are told to end."""
        self._wanted = number
        for process in self.running[number:]:
            process.send_signal(signal.SIGTERM)
        self.tend()

    def start_one(self, **environment: str) -> subprocess.Popen[bytes]:
        """One more, beyond those that are kept until it ends."""
        with self._said.open("ab") as said:
            process = subprocess.Popen(
                self._command, stdout=said, stderr=said, env={**os.environ, **self._environment, **environment}
            )
        self.running.append(process)
        self._note(f"worker {process.pid} started {environment or ''}")
        return process

    def tend(self) -> None:
        """Start anew what has ended, and look at the memory of the others."""
        for process in list(self.running):
            code = process.poll()
            if code is None:
                self.most_memory = max(self.most_memory, memory_of(process.pid))
                continue
            self.running.remove(process)
            self.ended.append(code)
            self._note(f"worker {process.pid} ended with {code}")
        while len(self.running) < self._wanted:
            self.start_one()

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL."""
        self._note(f"kill -9 of worker {process.pid}")
        process.kill()
        process.wait()

    def end(self) -> list[int]:
        """All of them, in good order; their exit codes, -9 for those that had to be killed."""
        self._wanted = 0
        for process in self.running:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
        codes = []
        for process in self.running:
            try:
                codes.append(process.wait(20))
            except subprocess.TimeoutExpired:
                self.kill(process)
                codes.append(-signal.SIGKILL)
        self.running.clear()
        return codes


def memory_of(pid: int) -> int:
    """Bytes that a process has in memory; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1_024 for line in lines if line.startswith("VmRSS")), 0)

"""Worker processes, as an operator's supervisor has them: one that ends is started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Reads calls, one a line of JSON: forks a worker and answers with its id, or says how one has ended (null: it runs).
PROGRAM = """
import json, os, signal, sys, time
import beforehand.wiring, beforehand.worker_process, beforehand.worker_wiring
from beforehand.cli import app

children = set()
for line in sys.stdin:
    call = json.loads(line)
    if "of" in call:
        child, status = os.waitpid(call["of"], os.WNOHANG)
        children.discard(child)
        print(json.dumps(os.waitstatus_to_exitcode(status) if child else None), flush=True)
        continue
    child = os.fork()
    if child == 0:
        os.environ.update(call["environment"])
        ahead, tell, tell_ns = float(os.environ.get("TRIAL_CLOCK_AHEAD", "0")), time.time, time.time_ns
        if ahead:
            time.time, time.time_ns = lambda: tell() + ahead, lambda: tell_ns() + int(ahead * 1e9)
        log = os.open(call["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        app(call["arguments"], prog_name="beforehand")
    children.add(child)
    print(child, flush=True)
for child in children:
    os.kill(child, signal.SIGKILL)
"""


class Nursery:
    """Starts workers quickly: one process imports all that they need, and forks for each.

    Starting Python and importing takes seconds, of which a machine that runs tests has few. Workers end with it.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, log: Path, arguments: list[str], environment: Mapping[str, str]) -> WorkerProcess:
        """A command of `beforehand`, as a process of its own."""
        pid = self._call({"log": str(log), "arguments": arguments, "environment": dict(environment)})
        assert pid is not None
        return WorkerProcess(self, pid)

    def ended(self, pid: int) -> int | None:
        """The exit code of a process, or the signal that ended it (negative); None while it runs."""
        return self._call({"of": pid})

    def _call(self, call: object) -> int | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it, and what it started."""
        self._process.communicate()


class WorkerProcess:
    """A worker."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, or the signal that ended it (negative); None while it runs."""
        if self._code is None:
            self._code = self._nursery.ended(self.pid)
        return self._code

    def wait(self, patience: float) -> int | None:
        """As `poll`, when it has ended or patience has."""
        ends = time.monotonic() + patience
        while self.poll() is None and time.monotonic() < ends:
            time.sleep(0.02)
        return self._code

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Fleet:
    """So many workers of a shop. What they say goes into one log, `said`."""

    def __init__(
        self,
        nursery: Nursery,
        arguments: list[str],
        said: Path,
        environment: Mapping[str, str],
        note: Callable[[str], None],
    ) -> None:
        self._nursery = nursery
        self._arguments = arguments
        self._said = said
        self._environment = environment
        self._note = note
        self._wanted = 0
        self.running: list[WorkerProcess] = []
        #: The exit codes of those that have ended, of their own accord or killed.
        self.ended: list[int] = []
        #: The most memory that a worker has had, in bytes.
        self.most_memory = 0

    def keep(self, number: int) -> None:
        """From now on so many are to run; those that are too many are told to end."""
        self._wanted = number
        for process in self.running[number:]:
            self._note(f"worker {process.pid} is told to end")
            process.send(signal.SIGTERM)
        self.tend()

    def start_one(self, **environment: str) -> WorkerProcess:
        """One more, beyond those that are kept, until it ends. `TRIAL_CLOCK_AHEAD`: its time of day leads (seconds)."""
        process = self._nursery.start(self._said, self._arguments, {**self._environment, **environment})
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

    def kill(self, process: WorkerProcess) -> None:
        """SIGKILL."""
        self._note(f"kill -9 of worker {process.pid}")
        process.send(signal.SIGKILL)
        process.wait(10)

    def end(self) -> list[int | None]:
        """All of them, in good order; their exit codes, None for those that did not end and had to be killed."""
        self._wanted = 0
        for process in self.running:
            process.send(signal.SIGCONT)
            process.send(signal.SIGTERM)
        codes = [process.wait(20) for process in self.running]
        for process in self.running:
            process.send(signal.SIGKILL)
        self.running.clear()
        return codes


def memory_of(pid: int) -> int:
    """Bytes that a process has in memory; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1_024 for line in lines if line.startswith("VmRSS")), 0)

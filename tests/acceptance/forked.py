"""The real command, many times: one process imports all it needs, and forks for each call.

Starting Python and importing takes two seconds, which is most of what a killed run lasts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, os, resource, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job that a shell began behind its back ignores it
import beforehand.cli.replays, beforehand.cli.running, beforehand.cli.summaries, beforehand.wiring
from beforehand.cli import app

for line in sys.stdin:
    call = json.loads(line)
    child = os.fork()
    if child == 0:
        os.chdir(call["folder"])
        os.environ.update(call["environment"])
        if call["limit"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (call["limit"], call["limit"]))
        for descriptor, file in ((1, call["out"]), (2, call["err"])):
            os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC), descriptor)
        os.dup2(os.open(call["in"], os.O_RDONLY), 0)
        try:
            app(call["arguments"], prog_name="beforehand")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass
class Called:
    """A call under way; `end` waits for it."""

    process: subprocess.Popen[str]
    pid: int
    out: Path
    err: Path
    code: int | None = None

    def end(self) -> int:
        """The exit code, or the signal that ended it (negative)."""
        assert self.process.stdout is not None
        if self.code is None:
            self.code = int(self.process.stdout.readline())
        return self.code

    def ended(self) -> bool:
        """Whether it runs no more."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    def kill(self, signal: int) -> int:
        """Send a signal, and wait for the end."""
        if not self.ended():
            os.kill(self.pid, signal)
        return self.end()

    @property
    def said(self) -> str:
        """Standard output so far."""
        return self.out.read_text("utf-8")

    @property
    def complained(self) -> str:
        """Standard error so far."""
        return self.err.read_text("utf-8")


class Command:
    """The `beforehand` command. Closed by `close`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(
        self, folder: Path, *arguments: str, limit: int = 0, stdin: str = os.devnull, **environment: str
    ) -> Called:
        """Call it in a folder. `limit`: no file may grow beyond so many bytes, as on a disk that is full.

        `stdin` is the file that is its standard input, a named pipe maybe.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        out, err = folder / "said.txt", folder / "complained.txt"
        call = {"folder": str(folder), "arguments": arguments, "environment": environment, "limit": limit, "in": stdin}
        self._process.stdin.write(json.dumps({**call, "out": str(out), "err": str(err)}) + "\n")
        self._process.stdin.flush()
        return Called(self._process, int(self._process.stdout.readline()), out, err)

    def close(self) -> None:
        """No more calls."""
        self._process.communicate()

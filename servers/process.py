"""One server process: started and awaited, stopped, killed, paused; it never outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")


class NotStarted(Exception):
    """`redis-server did not start within 30 s; the end of /tmp/x/redis.log: ...`."""


class Process:
    """A running server. `owner`: the process it ends with, at the latest."""

    def __init__(
        self, command: list[str], log: Path, ready: str, *, owner: int | None = None, within: float = 60
    ) -> None:
        """Start `command` and wait until it has written the text `ready` into `log` (which is begun anew).

        Raises NotStarted when it ends before, or is not ready `within` so many seconds.
        """
        self.log = log
        with log.open("wb") as said:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), str(owner or os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=log.parent,
                # A terminal's Ctrl-C is for the tests; they still need their servers while they end.
                start_new_session=True,
            )
        try:
            assert self._guard.stdout is not None
            with self._guard.stdout as first_line:
                self.pid = int(first_line.readline() or 0)
            self._wait_until_ready(Path(command[0]).name, ready, within)
            if owner is not None:
                # It may well outlive this object, and this process; somebody has to wait for it until then.
                threading.Thread(target=self._guard.wait, daemon=True).start()
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self, name: str, ready: str, within: float) -> None:
        until = time.monotonic() + within
        while ready not in (said := self.log.read_text(errors="replace")):
            ended = not self.runs()
            if ended or time.monotonic() > until:
                how = "ended at once" if ended else f"was not ready within {within:g} s"
                raise NotStarted(f"{name} {how}; the end of {self.log}:\n" + "\n".join(said.splitlines()[-20:]))
            time.sleep(0.02)

    def runs(self) -> bool:
        """Whether the process is there (it may be paused)."""
        return self._guard.poll() is None

    def stop(self, within: float = 30) -> None:
        """SIGTERM, and wait; SIGKILL if it has not ended `within` so many seconds. Nothing if it has ended."""
        self._signal(signal.SIGTERM)
        self._signal(signal.SIGCONT)
        try:
            self._guard.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, and wait. Nothing if it has ended."""
        self._signal(signal.SIGKILL)
        self._guard.wait()

    def pause(self) -> None:
        """SIGSTOP: it answers nothing, its connections stay open."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.runs() and self.pid:
            os.kill(self.pid, number)

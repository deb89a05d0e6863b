"""A server on a folder of its own, that faults are done to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from servers.process import Process


class Server(ABC):
    """Started when it is made, on `folder`; after each fault it is the same server, on the same port."""

    folder: Path
    process: Process

    @abstractmethod
    def _start(self) -> Process: ...

    def stop(self) -> None:
        """Shut down in order: what was written is on the disk."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL: what was not on the disk yet may be lost."""
        self.process.kill()

    def pause(self) -> None:
        """SIGSTOP."""
        self.process.pause()

    def resume(self) -> None:
        """SIGCONT."""
        self.process.resume()

    def restart(self) -> None:
        """Start again on the same folder and port, after `stop` or `kill`; `stop` it first if it still runs."""
        self.process.stop()
        self.process = self._start()

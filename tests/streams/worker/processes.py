"""Worker processes, as an operator starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Seconds that a test waits for what must come.
PATIENCE = 100


@contextmanager
def workers(
    shop: Path, log: Path, number: int, *options: str, **environment: str
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many worker processes, ended afterwards."""
    command = [sys.executable, "-m", "beforehand", "worker", str(shop), *options]
    with log.open("ab") as out:
        started = [
            subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment}) for _ in range(number)
        ]
        try:
            yield started
        finally:
            for process in started:
                process.kill()
                process.wait()

"""Runs one server, and ends it when its owner has ended, however that came about: `python guard.py OWNER COMMAND ...`.

Tests are interrupted, killed, and time out; what they started must not stay behind. The first line of standard output
is the server's process id; what the server says goes to standard error. It knows nothing but the standard library,
so that it starts quickly.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time


def main() -> int:
    """Start the command, wait until it or the owner has ended, leave no process. Returns the command's exit code."""
    owner = int(sys.argv[1])
    server = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    try:
        _wait_for_either(owner, server)
    finally:
        server.kill()
    return server.wait()


def _wait_for_either(owner: int, server: subprocess.Popen[bytes]) -> None:
    if sys.platform == "linux":
        try:
            ends = [os.pidfd_open(owner), os.pidfd_open(server.pid)]
        except ProcessLookupError:
            return
        select.select(ends, [], [])
    else:
        while server.poll() is None and _lives(owner):
            time.sleep(0.2)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

"""The `beforehand` command, from its first moment: Ctrl-C ends it with 130, also while it is still being loaded."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

#: How a command ends that was interrupted, as shells have it.
INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started us wants it otherwise
        signal.signal(signal.SIGINT, interrupt)
    try:
        from beforehand.cli import app

        app(prog_name="beforehand")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def interrupt(number: int, frame: FrameType | None) -> None:
    """KeyboardInterrupt; but where a module is being loaded, the end.

    An extension that is interrupted while it loads makes another exception of it, with a long traceback. Nothing is
    lost: what a command has done by then is kept as if it had been killed.
    """
    at = frame
    while at is not None:
        if at.f_code.co_filename.startswith("<frozen importlib"):
            os._exit(INTERRUPTED)
        at = at.f_back
    signal.default_int_handler(number, frame)

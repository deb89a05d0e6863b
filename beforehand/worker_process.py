"""The process of a worker: signals, memory, and how it ends."""

from __future__ import annotations

import logging
import os
import threading

import faust

from beforehand.survivors import survivors_kept
from streams.worker.app import WorkerApp
from streams.worker.carrier import Carrier

log = logging.getLogger("beforehand.worker")

#: Objects that come to be before the garbage collector looks through them: by default it would do so for every few
#: events. It takes some milliseconds each time, in which nothing is decided.
_LOOKED_THROUGH_AFTER = 25_000
#: What a worker ends with that something unforeseen has ended: who started it starts it again.
BROKEN = 1


#: Seconds after which a worker that was told to end does so, whoever does not answer meanwhile.
_ENDED_WITHIN = 5.0


class _Process(faust.Worker):
    """Faust's worker, which ends when it is told to."""

    def _on_sigint(self) -> None:
        _end_soon()
        super()._on_sigint()

    def _on_sigterm(self) -> None:
        _end_soon()
        super()._on_sigterm()


def _end_soon() -> None:
    """Kafka's clients wait long for one that is away. What they wait to send is in Redis, and is sent later."""
    end = threading.Timer(_ENDED_WITHIN, _end_now)
    end.daemon = True
    end.start()


def _end_now() -> None:
    log.warning("a server does not answer: the worker ends without it; what was not published is published later")
    os._exit(0)


def _tell(broken: threading.ExceptHookArgs) -> None:
    """A thread broke: told as everything else, and not with the text of whatever it was."""
    if broken.exc_value is not None:
        log.error("a thread broke: %s", broken.exc_value, exc_info=broken.exc_value)


def run_worker(app: WorkerApp, carrier: Carrier) -> int:
    """Run until it is told to end (SIGTERM, Ctrl-C) or something breaks; the exit code."""
    threading.excepthook = _tell
    process = _Process(
        app, carrier, quiet=True, override_logging=False, redirect_stdouts=False, loglevel=logging.WARNING
    )
    # It would write signs for a terminal, also into files.
    process.spinner = None
    try:
        with survivors_kept(_LOOKED_THROUGH_AFTER):
            process.execute_from_commandline()  # never returns
    except SystemExit as ended:
        return int(ended.code or 0)
    except Exception as wrong:
        log.critical("the worker has ended: %s", wrong, exc_info=True)
        return BROKEN

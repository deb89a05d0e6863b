"""The process of a worker: signals, memory, and how it ends."""

from __future__ import annotations

import gc
import logging

import faust

from streams.worker.app import Carrier, WorkerApp

log = logging.getLogger("beforehand.worker")

#: Objects that come to be before the collector looks at the young ones: by default it would do so for every few events.
_COLLECTED_EVERY = 100_000
#: What a worker ends with that something unforeseen has ended: who started it starts it again.
BROKEN = 1


def run_worker(app: WorkerApp, carrier: Carrier) -> int:
    """Run until it is told to end (SIGTERM, Ctrl-C) or something breaks; the exit code."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_EVERY, 20, 20)
    process = faust.Worker(
        app, carrier, quiet=True, override_logging=False, redirect_stdouts=False, loglevel=logging.WARNING
    )
    # It would write signs for a terminal, also into files.
    process.spinner = None
    try:
        process.execute_from_commandline()  # never returns
    except SystemExit as ended:
        return int(ended.code or 0)
    except Exception as wrong:
        log.critical("the worker has ended: %s", wrong, exc_info=True)
        return BROKEN

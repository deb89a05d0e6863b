"""The process of a worker: logs, signals, and how it ends."""

from __future__ import annotations

import gc
import logging
import sys

import faust

from streams.worker.app import Carrier, WorkerApp

#: Objects that come to be before the collector looks at the young ones: by default it would do so for every few events.
_COLLECTED_EVERY = 100_000


def run_worker(app: WorkerApp, carrier: Carrier) -> int:
    """Run until it is told to end (SIGTERM, Ctrl-C) or something breaks; the exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_EVERY, 20, 20)
    process = faust.Worker(
        app, carrier, quiet=True, override_logging=False, redirect_stdouts=False, loglevel=logging.WARNING
    )
    try:
        process.execute_from_commandline()  # never returns
    except SystemExit as ended:
        return int(ended.code or 0)

"""`beforehand worker`: events from Kafka, state in Redis, decisions to Kafka."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from beforehand.cli.running import arm_failpoint, refuse_what_is_not_built
from beforehand.cli.terminal import wrong_use
from beforehand.cli.workspaces import loaded_sound
from models.speech import say

log = logging.getLogger("beforehand.worker")


def worker(
    workspace: Annotated[
        Path | None,
        typer.Argument(metavar="WORKSPACE", help="A workspace, to be published if no rules are yet.", file_okay=False),
    ] = None,
    *,
    recorded: Annotated[
        bool,
        typer.Option("--recorded", help="Believe the `arrived` of events instead of when Kafka appended them."),
    ] = False,
) -> None:
    """Read events from Kafka, keep the state in Redis, publish decisions and hand-offs to Kafka.

    The rules are those that were published (`publish-rules`); where none are yet, those of the workspace named here.
    Start as many as there is work for: they share the partitions, and take over from one that dies. SIGTERM or Ctrl-C
    ends one.
    """
    from beforehand.logs import set_up
    from beforehand.settings import SettingsError, read_settings
    from beforehand.wiring import files_of
    from beforehand.worker_pages import NoAddress
    from beforehand.worker_process import run_worker
    from beforehand.worker_wiring import worker as make
    from streams.kafka.base import KafkaTrouble
    from streams.stores.base import StoreError

    arm_failpoint()
    files = None
    if workspace is not None:
        found = loaded_sound(workspace, stories=False)
        assert found.workspace is not None
        refuse_what_is_not_built(found.workspace, workspace, without_policy=False)
        files = files_of(found)
    try:
        settings = read_settings()
        app, carrier, pages, advice = make(settings, files, recorded=recorded)
        set_up(settings.log, settings.log_level)
        pages.start(settings.pages)
    except (SettingsError, KafkaTrouble, StoreError, NoAddress) as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))
    for sentence in advice:
        log.warning("%s", sentence)
    code = run_worker(app, carrier)
    pages.stop()
    raise typer.Exit(code)

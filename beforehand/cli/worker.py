"""`beforehand worker`: events from Kafka, state in Redis, decisions to Kafka."""

from __future__ import annotations

from typing import Annotated

import typer

from beforehand.cli.arguments import Workspace
from beforehand.cli.running import refuse_what_is_not_built
from beforehand.cli.terminal import terminal, wrong_use
from beforehand.cli.workspaces import loaded_sound


def worker(
    workspace: Workspace,
    *,
    recorded: Annotated[
        bool,
        typer.Option("--recorded", help="Believe the `arrived` of events instead of when Kafka appended them."),
    ] = False,
) -> None:
    """Read events from Kafka, keep the state in Redis, publish decisions and hand-offs to Kafka.

    Start as many as there is work for: they share the partitions, and take over from one that dies. SIGTERM or Ctrl-C
    ends one.
    """
    from beforehand.settings import SettingsError, read_settings
    from beforehand.wiring import files_of
    from beforehand.worker_process import run_worker
    from beforehand.worker_wiring import worker as make
    from streams.kafka.base import KafkaTrouble
    from streams.stores.base import StoreError

    found = loaded_sound(workspace, stories=False)
    read = found.workspace
    assert read is not None
    refuse_what_is_not_built(read, workspace, without_policy=False)
    try:
        app, carrier, advice = make(read, read_settings(), files_of(found), recorded=recorded)
    except (SettingsError, KafkaTrouble, StoreError) as wrong:
        wrong_use(f"{wrong}.")
    for sentence in advice:
        terminal().err.print(f"[yellow]warning[/]: {sentence}.", soft_wrap=True)
    raise typer.Exit(run_worker(app, carrier))

"""`beforehand replay`: what the rules would have done, over events of the past."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson, Events, WithoutPolicy, Workspace
from beforehand.cli.moments import moment_of
from beforehand.cli.replays import print_replay
from beforehand.cli.running import JsonLines, check_events, end, refuse_what_is_not_built, replay_all
from beforehand.cli.terminal import terminal, wrong_use
from beforehand.cli.workspaces import sound
from models.speech import say

if TYPE_CHECKING:
    from streams.relay import Outlet


def replay(
    workspace: Workspace,
    *,
    events: Events,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help='Stop here: "2026-03-20 12:00" or a day, in the time zone of the workspace.'),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Share the work among so many processes (if not said: all cores, if it pays)."
        ),
    ] = None,
    without_policy: WithoutPolicy = False,
    json: AsJson = False,
) -> None:
    """Replay the past, and report on each rule.

    For each rule its matches, what became of them, how they lie in time, what stopped others, and samples of what
    was said. The same engine as live, on the clock of the events. With --json all decisions, one a line, in the
    order of time, customer, rule and action.
    """
    from beforehand.wiring import STANDARD_INPUT, Settings, processes_for
    from models.moments import zone
    from streams.reports import ReplayReport

    read = sound(workspace, stories=False)
    refuse_what_is_not_built(read, workspace, without_policy=without_policy)
    check_events(events)
    if processes is not None and processes > 1 and events == STANDARD_INPUT:
        wrong_use(say("Standard input is replayed by one process; name a file, or leave out --processes."))
    where = zone(read.vocabulary.time_zone)
    settings = Settings(
        events, without_policy=without_policy, until=None if until is None else moment_of(until, where, "--until")
    )
    to = terminal()
    report = ReplayReport(where)
    outlets: dict[str, Outlet] = {"report": JsonLines() if json else report}
    began = perf_counter()
    done = replay_all(to, read, settings, outlets, processes_for(events, processes), quiet=json)
    if not json:
        print_replay(to.out, read, report, done, perf_counter() - began)
    end(done)

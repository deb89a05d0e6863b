"""`beforehand replay`: what the rules would have done, over events of the past."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from beforehand.cli.arguments import AsJson, Events, WithoutPolicy, Workspace
from beforehand.cli.replays import print_replay
from beforehand.cli.running import JsonLines, carry_out, check_events, end, refuse_what_is_not_built
from beforehand.cli.terminal import terminal
from beforehand.cli.workspaces import sound
from models.speech import say

if TYPE_CHECKING:
    from streams.relay import Outlet

_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d):(\d\d))?")


def replay(
    workspace: Workspace,
    *,
    events: Events,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help='Stop here: "2026-03-20 12:00" or a day, in the time zone of the workspace.'),
    ] = None,
    without_policy: WithoutPolicy = False,
    json: AsJson = False,
) -> None:
    """Replay the past, and report on each rule.

    For each rule its matches, what became of them, how they lie in time, what stopped others, and samples of what
    was said. The same engine as live, on the clock of the events. With --json all decisions, one a line, in the
    order of time, customer, rule and action.
    """
    from beforehand.wiring import Settings
    from models.moments import zone
    from streams.reports import ReplayReport

    read = sound(workspace, stories=False)
    refuse_what_is_not_built(read, workspace, without_policy=without_policy)
    check_events(events)
    where = zone(read.vocabulary.time_zone)
    settings = Settings(events, without_policy=without_policy, until=None if until is None else _moment(until, where))
    to = terminal()
    report = ReplayReport(where)
    outlets: dict[str, Outlet] = {"report": JsonLines() if json else report}
    began = perf_counter()
    done = carry_out(to, read, settings, outlets, quiet=json)
    if not json:
        print_replay(to.out, read, report, done, perf_counter() - began)
    end(done)


def _moment(text: str, where: ZoneInfo) -> int:
    """The moment in ms; a day means its end."""
    from models.moments import local_to_moment, parse_date, parse_moment

    try:
        if (match := _LOCAL.fullmatch(text.strip())) is None:
            return parse_moment(text.strip())
        day = parse_date(match[1])
        if match[2] is None:
            return local_to_moment(where, day + 1, 0) - 1
        if int(match[2]) > 23 or int(match[3]) > 59:
            raise ValueError(say("{hours}:{minutes} is no time of day", hours=match[2], minutes=match[3]))
        return local_to_moment(where, day, int(match[2]) * 60 + int(match[3]))
    except ValueError as wrong:
        raise typer.BadParameter(say('{wrong}; write "2026-03-20 12:00".', wrong=wrong), param_hint="--until") from None

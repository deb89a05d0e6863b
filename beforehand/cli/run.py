"""`beforehand run`: events through the rules of a workspace, decisions to where they go."""

from __future__ import annotations

import re
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson, Events, WithoutPolicy, Workspace
from beforehand.cli.running import JsonLines, carry_out, check_events, end, nothing_beside, refuse_what_is_not_built
from beforehand.cli.summaries import print_summary
from beforehand.cli.terminal import terminal, wrong_use
from beforehand.cli.watching import begin, still_to_come, watching
from beforehand.cli.workspaces import loaded, loaded_sound
from models.speech import say

if TYPE_CHECKING:
    from rules.workspace.workspace import Loaded
    from streams.relay import Outlet

_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")

#: Up to so many rules a run counts what stopped situations: it must look at every rule for it.
COUNTED_RULES = 100


def _speed(text: str) -> float:
    match = _SPEED.fullmatch(text.strip().lower())
    if match is None or not 0 < float(match[1]) < 1e9:
        raise typer.BadParameter(say('"{text}" is no speed; write 60x to play an hour in a minute.', text=text))
    return float(match[1])


def run(  # noqa: PLR0913 (one parameter an option)
    workspace: Workspace,
    *,
    events: Events,
    speed: Annotated[
        float | None,
        typer.Option(parser=_speed, metavar="SPEED", help="Play the events at a speed: 60x plays an hour in a minute."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(file_okay=False, metavar="DIR", help="Keep the state in this folder; go on where it left off."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Forget the state that was kept, and start afresh.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, metavar="FILE", help="Write every decision to this file, one line of JSON each."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Take over rules as they are saved: checked, tested, and from a moment on.")
    ] = False,
    without_policy: WithoutPolicy = False,
    json: AsJson = False,
) -> None:
    """Run events through a workspace.

    What is sent appears as it is decided, and a summary at the end. The run follows the clock of the events, as
    fast as it can or at the speed asked for. It ends with the file; Ctrl-C ends it sooner. With a state it can be
    stopped and started again: nothing is lost, nothing is decided twice.

    With --watch a rule that is saved meanwhile is checked, its tests are run, and it decides from ten seconds after the
    latest event on. As long as something is broken the last good rules go on deciding.
    """
    from beforehand.wiring import Settings, files_of, terminal_outlet
    from streams.pacing import Pace

    to = terminal()
    found = loaded(workspace) if watch else loaded_sound(workspace, stories=False)
    good = begin(to, workspace, found, _last(state, again), without_policy=without_policy) if watch else found
    read = good.workspace
    assert read is not None
    refuse_what_is_not_built(read, workspace, without_policy=without_policy)
    check_events(events, out)
    pace = None if speed is None else Pace(speed)
    settings = Settings(events, state, out, again, without_policy, None, pace, files_of(good))
    outlets: dict[str, Outlet] = {"terminal": JsonLines() if json else terminal_outlet(to.out, read)}
    began = perf_counter()
    few = len(read.rules) <= COUNTED_RULES
    beside = watching(to, workspace, found, read, without_policy=without_policy) if watch else nothing_beside
    done = carry_out(to, read, settings, outlets, quiet=json, counts_stops=few, beside=beside)
    still_to_come(to, done.coming, read)
    print_summary(to.err if json else to.out, read, done, perf_counter() - began)
    if not few:
        to.err.print(
            say(
                "Above {rules} rules a run does not count what stopped situations; replay does.",
                rules=COUNTED_RULES,
            )
        )
    if done.interrupted and state is not None:
        to.err.print(
            say("Stopped. The state is kept in {state}: the same command goes on from here.", state=state),
            soft_wrap=True,
        )
    end(done)


def _last(state: Path | None, again: bool) -> Loaded | None:
    """What decided last in a state that is gone on with."""
    from beforehand.wiring import last_rules
    from streams.stores.base import StoreError

    if state is None or again:
        return None
    try:
        return last_rules(state)
    except StoreError as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))

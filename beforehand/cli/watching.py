"""What a watched folder says: what was saved and when it decides, or why the rules of before go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import localtime, strftime
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from beforehand.cli.cache import cache_folder
from beforehand.cli.problems import print_problems
from beforehand.cli.story_results import print_failure
from beforehand.cli.terminal import Exit, Terminal, counted, visible_lines
from models.visible import visible

if TYPE_CHECKING:
    from beforehand.following import Fit, Following, Verdict
    from beforehand.wiring import Running
    from rules.workspace.workspace import Loaded, Workspace
    from streams.rule_sets import Coming
    from streams.stopped import Stopped

#: Rules that are named one by one.
_NAMED = 5
_STAYS = "The rules of before go on deciding"


def begin(to: Terminal, folder: Path, found: Loaded, last: Loaded | None, *, without_policy: bool) -> Loaded:
    """What decides when a watched run begins: the folder, checked and tested, or else the last good rules of its state.

    Without either the run ends before it begins.
    """
    from beforehand.following import Fit, ReadAtStart, judge

    before = None if last is None else last.workspace
    verdict = judge(found, before, without_policy=without_policy)
    if isinstance(verdict, ReadAtStart):  # this is the start
        verdict = judge(found, None, without_policy=without_policy)
    if isinstance(verdict, Fit):
        return found
    say = Sayings(to.err, folder, before or found.workspace)
    say(verdict, goes_on=last is not None)
    if last is None or last.workspace is None:
        raise typer.Exit(Exit.PROBLEMS)
    return last


class Sayings:
    """Says what came of each save, on a console."""

    def __init__(self, console: Console, folder: Path, workspace: Workspace | None) -> None:
        self._console = console
        self._folder = folder
        self._workspace = workspace

    def __call__(self, verdict: Verdict | Fit, *, goes_on: bool = True) -> None:
        """Say it."""
        from beforehand import following

        stays = f" {_STAYS}." if goes_on else ""
        match verdict:
            case following.Refused(found, problems):
                print_problems(self._console, problems, found.sources, self._folder)
                self._loudly(f"{counted(len(problems), 'mistake')} in {self._folder}.{stays}")
            case following.Failed(failures, tests):
                for result in failures:
                    print_failure(self._console, result)
                failed = f"{len(failures):,} of {counted(tests, 'test')} failed"
                self._loudly(f"{failed}.{stays}")
            case following.ReadAtStart(what):
                self._loudly(f"What has changed is {what}, which is read at the start. {_STAYS}; start the run again.")
            case following.Unreadable(reason):
                self._loudly(f"{self._folder} can't be watched: {reason}. {_STAYS}; start the run again.")
            case following.Follows(fit, begins):
                self._plainly(f"{_saved(fit)} {_from(begins, self._workspace)}")
            case following.Same():
                self._plainly("Nothing that decides has changed.")
            case _:
                self._loudly("The run ended before what was saved could decide.")

    def _loudly(self, said: str) -> None:
        self._console.print(Text(f"{_now()} {visible_lines(said)}", style="bold red"), soft_wrap=True)

    def _plainly(self, said: str) -> None:
        self._console.print(Text(f"{_now()} {visible_lines(said)}", style="green"), soft_wrap=True)


def watching(
    to: Terminal, folder: Path, seen: Loaded, present: Workspace, *, without_policy: bool
) -> Callable[[Running, Stopped | None], Following]:
    """What goes on beside a run: the folder is watched, and what comes of each save is said.

    `seen` is what was read of the folder, `present` what decides.
    """
    from beforehand.following import Following

    console = to.live or to.err

    def beside(running: Running, listener: Stopped | None) -> Following:
        console.print(f"{_now()} Watching {visible_lines(str(folder))}.", style="dim", soft_wrap=True)
        return Following(
            folder,
            running.run,
            present,
            Sayings(console, folder, present),
            seen=seen.files,
            without_policy=without_policy,
            listener=None if listener is None else listener.listen,
            cache=cache_folder(),
        )

    return beside


def still_to_come(to: Terminal, coming: Coming | None, workspace: Workspace) -> None:
    """Say that rules which were taken over have decided nothing, if it is so."""
    if coming is not None:
        when = _local(coming.begins, workspace)
        said = f"The events ended before {when}, so that what was saved last has decided nothing yet."
        to.err.print(said, soft_wrap=True)


def _saved(fit: Fit) -> str:
    changed = _names(fit.changed)
    gone = f"{_names(fit.gone)} {'is' if len(fit.gone) == 1 else 'are'} gone" if fit.gone else ""
    what = "; ".join(filter(None, (changed, gone))) or "What rules share"
    return f"{what}: checked, {counted(fit.tests, 'test')} passed." if fit.tests else f"{what}: checked."


def _names(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return ", ".join(map(visible, ids[:_NAMED])) + more


def _from(begins: int | None, workspace: Workspace | None) -> str:
    if begins is None or workspace is None:
        return "Decides from the first event on."
    return f"Decides from {_local(begins, workspace)} on, by the clock of the events."


def _local(moment: int, workspace: Workspace) -> str:
    from models.moments import zone
    from streams.testing.local_times import local_text

    return local_text(zone(workspace.vocabulary.time_zone), moment)


def _now() -> str:
    return strftime("%H:%M:%S", localtime())

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
from beforehand.cli.terminal import Exit, Terminal, visible_lines
from models.speech import listed, paragraph, say, say_count
from models.visible import visible

if TYPE_CHECKING:
    from beforehand.following import Fit, Following, Verdict
    from beforehand.wiring import Running
    from rules.workspace.workspace import Loaded, Workspace
    from streams.rule_sets import Coming
    from streams.stopped import Stopped

#: Rules that are named one by one.
_NAMED = 5


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
    told = Sayings(to.err, folder, before or found.workspace)
    told(verdict, goes_on=last is not None)
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
        """Say it, in one piece: meanwhile the run goes on, and shows what it hands over."""
        with self._console:  # which is then written to at once
            self._say(verdict, goes_on=goes_on)

    def _say(self, verdict: Verdict | Fit, *, goes_on: bool) -> None:
        from beforehand import following

        stays = say("The rules of before go on deciding.") if goes_on else None
        match verdict:
            case following.Refused(found, problems):
                print_problems(self._console, problems, found.sources, self._folder)
                said = say_count(
                    len(problems),
                    "{count:,} mistake in {folder}.",
                    "{count:,} mistakes in {folder}.",
                    folder=self._folder,
                )
                self._loudly(paragraph(said, stays))
            case following.Failed(failures, tests):
                for result in failures:
                    print_failure(self._console, result)
                said = say_count(
                    tests,
                    "{failed:,} of {count:,} test failed.",
                    "{failed:,} of {count:,} tests failed.",
                    failed=len(failures),
                )
                self._loudly(paragraph(said, stays))
            case following.ReadAtStart(what):
                self._loudly(
                    say(
                        "What has changed is {what}, which is read at the start. "
                        "The rules of before go on deciding; start the run again.",
                        what=what,
                    )
                )
            case following.Unreadable(reason):
                self._loudly(
                    say(
                        "{folder} can't be watched: {reason}. The rules of before go on deciding; start the run again.",
                        folder=self._folder,
                        reason=reason,
                    )
                )
            case following.Follows(fit, begins):
                self._plainly(paragraph(_saved(fit), _from(begins, self._workspace)))
            case following.Same():
                self._plainly(say("Nothing that decides has changed."))
            case _:
                self._loudly(say("The run ended before what was saved could decide."))

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
        console.print(
            say("{now} Watching {folder}.", now=_now(), folder=visible_lines(str(folder))), style="dim", soft_wrap=True
        )
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
        said = say("The events ended before {when}, so that what was saved last has decided nothing yet.", when=when)
        to.err.print(said, soft_wrap=True)


def _saved(fit: Fit) -> str:
    changed = _names(fit.changed)
    gone = say_count(len(fit.gone), "{names} is gone", "{names} are gone", names=_names(fit.gone)) if fit.gone else ""
    what = say("; ").join(filter(None, (changed, gone))) or say("What rules share")
    return (
        say(
            "{what}: checked, {tests} passed.",
            what=what,
            tests=say_count(fit.tests, "{count:,} test", "{count:,} tests"),
        )
        if fit.tests
        else say("{what}: checked.", what=what)
    )


def _names(ids: tuple[str, ...]) -> str:
    named = listed(map(visible, ids[:_NAMED]))
    return say("{names} and {count} more", names=named, count=len(ids) - _NAMED) if len(ids) > _NAMED else named


def _from(begins: int | None, workspace: Workspace | None) -> str:
    if begins is None or workspace is None:
        return say("Decides from the first event on.")
    return say("Decides from {moment} on, by the clock of the events.", moment=_local(begins, workspace))


def _local(moment: int, workspace: Workspace) -> str:
    from models.moments import zone
    from streams.testing.local_times import local_text

    return local_text(zone(workspace.vocabulary.time_zone), moment)


def _now() -> str:
    return strftime("%H:%M:%S", localtime())

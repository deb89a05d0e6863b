"""`beforehand test`: runs the tests that rules carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson
from beforehand.cli.completion import rules as rules_typed
from beforehand.cli.completion import workspaces_and_rules
from beforehand.cli.story_results import encode_result, print_failure
from beforehand.cli.terminal import Exit, Terminal, terminal, write_line, wrong_use
from beforehand.cli.workspaces import sound
from models.speech import listed, say, say_count

if TYPE_CHECKING:
    from rules.workspace.rule_file import RuleFile
    from streams.testing.matching import StoryResult


def run_tests(
    workspace: Annotated[
        Path,
        typer.Argument(
            help="The folder of the workspace.",
            metavar="WORKSPACE",
            show_default="this folder",
            autocompletion=workspaces_and_rules,
        ),
    ] = Path(),
    rules: Annotated[
        list[str] | None, typer.Argument(help="Ids of rules.", show_default="all rules", autocompletion=rules_typed)
    ] = None,
    *,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Test the tests: would they notice if a rule said something else?")
    ] = False,
    at_least: Annotated[
        float, typer.Option(min=0, max=100, metavar="PERCENT", help="With --mutate: how many mutants must be killed.")
    ] = 95,
    json: AsJson = False,
) -> None:
    """Run the tests that the rules carry.

    Each test runs its rule through the real engine, with its own customer and its own clock. Nothing may happen that is
    not expected. Ends with 1 if a test fails, and says what was expected, what happened, and why not.

    With --mutate every clause of each rule is dropped and every number shifted, one at a time; a mutant under which all
    tests still pass is listed with the test to add. Ends with 1 if fewer than --at-least percent are killed.
    """
    from beforehand.cli.progress import stepwise
    from streams.testing.stories import Trial

    workspace, wanted = _named(workspace, list(rules or []))
    read = sound(workspace)
    files = _chosen(read.rules, wanted, workspace)
    to = terminal()
    if mutate:
        from beforehand.cli.mutation import mutate as survey

        survey(to, read, files, wanted, at_least, json=json)
        return
    began = perf_counter()
    results: list[StoryResult] = []
    todo = [(file, story) for file in files for story in file.tests]
    trial = None
    for file, story in stepwise(todo, to, quiet=json):
        if story is file.tests[0]:
            trial = Trial(read, file)
        assert trial is not None
        results.append(trial.run(story))
        if json:
            write_line(encode_result(results[-1]))
    if not json:
        _print(to, files, results, perf_counter() - began)
    if not all(result.passed for result in results):
        raise typer.Exit(Exit.PROBLEMS)


def _named(workspace: Path, rules: list[str]) -> tuple[Path, list[str]]:
    """`beforehand test roaming-pass` in a workspace means a rule of it, for no folder has that name."""
    if not workspace.exists() and Path("rules", f"{workspace}.yaml").is_file():
        return Path(), [str(workspace), *rules]
    return workspace, rules


def _chosen(files: tuple[RuleFile, ...], wanted: list[str], workspace: Path) -> list[RuleFile]:
    from rules.problems import suggestion

    known = {file.rule.id: file for file in files}
    for name in wanted:
        if name not in known:
            hint = suggestion(name, known) or say("There are: {names}.", names=listed(known))
            wrong_use(say('{workspace} has no rule "{name}". {hint}', workspace=workspace, name=name, hint=hint))
    return [known[name] for name in dict.fromkeys(wanted)] if wanted else list(files)


def _print(to: Terminal, files: list[RuleFile], results: list[StoryResult], seconds: float) -> None:
    for file, own in _by_rule(files, results):
        failed = [result for result in own if not result.passed]
        mark, style = ("✗", "red") if failed else ("✓", "green") if own else ("·", "yellow")
        to.out.print(f"{mark} ", style=f"bold {style}", end="")
        to.out.print(file.rule.id, style="bold", end="  ")
        to.out.print(_passed(own, failed), style="dim")
        for result in failed:
            print_failure(to.out, result)
    to.out.print()
    failures = sum(not result.passed for result in results)
    what = {
        "tests": say_count(len(results), "{count:,} test", "{count:,} tests"),
        "rules": say_count(len(files), "{count:,} rule", "{count:,} rules"),
        "seconds": seconds,
    }
    if failures:
        to.out.print(
            say("{failures:,} of {tests} of {rules} failed, in {seconds:.1f} s.", failures=failures, **what),
            style="bold red",
        )
    else:
        to.out.print(say("{tests} of {rules} passed, in {seconds:.1f} s.", **what), style="bold green")


def _passed(own: list[StoryResult], failed: list[StoryResult]) -> str:
    if not own:
        return say("no tests: write some under `tests:`, one of which must not fire")
    tests = say_count(len(own), "{count:,} test", "{count:,} tests")
    return say("{failed} of {tests} failed", failed=len(failed), tests=tests) if failed else tests


def _by_rule(files: list[RuleFile], results: list[StoryResult]) -> Iterator[tuple[RuleFile, list[StoryResult]]]:
    for file in files:
        yield file, [result for result in results if result.rule == file.rule.id]

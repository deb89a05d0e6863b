"""`beforehand test --mutate`: whether the tests of rules would notice if a rule said something else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from beforehand.cli.terminal import Exit, Terminal, tell, write_line
from models.speech import listed, paragraph, say, say_count
from models.visible import visible

if TYPE_CHECKING:
    from rules.workspace.rule_file import RuleFile
    from rules.workspace.workspace import Workspace
    from streams.testing.mutants import Survey


def mutate(
    to: Terminal, read: Workspace, files: Sequence[RuleFile], wanted: Sequence[str], at_least: float, *, json: bool
) -> None:
    """Run the tests on every mutant of the rules; ends with 1 if fewer than `at_least` percent of them are killed."""
    from beforehand.cli.progress import stepwise
    from streams.testing.mutants import Survey, groups_of, survives
    from streams.testing.stories import run_stories

    broken = [file.rule.id for file in files if not all(one.passed for one in run_stories(read, file))]
    if broken:
        tell(say("tests of {names} fail as they are; mend them first: beforehand test", names=listed(broken)))
        raise typer.Exit(Exit.PROBLEMS)
    began = perf_counter()
    groups = groups_of(read, wanted)
    todo = [(group, mutant) for group in groups for mutant in group.mutants]
    alive = {mutant for _, mutant in stepwise(todo, to, quiet=json) if survives(read, mutant)}
    surveys = [Survey(group, tuple(one for one in group.mutants if one in alive)) for group in groups]
    for survey in surveys:
        if json:
            write_line(_encode(survey))
        else:
            _print(to, survey)
    rate = 100 * (1 - len(alive) / len(todo)) if todo else 100.0
    if not json:
        _sum_up(to, surveys, rate, at_least, perf_counter() - began)
    if rate < at_least:
        raise typer.Exit(Exit.PROBLEMS)


def _print(to: Terminal, survey: Survey) -> None:
    mark, style = ("✗", "red") if survey.survivors else ("✓", "green")
    to.out.print(f"{mark} ", style=f"bold {style}", end="")
    to.out.print(visible(survey.group.name), style="bold", end="  ")
    to.out.print(
        say_count(
            len(survey.group.mutants),
            "{killed} of {count:,} mutant killed",
            "{killed} of {count:,} mutants killed",
            killed=survey.killed,
        ),
        style="dim",
    )
    for (file, line), mutants in groupby(survey.survivors, key=lambda mutant: (mutant.file, mutant.line)):
        to.out.print(
            Text(f"  {visible(file)}:{line}", style="bold").append(say(" still passes when"), style="not bold")
        )
        for mutant in mutants:
            said = Text(say("    {said}:", said=visible(mutant.said)))
            said.append(say(" add a test {told_by}.", told_by=visible(mutant.told_by)), style="dim")
            to.out.print(said, soft_wrap=True)


def _sum_up(to: Terminal, surveys: Sequence[Survey], rate: float, at_least: float, seconds: float) -> None:
    mutants = sum(len(survey.group.mutants) for survey in surveys)
    killed = sum(survey.killed for survey in surveys)
    said = say_count(
        mutants,
        "{killed:,} of {count:,} mutant killed, {rate:.1f} %, in {seconds:.1f} s.",
        "{killed:,} of {count:,} mutants killed, {rate:.1f} %, in {seconds:.1f} s.",
        killed=killed,
        rate=rate,
        seconds=seconds,
    )
    to.out.print()
    if rate < at_least:
        to.out.print(paragraph(said, say("At least {at_least:g} % is asked for.", at_least=at_least)), style="bold red")
    else:
        to.out.print(said, style="bold green")


def _encode(survey: Survey) -> bytes:
    import msgspec

    return msgspec.json.encode(
        {
            "name": survey.group.name,
            "file": survey.group.file,
            "mutants": len(survey.group.mutants),
            "killed": survey.killed,
            "survivors": [
                {"file": mutant.file, "line": mutant.line, "changed": mutant.said, "add_a_test": mutant.told_by}
                for mutant in survey.survivors
            ],
        }
    )

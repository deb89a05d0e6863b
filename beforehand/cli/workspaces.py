"""Reading a workspace for a command, or ending with what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from beforehand.cli.cache import cache_folder
from beforehand.cli.problems import print_problems
from beforehand.cli.terminal import Exit, tell, terminal, wrong_use
from models.speech import say, say_count

if TYPE_CHECKING:
    from rules.workspace.workspace import Loaded, Workspace


def loaded(path: Path, *, stories: bool = True) -> Loaded:
    """The workspace and its problems, those of the checks included; wrong use if it is no workspace at all."""
    from beforehand.wiring import load_and_check
    from rules.workspace.workspace import VOCABULARY

    if not path.is_dir():
        values = {"path": path, "vocabulary": VOCABULARY}
        if path.exists():
            wrong_use(say("{path} is a file; a workspace is a folder with a {vocabulary} and rules/.", **values))
        wrong_use(say("{path} does not exist; a workspace is a folder with a {vocabulary} and rules/.", **values))
    if not (path / VOCABULARY).is_file():
        wrong_use(
            say(
                "{path} has no {vocabulary}, so it is no workspace. Name the folder of one, or make one: "
                "beforehand init DIR --pack telecom",
                path=path,
                vocabulary=VOCABULARY,
            )
        )
    return load_and_check(path, stories=stories, cache=cache_folder())


def sound(path: Path, *, stories: bool = True) -> Workspace:
    """A workspace without errors; else its errors are told and the command ends."""
    found = loaded_sound(path, stories=stories)
    assert found.workspace is not None
    return found.workspace


def loaded_sound(path: Path, *, stories: bool = True) -> Loaded:
    """The same, with its files."""
    found = loaded(path, stories=stories)
    if found.workspace is None:
        errors = [problem for problem in found.problems if problem.severity == "error"]
        print_problems(terminal().err, errors, found.sources, path)
        tell(
            say_count(
                len(errors),
                "{count:,} error in {path}; mend them first. All problems: beforehand check {path}",
                "{count:,} errors in {path}; mend them first. All problems: beforehand check {path}",
                path=path,
            )
        )
        raise typer.Exit(Exit.PROBLEMS)
    return found

"""`beforehand fmt`: the files of a workspace in canonical words, or in another language."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from beforehand.cli.problems import print_problems
from beforehand.cli.progress import busy
from beforehand.cli.replacing import replace_file
from beforehand.cli.terminal import Exit, Terminal, tell, terminal, visible_lines, wrong_use
from models.speech import listed, say, say_count
from rules.language.keywords import Language

if TYPE_CHECKING:
    from rules.formatting.files import Formatted

_VOCABULARY = "vocabulary.yaml"
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="WORKSPACE|FILE", help="Workspaces, or files of them.", show_default="this folder"),
    ] = None,
    *,
    language: Annotated[
        Language | None,
        typer.Option(help="Write phrases, keys and names in this language.", show_default="as each is written"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that would change, and end with 1.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair YAML's traps first: missing quotes, comments behind values, tabs.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
) -> None:
    """Bring files into canonical words.

    Phrases and keys are rewritten where they stand. Comments, blank lines, order and layout stay, and so do all texts
    of people: titles, reasons, messages.

    Nothing is written that would mean something else. A file that cannot be read is named with its problems, and left
    as it is.
    """
    to = terminal()
    asked = _workspaces(paths or [Path()])
    total = sum(map(len, asked.values()))
    with busy(to, say_count(total, "Reading {count:,} file", "Reading {count:,} files")):
        done = [(root, _formatted(root, names, language, fix)) for root, names in asked.items()]
    unreadable = [one for _, files in done for one in files if one.problems]
    changing = [(root, one) for root, files in done for one in files if one.before != one.after]
    for root, files in done:
        _print_unreadable(to, root, [one for one in files if one.problems])
    for root, one in changing:
        if diff:
            _print_difference(to, root / one.file, one)
        elif check:
            to.out.print(Text(say("would change: {file}", file=root / one.file)), soft_wrap=True)
        else:
            _write(root / one.file, one)
            to.out.print(Text(say("changed: {file}", file=root / one.file)), soft_wrap=True)
    if not diff:
        read = sum(len(files) for _, files in done) - len(unreadable)
        _sum_up(to, read - len(changing), len(changing), total - read, check)
    if unreadable or (check and changing):
        raise typer.Exit(Exit.PROBLEMS)


# ------------------------------------------------------------- what to read


def _workspaces(paths: list[Path]) -> dict[Path, list[str]]:
    """The folders of workspaces, and the names of the files in them that are asked for."""
    found: dict[Path, list[str]] = {}
    for path in paths:
        if path.is_dir() and (path / _VOCABULARY).is_file():
            root, names = path, list(_files_of(path))
        elif path.is_dir():
            wrong_use(say("{path} has no {vocabulary}, so it is no workspace.", path=path, vocabulary=_VOCABULARY))
        elif path.is_file():
            root, names = _of_file(path)
        else:
            wrong_use(say("{path} does not exist; name a workspace, or a file of one.", path=path))
        found[root] = list(dict.fromkeys([*found.get(root, []), *names]))
    return found


def _files_of(root: Path) -> Iterator[str]:
    from rules.workspace.workspace import FILES

    yield from (name for name in FILES if (root / name).is_file())
    yield from sorted(file.relative_to(root).as_posix() for file in root.glob("rules/**/*.yaml"))


def _of_file(file: Path) -> tuple[Path, list[str]]:
    """The workspace of a file, and its name in it."""
    root = next((folder for folder in file.absolute().parents if (folder / _VOCABULARY).is_file()), None)
    if root is None:
        wrong_use(
            say(
                "{file} lies in no workspace: no folder above it has a {vocabulary}.", file=file, vocabulary=_VOCABULARY
            )
        )
    name = file.absolute().relative_to(root).as_posix()
    if name not in _files_of(root):
        wrong_use(say("{file} is no file of the workspace {root}.", file=file, root=root))
    return root if file.is_absolute() else Path(os.path.relpath(root)), [name]


def _formatted(root: Path, names: list[str], language: Language | None, fix: bool) -> list[Formatted]:
    from rules.formatting.files import formatted, text_of
    from rules.formatting.rewriting import MeaningChanged

    try:
        texts = {name: text_of((root / name).read_bytes()) for name in names}
    except OSError as wrong:
        wrong_use(say("{file}: it can't be read ({wrong}).", file=wrong.filename, wrong=wrong.strerror))
    try:
        return formatted(root, texts, language=language, fix=fix)
    except MeaningChanged as wrong:
        tell(
            say(
                "{root}: {wrong}. Nothing was written. This is a mistake of beforehand; please report it.",
                root=root,
                wrong=wrong,
            )
        )
        raise typer.Exit(Exit.PROBLEMS) from None


def _write(file: Path, one: Formatted) -> None:
    from rules.formatting.files import content_of

    try:
        replace_file(file, content_of(one.after, file.read_bytes()))
    except OSError as wrong:
        wrong_use(say("{file}: it can't be written ({wrong}).", file=file, wrong=wrong.strerror or wrong))


# ------------------------------------------------------------- what is said


def _print_unreadable(to: Terminal, root: Path, files: list[Formatted]) -> None:
    for one in files:
        print_problems(to.err, one.problems, {}, root)
        to.err.print(
            Text(say("left as it is: {file}", file=root / one.file) + "\n", style="bold yellow"), soft_wrap=True
        )


def _print_difference(to: Terminal, file: Path, one: Formatted) -> None:
    lines = difflib.unified_diff(one.before.split("\n"), one.after.split("\n"), str(file), str(file), lineterm="")
    for line in lines:
        to.out.print(Text(visible_lines(line), style=_STYLES.get(line[:1], "")), soft_wrap=True)


def _sum_up(to: Terminal, canonical: int, changed: int, left: int, check: bool) -> None:
    parts = []
    if changed and check:
        parts.append(say_count(changed, "{count:,} file would change", "{count:,} files would change"))
    elif changed:
        parts.append(say_count(changed, "{count:,} file changed", "{count:,} files changed"))
    if left > 0:
        parts.append(say_count(left, "{count:,} file left as it is", "{count:,} files left as they are"))
    if canonical:
        parts.append(
            say_count(
                canonical,
                "{count:,} file in canonical words already",
                "{count:,} files in canonical words already",
            )
        )
    style = "bold yellow" if left > 0 or (check and changed) else "bold green"
    to.out.print(say("{parts}.", parts=listed(parts)), style=style)

"""`beforehand schema`: what is said of a workspace to those who send events, receive decisions, or write its files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from beforehand.cli.arguments import ThisFolder
from beforehand.cli.terminal import counted, terminal, write_line, wrong_use
from beforehand.cli.workspaces import loaded, sound
from rules.language.keywords import Language

if TYPE_CHECKING:
    from rules.workspace.workspace import Workspace


class FileKind(StrEnum):
    """The kinds of file of a workspace."""

    VOCABULARY = "vocabulary"
    POLICY = "policy"
    OFFERS = "offers"
    FACTS = "facts"
    RULE = "rule"


def schema(
    workspace: ThisFolder = Path(),
    *,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, metavar="DIR", help="Write one file a schema into this folder."),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(
            file_okay=False, metavar="DIR", help="Write the schemas of the workspace's own files, for editors."
        ),
    ] = None,
    kind: Annotated[
        FileKind | None, typer.Option(help="Print the schema of one kind of the workspace's files.")
    ] = None,
    language: Annotated[
        Language, typer.Option(help="With --files and --kind: the language of the keys that are suggested.")
    ] = Language.ENGLISH,
) -> None:
    """Print the JSON Schema of events and decisions.

    Made from the vocabulary, so that it says what is read. Without --out all are printed as one JSON
    document.

    With --files or --kind it is that of vocabulary.yaml, policy.yaml, offers.yaml, facts.yaml and the files of rules/:
    an editor completes their keys, underlines those that do not exist, and suggests the names of the workspace.
    `beforehand init` sets up VS Code with them.
    """
    import msgspec

    if files is not None or kind is not None:
        _of_files(workspace, files, kind, language)
        return
    from streams.schema import schemas

    found = schemas(sound(workspace, stories=False).vocabulary)
    if out is None:
        write_line(msgspec.json.format(msgspec.json.encode(found)))
        return
    try:
        for name, one in found.items():
            file = out / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(msgspec.json.format(msgspec.json.encode(one)) + b"\n")
    except OSError as wrong:
        _unwritten(out, wrong)
    terminal().out.print(f"{out}: {counted(len(found), 'schema')}.", soft_wrap=True)


def _of_files(folder: Path, files: Path | None, kind: FileKind | None, language: Language) -> None:
    import msgspec

    from beforehand.cli.editor import write_schemas
    from rules.file_schemas.files import file_schemas

    workspace = _readable(folder)
    if kind is not None:
        write_line(msgspec.json.format(msgspec.json.encode(file_schemas(workspace, language)[kind.value])))
    if files is None:
        return
    try:
        written = write_schemas(files, workspace, language)
    except OSError as wrong:
        _unwritten(files, wrong)
    # what was asked for on standard output stays alone there
    to = terminal().out if kind is None else terminal().err
    to.print(f"{files}: {counted(len(written), 'schema')}.", soft_wrap=True)


def _readable(folder: Path) -> Workspace | None:
    """The workspace, as far as it can be read: its names are suggested. None where there is none, and none is named."""
    from rules.workspace.workspace import VOCABULARY

    if folder == Path() and not (folder / VOCABULARY).is_file():
        return None
    return loaded(folder, stories=False).readable


def _unwritten(folder: Path, wrong: OSError) -> NoReturn:
    wrong_use(f"{folder}: it can't be written ({wrong.strerror or wrong}).")

"""`beforehand schema`: what is said of a workspace to those who send events, receive decisions, or write its files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from beforehand.cli.arguments import ThisFolder
from beforehand.cli.terminal import terminal, write_line, wrong_use
from beforehand.cli.workspaces import loaded, sound
from models.speech import say, say_count
from rules.language.keywords import Language

if TYPE_CHECKING:
    from rules.workspace.workspace import Workspace
    from streams.contract.shapes import Schema


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
    asyncapi: Annotated[
        bool, typer.Option("--asyncapi", help="Print the AsyncAPI document of all topics instead.")
    ] = False,
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
    """Print the JSON Schema of events, decisions and hand-offs.

    Made from the vocabulary, so that it says what is read. Without --out all are printed as one JSON
    document. With --out the AsyncAPI document is written too: it is the contract with producers and channels,
    and a later `beforehand check --against DIR` says what would break it.

    With --files or --kind it is that of vocabulary.yaml, policy.yaml, offers.yaml, facts.yaml and the files of rules/:
    an editor completes their keys, underlines those that do not exist, and suggests the names of the workspace.
    `beforehand init` sets up VS Code with them.
    """
    import msgspec

    if files is not None or kind is not None:
        _of_files(workspace, files, kind, language)
        return
    from streams.contract.files import ASYNCAPI

    found = _contract(workspace)
    if out is None:
        document = found.pop(ASYNCAPI)
        write_line(msgspec.json.format(msgspec.json.encode(document if asyncapi else found)))
        return
    try:
        for name, one in found.items():
            file = out / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(msgspec.json.format(msgspec.json.encode(one)) + b"\n")
    except OSError as wrong:
        _unwritten(out, wrong)
    said = say_count(
        len(found) - 1,
        "{out}: {count:,} schema and {document}.",
        "{out}: {count:,} schemas and {document}.",
        out=out,
        document=ASYNCAPI,
    )
    terminal().out.print(said, soft_wrap=True)


def _contract(folder: Path) -> dict[str, Schema]:
    from streams.contract.files import contract

    workspace = sound(folder, stories=False)
    try:
        return contract(workspace.vocabulary, workspace.policy.channels, folder.resolve().name)
    except ValueError as wrong:
        wrong_use(say("{folder}: {wrong}.", folder=folder, wrong=wrong))


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
    to.print(
        say_count(len(written), "{out}: {count:,} schema.", "{out}: {count:,} schemas.", out=files), soft_wrap=True
    )


def _readable(folder: Path) -> Workspace | None:
    """The workspace, as far as it can be read: its names are suggested. None where there is none, and none is named."""
    from rules.workspace.workspace import VOCABULARY

    if folder == Path() and not (folder / VOCABULARY).is_file():
        return None
    return loaded(folder, stories=False).readable


def _unwritten(folder: Path, wrong: OSError) -> NoReturn:
    wrong_use(say("{folder}: it can't be written ({wrong}).", folder=folder, wrong=wrong.strerror or wrong))

"""`beforehand schema`: the contract of a workspace, for those who send events and those who receive decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beforehand.cli.arguments import ThisFolder
from beforehand.cli.terminal import counted, terminal, write_line, wrong_use
from beforehand.cli.workspaces import sound


def schema(
    workspace: ThisFolder = Path(),
    *,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, metavar="DIR", help="Write one file a schema into this folder."),
    ] = None,
) -> None:
    """Print the JSON Schema of events and decisions.

    Made from the vocabulary, so that it says what is read. Without --out all are printed as one JSON
    document.
    """
    import msgspec

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
        wrong_use(f"{out}: it can't be written ({wrong.strerror or wrong}).")
    terminal().out.print(f"{out}: {counted(len(found), 'schema')}.", soft_wrap=True)

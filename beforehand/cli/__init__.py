"""The `beforehand` command."""

from __future__ import annotations

from typing import Annotated

import typer

from beforehand import __version__

app = typer.Typer(no_args_is_help=True, help="Recognises customers' situations as they happen, and acts beforehand.")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"beforehand {__version__}")
        raise typer.Exit


@app.callback()
def beforehand(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Recognises customers' situations as they happen, and acts beforehand."""

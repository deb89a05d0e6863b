"""The `beforehand` command: one module per subcommand, each importing what it needs only when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from beforehand import __version__
from beforehand.cli.check import check
from beforehand.cli.test import test

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Recognises customers' situations as they happen, and acts beforehand.",
)


def _example(*lines: str) -> str:
    """Examples under a command's help, each on a line of its own."""
    return "\n\n".join(("Examples:", *(f"$ {line}" for line in lines)))


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
    """Recognises customers' situations as they happen, and acts beforehand.

    Ends with 0 if all is well, with 1 if it found problems, with 2 if it cannot be done as asked.
    """


app.command(epilog=_example("beforehand check", "beforehand check shop --json"))(check)
app.command(epilog=_example("beforehand test", "beforehand test shop first-thirty-days"))(test)

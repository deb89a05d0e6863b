"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beforehand.cli.completion import workspaces

Workspace = Annotated[
    Path, typer.Argument(help="The folder of the workspace.", metavar="WORKSPACE", autocompletion=workspaces)
]

ThisFolder = Annotated[
    Path,
    typer.Argument(
        help="The folder of the workspace.", metavar="WORKSPACE", show_default="this folder", autocompletion=workspaces
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print lines of JSON, for machines.")]

Events = Annotated[
    str,
    typer.Option(
        "--events", metavar="FILE", help="A file of events, one JSON object a line (.gz too), or - for standard input."
    ),
]

WithoutPolicy = Annotated[
    bool,
    typer.Option(
        "--without-policy",
        help="Leave aside what is not built yet of policy and vocabulary, and mark every decision with it.",
    ),
]

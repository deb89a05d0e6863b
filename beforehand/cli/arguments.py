"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print lines of JSON, for machines.")]

Workspace = Annotated[Path, typer.Argument(help="The folder of the workspace.", metavar="WORKSPACE")]

WithoutPolicy = Annotated[
    bool,
    typer.Option(
        "--without-policy",
        help="Leave out what is not built of policy and vocabulary, and mark every decision with it.",
    ),
]

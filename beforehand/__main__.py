"""`python -m beforehand`: the same as the `beforehand` command.

`python -m` looks into the working directory first, so that a user's own `models.py` there hides our `models`.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from beforehand import command

HOME = Path(__file__).resolve().parent.parent


def shadows() -> list[Path]:
    """Files that Python would take for packages of ours, though they are somebody else's."""
    specs = [find_spec(name) for name in ("models", "rules", "streams")]
    files = [Path(spec.origin).resolve() for spec in specs if spec is not None and spec.origin is not None]
    return [file for file in files if not file.is_relative_to(HOME)]


def main() -> None:
    """Run the command line; or say which file is in its way, and end with exit code 2."""
    if hiding := shadows():
        sys.stderr.write(
            f"{hiding[0]} hides a package of Beforehand of the same name, because `python -m` looks into the working "
            "directory first. Type `beforehand` instead of `python -m beforehand`, or work in another directory.\n"
        )
        sys.exit(2)
    command.main()


if __name__ == "__main__":
    main()

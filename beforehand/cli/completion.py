"""What a shell suggests: workspaces, rules and packs. Asked for at every tab, so nothing is read that is not needed.

`beforehand --install-completion` makes the shell ask (Typer writes the script); the functions here answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

_VOCABULARY = "vocabulary.yaml"
_RULES = "rules"


def workspaces(incomplete: str) -> Iterator[str]:
    """The folders that are workspaces, beside or behind what has been typed; else the shell suggests files itself."""
    typed = Path(incomplete)
    folder, begun = (typed, "") if not incomplete or incomplete.endswith("/") else (typed.parent, typed.name)
    for one in _folders(folder):
        if one.name.startswith(begun) and (one / _VOCABULARY).is_file():
            yield str(one)


def rules(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """The rules of the workspace that has been typed, or of this folder, but for those that stand there already."""
    taken = ctx.params.get("rules") or ()
    folder = ctx.params.get("workspace") or Path()
    return (name for name in rules_of(Path(folder), incomplete) if name not in taken)


def workspaces_and_rules(incomplete: str) -> Iterator[str]:
    """Workspaces; and rules, where this folder is one."""
    yield from workspaces(incomplete)
    yield from rules_of(Path(), incomplete)


def rules_of(folder: Path, incomplete: str) -> Iterator[str]:
    """The ids of the rules of a workspace that begin so, by the names of their files."""
    if (folder / _VOCABULARY).is_file():
        found = (file.stem for file in (folder / _RULES).rglob("*.yaml"))
        yield from sorted(name for name in found if name.startswith(incomplete))


def packs(incomplete: str) -> Iterator[str]:
    """The packs that begin so."""
    from beforehand.cli.init import pack_names

    return (name for name in pack_names() if name.startswith(incomplete))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir())
    except OSError:
        return []

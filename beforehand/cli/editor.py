"""What an editor is given so that it completes and underlines the files of a workspace: schemas, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.language.keywords import Language
    from rules.workspace.workspace import Workspace

#: Where `init` puts the schemas, from the folder of the workspace.
SCHEMAS = ".vscode/beforehand"
SETTINGS = ".vscode/settings.json"


def write_schemas(folder: Path, workspace: Workspace | None, language: Language) -> list[Path]:
    """Write the schema of each kind of file into a folder, `rule.json` and so on; raises OSError."""
    import msgspec

    from rules.file_schemas.files import file_schemas

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, one in file_schemas(workspace, language).items():
        file = folder / f"{kind}.json"
        file.write_bytes(msgspec.json.format(msgspec.json.encode(one)) + b"\n")
        written.append(file)
    return written


def write_settings(folder: Path) -> bool:
    """Tell VS Code which schema is for which file of a workspace; False if it has settings already. Raises OSError.

    `beforehand fmt` puts files in form; the formatter of the YAML extension would break phrases into lines.
    """
    import msgspec

    from rules.file_schemas.files import FILES

    file = folder / SETTINGS
    if file.exists():
        return False
    settings = {
        "yaml.schemas": {f"./{SCHEMAS}/{kind}.json": pattern for kind, pattern in FILES.items()},
        "yaml.schemaStore.enable": False,
        "yaml.format.enable": False,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(settings)) + b"\n")
    return True

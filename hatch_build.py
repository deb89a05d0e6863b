"""Compiles the modules written in Cython (`*.pyx`) while the project is installed, or a wheel of it is made.

Where there is no C compiler they are left out, and nothing is missing but speed: what they do is done in Python, too
([why](docs/adr/0040-lines-are-read-by-compiled-code-where-there-is-a-compiler.md)).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from Cython.Build import cythonize
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.errors import BaseError, CompileError, LinkError

#: Where the C is written.
_WRITTEN = "build/compiled"


class CompileHook(BuildHookInterface[Any]):
    """Puts each compiled module beside its source, and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- as hatchling has it
        """`version` is `standard` or `editable`; `build_data` is told what has been made."""
        root = Path(self.root)
        sources = sorted(path for package in self.build_config.packages for path in (root / package).rglob("*.pyx"))
        try:
            made = _compiled(root, sources)
        except (BaseError, CompileError, LinkError) as wrong:
            self.app.display_warning(f"Not compiled, so events are read and taken more slowly: {wrong}")
            return
        build_data["artifacts"] += made
        build_data["pure_python"] = not made
        build_data["infer_tag"] = bool(made)


def _compiled(root: Path, sources: list[Path]) -> list[str]:
    """Compile these files below `root`; the paths of what came of them, as seen from there."""
    written, modules = str(root / _WRITTEN), []
    for path in sources:
        name = path.relative_to(root).with_suffix("")
        modules.append(Extension(".".join(name.parts), [str(path)]))
    extensions = cythonize(modules, build_dir=written, language_level=3, quiet=True)
    command = Distribution({"ext_modules": extensions, "src_root": str(root)}).get_command_obj("build_ext")
    command.inplace, command.build_temp, command.build_lib = True, written, written
    command.ensure_finalized()
    command.run()
    return [str(Path(command.get_ext_fullpath(module.name)).relative_to(root)) for module in modules]

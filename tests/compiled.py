"""Compiled code that tests are about."""

from __future__ import annotations

import importlib
import shutil
import sysconfig
from pathlib import Path
from types import ModuleType


def compiled_module(name: str) -> ModuleType | None:
    """A compiled module; None where there is nothing to compile it with, but never where there is."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if shutil.which("cc") is None or not Path(sysconfig.get_paths()["include"], "Python.h").exists():
            return None
        raise  # where it can be compiled it must have been: make setup

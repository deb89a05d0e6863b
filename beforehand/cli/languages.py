"""The language in which a command speaks: asked for, or that of the terminal."""

from __future__ import annotations

import os

from rules.language.keywords import Language

#: What says the language of a terminal; the first that is set holds.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def of_terminal() -> Language:
    """Chinese where the terminal is (`LANG=zh_CN.UTF-8`), else English."""
    said = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return Language.CHINESE if said.lower().startswith("zh") else Language.ENGLISH

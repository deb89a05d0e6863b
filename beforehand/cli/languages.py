"""The language in which a command speaks: asked for, or that of the terminal."""

from __future__ import annotations

import os
from enum import StrEnum

#: What says the language of a terminal; the first that is set holds.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class Language(StrEnum):
    """The languages of phrases."""

    EN = "en"
    ZH = "zh"


def of_terminal() -> Language:
    """Chinese where the terminal is (`LANG=zh_CN.UTF-8`), else English."""
    said = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return Language.ZH if said.lower().startswith("zh") else Language.EN

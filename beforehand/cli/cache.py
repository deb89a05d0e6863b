"""The folder that keeps what was read of workspaces."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path | None:
    """`BEFOREHAND_CACHE` if it is set (None for `off`), else the user's folder for caches."""
    chosen = os.environ.get("BEFOREHAND_CACHE", "")
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen)
    caches = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(caches) if caches else Path.home() / ".cache") / "beforehand"
    except RuntimeError:  # a user without a home
        return None

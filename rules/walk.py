"""Walking the typed tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass


def nodes(root: object) -> Iterator[object]:
    """Every dataclass node at or below `root`, outer before inner."""
    if isinstance(root, tuple):
        for item in root:
            yield from nodes(item)
    elif is_dataclass(root) and not isinstance(root, type):
        yield root
        for field in fields(root):
            yield from nodes(getattr(root, field.name))

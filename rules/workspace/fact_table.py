"""Facts that were read, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rules.typed import Named


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by name, their canonical definitions, and the names of those that could not be read."""

    named: Mapping[str, Named] = field(default_factory=lambda: MappingProxyType({}))
    said: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    broken: frozenset[str] = frozenset()

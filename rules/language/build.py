"""From the reductions of a grammar to the syntax tree: one function for each rule or alias, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.language.build_situations import SITUATIONS
from rules.language.build_values import VALUES, Build

#: Rule or alias of a grammar -> what makes its node.
BUILD: Final[Mapping[str, Build]] = MappingProxyType({**VALUES, **SITUATIONS})

__all__ = ["BUILD", "Build"]

"""The nodes of a YAML file: texts, mappings and lists, each with its position.

Every scalar is text, whatever it looks like: the vocabulary types it. Lines and columns count from 1, columns
count characters; `start` and `end` are offsets into the text of the file, quotes included.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text. `style` is "" for a plain one, or the sign it is written with: `"`, `'`, `|`, `>`."""

    text: str
    line: int
    column: int
    start: int
    end: int
    style: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """`key: value` pairs in the order of the file; `flow` if written with braces."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int
    start: int
    end: int
    flow: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list; `flow` if written with brackets."""

    items: tuple[Node, ...]
    line: int
    column: int
    start: int
    end: int
    flow: bool = False


Node = Scalar | Mapping | Items

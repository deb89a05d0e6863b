"""The nodes of a YAML file: texts, mappings and lists, each with its position.

Every scalar is text, whatever it looks like: the vocabulary types it. Lines and columns count from 1, columns
count characters; `start` and `end` are offsets into the text of the file, quotes included.
"""

from __future__ import annotations

from msgspec import Struct


class Scalar(Struct, frozen=True, eq=False, gc=False, array_like=True, tag=0):
    """A text. `style` is "" for a plain one, or the sign it is written with: `"`, `'`, `|`, `>`."""

    text: str
    line: int
    column: int
    start: int
    end: int
    style: str = ""


class Mapping(Struct, frozen=True, eq=False, gc=False, array_like=True, tag=1):
    """`key: value` pairs in the order of the file; `flow` if written with braces."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int
    start: int
    end: int
    flow: bool = False


class Items(Struct, frozen=True, eq=False, gc=False, array_like=True, tag=2):
    """A list; `flow` if written with brackets."""

    items: tuple[Node, ...]
    line: int
    column: int
    start: int
    end: int
    flow: bool = False


Node = Scalar | Mapping | Items

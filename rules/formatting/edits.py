"""Edits of a source text: some characters replaced by others, everything else left as it is.

A text is written as its node was: a value in quotes stays in quotes, and a plain one gets them only where YAML asks
for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.language.yaml_nodes import Scalar
from rules.language.yaml_traps import in_quotes

#: What a plain YAML text may not begin with, hold or end with; inside { } and [ ] more.
_BEGINS = re.compile(r"[\s{}\[\],#&*!|>'\"%@`]|[-?:](?:\s|$)|---|\.\.\.")
_HOLDS = re.compile(r":(?:\s|$)|\s#|\s$|\n")
_HOLDS_IN_FLOW = re.compile(r"[,\[\]{}]|:(?=[,\[\]{}])")


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` up to `end` become `text`."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they do not overlap."""
    parts = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        assert edit.start >= at, "edits overlap"
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def rewritten(scalar: Scalar, text: str, *, flow: bool) -> Edit | None:
    """The edit that gives a scalar another text; None if it has it already. `flow`: it stands inside { } or [ ]."""
    if scalar.text == text or (scalar.style in {"|", ">"} and scalar.text.strip() == text):
        return None
    return Edit(scalar.start, scalar.end, _written(scalar, text, flow))


def _written(scalar: Scalar, text: str, flow: bool) -> str:
    match scalar.style:
        case '"':
            return in_quotes(text)
        case "'":
            return "'" + text.replace("'", "''") + "'"
        case "|" | ">":
            return plain(text, flow=flow) + "\n"
        case _:
            return plain(text, flow=flow)


def plain(text: str, *, flow: bool) -> str:
    """A text as YAML has it: without quotes where none are needed."""
    unsafe = not text or _BEGINS.match(text) or _HOLDS.search(text) or (flow and _HOLDS_IN_FLOW.search(text))
    return in_quotes(text) if unsafe else text

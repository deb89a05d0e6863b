"""One file of rules/: a rule with its facts, its blocks and its tests."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from types import MappingProxyType

from msgspec import Struct

from rules.problems import Problem
from rules.stories import Story
from rules.typed import Named, Pattern, Rule

KEYS = (
    "title",
    "owner",
    "because",
    "runs",
    "paused",
    "each",
    "facts",
    "when",
    "only if",
    "unless",
    "then",
    "stop when",
    "at most",
    "choose",
    "measure",
    "tests",
)
MEASURE_KEYS = ("control", "success", "harm")

#: What customers do: one of these events, within so many milliseconds.
Response = tuple[tuple[Pattern, ...], int]

#: `D to D`, `from D`, `until D`; `D至D`, `自D起`, `至D止`.
RUNS = re.compile(
    r"(?P<first>\S+)\s+to\s+(?P<last>\S+)|from\s+(?P<since>\S+)|until\s+(?P<until>\S+)"
    r"|(?P<first_day>\S+?)\s*至\s*(?P<last_day>\S+)|自\s*(?P<from_day>\S+?)\s*起|至\s*(?P<to_day>\S+?)\s*止"
)


class RuleFile(Struct, frozen=True, array_like=True):
    """A rule as it was read. `path` is its file inside the workspace; `problems` are notices and warnings.

    `facts` are all facts of its `facts`, used or not, for checks.
    """

    rule: Rule
    path: str
    tests: tuple[Story, ...] = ()
    facts: Table[str, Named] = MappingProxyType({})
    problems: tuple[Problem, ...] = ()
    #: Whether all of it could be read; of a rule with errors the rest is there, for checks.
    sound: bool = True
    #: What the rule is measured by: the events, and within how many milliseconds.
    success: Response | None = None
    harm: Response | None = None


def span_of(match: re.Match[str]) -> tuple[str | None, str | None]:
    """The first and the last day of a match of RUNS, as they are written."""
    first = match["first"] or match["since"] or match["first_day"] or match["from_day"]
    return first, match["last"] or match["until"] or match["last_day"] or match["to_day"]

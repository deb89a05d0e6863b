"""A vocabulary that can express the twelve situations of the design, and a way to read phrases in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from msgspec import Struct, structs
from msgspec.structs import replace

from models.places import Circle, Place
from models.types import (
    CELL,
    DATA,
    DATE,
    DURATION,
    MOMENT,
    MONEY,
    NUMBER,
    POINT,
    TEXT,
    WHOLE,
    YES_NO,
    Kind,
    Type,
)
from models.vocabulary import EventType, Vocabulary
from rules.language import resolve, tree
from rules.language.located import Located
from rules.language.parse import Start, parse, step_names
from rules.language.print import print_english
from rules.language.scope import Scope
from rules.language.words import Words, words_of
from rules.problems import Problem
from rules.typed import Named


def choice(*values: str) -> Type:
    """A type of these values."""
    return Type(Kind.CHOICE, values)


_FAMILIES: Mapping[str, Mapping[str, Mapping[str, Type]]] = {
    "consumption": {
        "data used": {"amount": DATA, "network": choice("home", "roaming")},
        "paid": {"price": MONEY, "product": TEXT},
        "used minutes": {"length": DURATION},
        "flight booked": {"flight": TEXT, "departs": MOMENT, "passenger": choice("adult", "infant", "expectant")},
        "basket": {"total": MONEY, "items": WHOLE, "store": TEXT},
    },
    "location": {"position": {"spot": POINT}, "attached": {"cell": CELL}},
    "behavior": {
        "searched": {"query": TEXT},
        "call dropped": {"cell": CELL},
        "page viewed": {"page": TEXT, "seconds": NUMBER},
        "transfer failed": {"amount": MONEY, "reason": TEXT},
    },
    "service": {
        "complaint opened": {"case": TEXT, "topic": TEXT},
        "complaint progressed": {"case": TEXT},
        "complaint closed": {"case": TEXT},
        "flight delayed": {"flight": TEXT, "delay": DURATION},
        "card lost": {"country": TEXT, "abroad": YES_NO},
        "rated": {"score": WHOLE, "plan": TEXT},
    },
}
_CUSTOMER: Mapping[str, Type] = {
    "plan": choice("S", "M", "L", "unlimited"),
    "allowance": DATA,
    "tier": choice("standard", "silver", "gold"),
    "credit score": NUMBER,
    "balance": MONEY,
    "debt": MONEY,
    "monthly fee": MONEY,
    "priority": choice("1", "2", "3"),
    "vip": YES_NO,
    "nps": WHOLE,
    "manager": TEXT,
    "birthday": DATE,
    "contract ends": DATE,
    "activated": MOMENT,
}
_NAMES = {"zh": {"data used": "使用流量", "allowance": "套餐流量", "airport": "机场", "used": "已用", "gold": "金卡"}}


def made_vocabulary() -> Vocabulary:
    """The vocabulary of the tests."""
    events = {
        name: EventType(name, family, event_fields, name)
        for family, types in _FAMILIES.items()
        for name, event_fields in types.items()
    }
    airport = Place("airport", (("airport", Circle(31.1443, 121.8083, 4_000_000)),))
    old_town = Place("old town", (("old town", Circle(31.2, 121.4, 1_000_000)),))
    branch = Place("branch", (("East", Circle(31.2, 121.5, 100_000)), ("West", Circle(31.2, 121.3, 100_000))), True)
    return Vocabulary(
        events,
        _CUSTOMER,
        {"airport": airport, "old town": old_town, "branch": branch},
        {"seat map": {"held by": "flight booked"}},
        _NAMES,
        time_zone="Asia/Shanghai",
        currency="CNY",
        languages=("zh", "en"),
    )


@dataclass
class Desk:
    """Reads phrases in a scope that grows by what is defined on it."""

    scope: Scope
    facts: list[str] = field(default_factory=list)

    @property
    def words(self) -> Words:
        return words_of(self.scope.vocabulary, self.facts)

    def parse(self, start: Start, text: str) -> tuple[Any, list[Problem]]:
        return parse(start, Located(text, "rules/test.yaml", 1, 1), self.words)

    def tree(self, start: Start, text: str) -> Any:
        """The syntax tree of a phrase that has no mistake."""
        node, problems = self.parse(start, text)
        assert not problems, [str(problem) for problem in problems]
        return node

    def define(self, name: str, text: str) -> list[Problem]:
        """Adds a fact."""
        node, problems = self.parse(Start.FACT, text)
        named = None
        if node is not None:
            named, problems = resolve.resolve_fact(name, node, self.scope)
        self.facts.append(name)
        if named is None:
            self.scope = replace(self.scope, broken=self.scope.broken | {name})
        else:
            self.scope = replace(self.scope, facts={**self.scope.facts, name: named})
        return problems

    def happen(self, *lines: str) -> tuple[Any, list[Problem]]:
        """Resolves a `when`, of one line or (lines with a leading hyphen) a list, and takes on its scope."""
        if not lines[0].startswith("- "):
            node, problems = self.parse(Start.SITUATION, lines[0])
            if node is None:
                return None, problems
            found, self.scope, problems = resolve.resolve_situation(node, self.scope)
            return found, problems
        located = [Located(line[2:], "rules/test.yaml", at, 3) for at, line in enumerate(lines, start=1)]
        words = self.words.with_names(step_names(located, self.words))
        parsed = [parse(Start.STEP, line, words) for line in located]
        wrong = [problem for _, problems in parsed for problem in problems]
        if wrong:
            return None, wrong
        found, self.scope, problems = resolve.resolve_steps([node for node, _ in parsed if node], self.scope)
        return found, problems

    def read(self, start: Start, text: str) -> tuple[Any, Any, list[Problem]]:
        """(syntax tree, typed node, problems) of a phrase."""
        node, problems = self.parse(start, text)
        if node is None:
            return None, None, problems
        found, problems = self._resolve(start, node)
        return node, found, problems

    def codes(self, start: Start, text: str) -> list[str]:
        return [problem.code for problem in self.read(start, text)[2]]

    def means(self, start: Start, text: str) -> Any:
        """The typed node of a phrase that has no mistake."""
        _, found, problems = self.read(start, text)
        assert not problems, [str(problem) for problem in problems]
        return found

    def _resolve(self, start: Start, node: Any) -> tuple[Any, list[Problem]]:
        match start:
            case Start.SITUATION:
                found, _, problems = resolve.resolve_situation(node, self.scope)
                return found, problems
            case Start.STEP:
                found, _, problems = resolve.resolve_steps([node], self.scope)
                return found, problems
            case Start.FACT:
                return resolve.resolve_fact("it", node, self.scope)
            case Start.DURATION:
                return resolve.resolve_duration(node, self.scope.vocabulary)
            case Start.SHARE:
                return resolve.resolve_share(node)
            case Start.CHANNELS:
                return node, []
            case _:
                found, problems = _RESOLVE[start](node, self.scope)
                return found, problems


_RESOLVE: dict[Start, Any] = {
    Start.CONDITION: resolve.resolve_condition,
    Start.EXPRESSION: resolve.resolve_expression,
    Start.PATTERNS: resolve.resolve_patterns,
    Start.SUCCESS: resolve.resolve_success,
    Start.AFTER: resolve.resolve_after,
    Start.CAP: resolve.resolve_cap,
}


def shown(value: Any, inside: bool = False) -> str:
    """A typed node in short: types by their words, fields that say nothing left out, facts inside by their names."""
    match value:
        case Type():
            return str(value).replace(" ", "")
        case Enum():
            return f"`{value.value}`"
        case tuple():
            return f"[{', '.join(shown(item, inside=True) for item in value)}]"
        case str():
            return f'"{value}"'
        case Fraction() | int() | None:
            return str(value)
    if isinstance(value, tree.Name):
        return value.text
    if isinstance(value, Named) and inside:
        return f"Named({value.name})"
    if isinstance(value, Struct):
        kept = {spec.name: spec.default for spec in structs.fields(value)}
    elif is_dataclass(value):
        kept = {spec.name: spec.default for spec in fields(value) if spec.compare}
    else:
        return repr(value)
    found = ((getattr(value, name), default) for name, default in kept.items())
    parts = [shown(part, inside=True) for part, default in found if part != default]
    return f"{type(value).__name__}({', '.join(parts)})"


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The vocabulary of the tests."""
    return made_vocabulary()


@pytest.fixture
def desk(vocabulary: Vocabulary) -> Desk:
    """A desk without facts."""
    return Desk(Scope(vocabulary))


@pytest.fixture
def full_desk(desk: Desk) -> Desk:
    """A desk with the facts the design uses."""
    for name, text in {
        "used": "sum of amount of data used over this billing cycle",
        "top-ups": 'count of paid where product is "top-up" over last 30 days',
        "spent": "sum of price of paid over this billing cycle",
        "heavy user": "plan is L and used > 20 GB",
    }.items():
        assert desk.define(name, text) == []
    return desk


@pytest.fixture(scope="session")
def show() -> Any:
    """How typed nodes are shown in golden files."""
    return shown


@pytest.fixture(scope="session")
def printed() -> Any:
    """How syntax trees are printed."""
    return print_english


@pytest.fixture(scope="session")
def desk_of() -> Any:
    """How a desk with the facts of the design is made."""

    def make(vocabulary: Vocabulary) -> Desk:
        made = Desk(Scope(vocabulary))
        made.define("used", "sum of amount of data used over this billing cycle")
        return made

    return make

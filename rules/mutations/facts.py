"""Facts defined otherwise, and which facts a test can see."""

from __future__ import annotations

from collections.abc import Iterator

from rules.mutations.change import Change, inside
from rules.mutations.conditions import conditions
from rules.mutations.distinct import distinct
from rules.mutations.expressions import expressions
from rules.mutations.wording import Wording
from rules.typed import Expression, Guide, Named, Rule, Truth
from rules.walk import nodes


def definitions(of: Expression, wording: Wording) -> Iterator[Change[Expression]]:
    """The ways to define a fact otherwise: a value, or the condition of an audience."""
    if not isinstance(of, Truth):
        yield from expressions(of, wording)
        return
    changed = distinct(of.of, conditions(of.of, wording))
    yield from inside(changed, lambda to: Truth(to, of.type))


def seen_facts(rule: Rule) -> frozenset[str]:
    """The facts a test can see the value of: those that decide, and those in what the customer reads.

    The words of a task are seen by nobody but its owner.
    """
    texts = [action for block in rule.blocks for action in block.actions if isinstance(action, Guide)]
    lines = [line for block in rule.blocks for line in (*block.only_if, *block.unless)]
    seen = (rule.situation, rule.only_if, rule.unless, tuple(lines), tuple(texts))
    return frozenset(node.name for node in nodes(seen) if isinstance(node, Named))

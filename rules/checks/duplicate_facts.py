"""Facts that are defined twice under two names."""

from __future__ import annotations

from collections.abc import Iterator

from rules.checks.reasoning.terms import plain
from rules.checks.written import WrittenFact, rules, shared_facts
from rules.problems import Problem
from rules.typed import Attribute, Constant, Expression, Named
from rules.workspace.workspace import FACTS, Workspace


def check_duplicate_facts(workspace: Workspace) -> Iterator[Problem]:
    """Facts of facts.yaml, or of one rule, with the definition of another.

    What different rules define alike is no mistake: it is kept once.
    """
    shared: dict[Expression, WrittenFact] = {}
    yield from _repeated(shared_facts(workspace), shared)
    for rule in rules(workspace):
        yield from _repeated(rule.facts(), dict(shared))


def _repeated(facts: list[WrittenFact], known: dict[Expression, WrittenFact]) -> Iterator[Problem]:
    for fact in facts:
        definition = plain(fact.fact)
        before = known.setdefault(definition, fact)
        if before is fact or isinstance(definition, Constant | Attribute) or isinstance(fact.fact.of, Named):
            continue
        where = "facts.yaml" if before.place.file == FACTS else "the rule"
        line = before.key.node.line
        what = f'"{fact.fact.name}" is defined exactly as "{before.fact.name}" of {where} (line {line}).'
        yield fact.key.problem("W503", what, f'Use "{before.fact.name}", and delete this one.')

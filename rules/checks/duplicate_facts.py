"""Facts that are defined twice under two names."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
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
        yield from _repeated(rule.facts, dict(shared))


def _repeated(facts: tuple[WrittenFact, ...], known: dict[Expression, WrittenFact]) -> Iterator[Problem]:
    for fact in facts:
        definition = plain(fact.fact)
        before = known.setdefault(definition, fact)
        if before is fact or isinstance(definition, Constant | Attribute) or isinstance(fact.fact.of, Named):
            continue
        names = {"name": fact.fact.name, "other": before.fact.name, "line": before.key.node.line}
        what = (
            say('"{name}" is defined exactly as "{other}" of facts.yaml (line {line}).', **names)
            if before.place.file == FACTS
            else say('"{name}" is defined exactly as "{other}" of the rule (line {line}).', **names)
        )
        yield fact.key.problem("W503", what, say('Use "{fact}", and delete this one.', fact=before.fact.name))

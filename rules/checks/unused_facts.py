"""Facts that are defined, and that nobody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.speech import say, sentence
from rules.checks.written import WrittenFact, root, rules, shared_facts
from rules.language.yaml_nodes import Items, Mapping, Node, Scalar
from rules.problems import Problem
from rules.typed import Aggregate, Named
from rules.walk import nodes
from rules.workspace import reading
from rules.workspace.workspace import FACTS, Workspace


def check_unused_facts(workspace: Workspace) -> Iterator[Problem]:
    """Facts of a rule that it does not use; facts of facts.yaml that no rule, offer or policy uses."""
    asked: set[str] = set()
    for rule in rules(workspace):
        own = rule.file.facts
        used = {fact.name for fact in rule.file.rule.facts}
        asked |= used | _named_in(own.values())
        if not used.issuperset(own):
            facts = rule.facts
            used |= set() if rule.file.sound else _mentioned(workspace, facts, rule.file.path)
            asked |= used
            yield from _unused(facts, used, sentence('the fact "{fact}" is never used: this rule does not ask for it.'))
    if workspace.rules:
        facts = shared_facts(workspace)
        known = {FACTS, *(rule.path for rule in workspace.rules if rule.sound)}
        asked |= _mentioned(workspace, facts, *(file for file in workspace.sources if file not in known))
        yield from _unused(
            facts, asked, sentence('the fact "{fact}" is never used: no rule, offer or policy asks for it.')
        )


def _unused(facts: tuple[WrittenFact, ...], used: set[str], what: str) -> Iterator[Problem]:
    """What only an unused fact needs is not reported: one mistake, one problem."""
    needed = used | _named_in(fact.fact for fact in facts)
    for fact in facts:
        if fact.fact.name not in needed:
            yield fact.key.problem("W502", say(what, fact=fact.fact.name), say("Use it, or delete it."))


def _named_in(facts: Iterable[Named]) -> set[str]:
    """The names of facts that these facts are made of."""
    return {node.name for fact in facts for node in nodes(fact.of, (Aggregate,)) if isinstance(node, Named)}


def _mentioned(workspace: Workspace, facts: tuple[WrittenFact, ...], *files: str) -> set[str]:
    """The names of facts that stand somewhere in these files: they may be asked for."""
    texts = [text for file in files for text in _texts(workspace, file)]
    spelled = [(fact.fact.name, _spellings(fact.fact.name, workspace)) for fact in facts]
    return {name for name, spellings in spelled if any(spelling in text for spelling in spellings for text in texts)}


def _spellings(name: str, workspace: Workspace) -> list[str]:
    return [name, *(spelling for spelling, of in workspace.vocabulary.fact_names.items() if of == name)]


def _texts(workspace: Workspace, file: str) -> Iterator[str]:
    place = root(workspace, file)
    waiting: list[Node] = [place.node] if place else []
    while waiting:
        node = waiting.pop()
        match node:
            case Scalar():
                yield reading.plain(node.text)
            case Mapping():
                waiting += [value for _, value in node.pairs]
            case Items():
                waiting += node.items

"""All mutants of a rule, and of the facts that rules share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.speech import say
from rules.checks.written import Place, WrittenFact, WrittenRule, rules, shared_facts
from rules.language.language_of import language_of
from rules.language.scope import Scope
from rules.language.unresolve import scope_within
from rules.mutations.blocks import blocks
from rules.mutations.change import Change, inside
from rules.mutations.ends import caps, runs, stops
from rules.mutations.facts import definitions, seen_facts
from rules.mutations.lines import lines
from rules.mutations.rewriting import with_facts
from rules.mutations.situations import apart, situation
from rules.mutations.wording import Wording
from rules.typed import Named, Rule
from rules.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Mutant:
    """One clause dropped, or one number shifted, at a line of a file.

    `rules` is the rule that has it, or, for a fact of facts.yaml, each rule that uses it. `said` is what was done
    ("`plan is M` is dropped"); `told_by` is the test that would tell, behind "add a test".
    """

    file: str
    line: int
    said: str
    told_by: str
    rules: tuple[Rule, ...]

    def __str__(self) -> str:
        return say(
            "{file}:{line} still passes when {said}: add a test {told_by}.",
            file=self.file,
            line=self.line,
            said=self.said,
            told_by=self.told_by,
        )


def mutants_of(written: WrittenRule) -> list[Mutant]:
    """The mutants of a rule, in the order of its keys; none of a rule that is paused, for it never acts.

    Facts of facts.yaml are left to `mutants_of_shared_facts`.
    """
    rule = written.file.rule
    if rule.paused:
        return []
    outside = _wording(written)
    within = outside.of_scope(scope_within(rule.situation, outside.scope))
    return [
        Mutant(place.file, place.node.line, change.said, change.told_by, (change.to,))
        for place, change in _changes(written, outside, within)
    ]


def _changes(written: WrittenRule, outside: Wording, within: Wording) -> Iterator[tuple[Place, Change[Rule]]]:
    rule = written.file.rule
    yield from apart(written)
    seen = seen_facts(rule)
    for fact in written.facts:
        if fact.fact.name in seen:
            yield from (
                (fact.place, change) for change in inside(_of_fact(fact, outside), lambda to: with_facts(rule, to))
            )
    yield from situation(written, outside)
    yield from lines(written, within)
    yield from blocks(written, within)
    yield from stops(written, within)
    yield from caps(written, within)
    yield from runs(written)


def _wording(written: WrittenRule) -> Wording:
    workspace = written.workspace
    facts = {fact.name: fact for fact in (*workspace.facts, *written.file.facts.values())}
    scope = Scope(workspace.vocabulary, facts=facts, each=written.file.rule.each)
    (key, _) = next(written.place.pairs())
    return Wording(scope, language_of(key.text))


def _of_fact(written: WrittenFact, wording: Wording) -> Iterator[Change[dict[str, Named]]]:
    """The ways to define a fact otherwise."""
    name, type_ = written.fact.name, written.fact.type
    return inside(definitions(written.fact.of, wording), lambda of: {name: Named(name, of, type_)})


def mutants_of_shared_facts(workspace: Workspace) -> list[Mutant]:
    """The mutants of the facts of facts.yaml, each with all the rules that would feel it."""
    return [mutant for fact in shared_facts(workspace) for mutant in _of_shared(fact, workspace)]


def _of_shared(written: WrittenFact, workspace: Workspace) -> Iterator[Mutant]:
    users = [one.file.rule for one in rules(workspace) if written.fact.name in seen_facts(one.file.rule)]
    users = [rule for rule in users if not rule.paused]
    place = written.place
    scope = Scope(workspace.vocabulary, facts={fact.name: fact for fact in workspace.facts})
    wording = Wording(scope, language_of(place.text))
    for change in _of_fact(written, wording) if users else ():
        changed = tuple(with_facts(rule, change.to) for rule in users)
        yield Mutant(place.file, place.node.line, change.said, change.told_by, changed)

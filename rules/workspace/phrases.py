"""Reading phrases for a file: text to meaning in one scope, its problems to the file's findings.

The same phrases stand in many rules, so their trees are kept by text; a phrase with a problem is read once more at its
own place, for the problem to stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct, field, structs

from models.speech import say
from models.types import Kind, said_type
from models.vocabulary import Vocabulary
from rules.language import resolve, tree
from rules.language.located import Located
from rules.language.parse import Start, parse, step_names
from rules.language.print import print_english
from rules.language.resolve_expressions import as_number
from rules.language.scope import Scope
from rules.language.words import Words
from rules.problems import Problem
from rules.typed import After, Cap, Condition, Control, Expression, Named, Pattern, Situation
from rules.walk import nodes_of
from rules.workspace.fact_table import Facts
from rules.workspace.findings import Findings
from rules.workspace.quantities import NAMED

T = TypeVar("T")

#: Problems that may only follow from a situation that could not be read, whose steps are therefore not known.
_OF_STEPS = frozenset({"E201", "E202", "E409"})


class Said(Struct, Generic[T], frozen=True):
    """What a phrase means, and the phrase in canonical words."""

    meaning: T
    text: str


class Told(Struct, frozen=True):
    """A situation, its canonical words, and the phrases of the conditions and messages that look at it."""

    situation: Situation
    text: str
    phrases: Phrases


class Trees(Struct):
    """Syntax trees and canonical words by (start, text, names on top)."""

    kept: dict[tuple[Start, str, tuple[str, ...]], tuple[tree.Phrase, str]] = {}
    names: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}


class Phrases(Struct, frozen=True):
    """The words and the scope that phrases are read in. `own` are the names put on top of the workspace's."""

    words: Words
    scope: Scope
    findings: Findings | None = None
    own: tuple[str, ...] = ()
    trees: Trees = field(default_factory=Trees)
    #: The situation could not be read: names that may belong to its steps are not complained about.
    steps_unknown: bool = False

    def for_file(self, findings: Findings) -> Phrases:
        """The same, with problems going to a file's findings."""
        return structs.replace(self, findings=findings)

    def within(self, scope: Scope) -> Phrases:
        """The same words in another scope."""
        return structs.replace(self, scope=scope)

    def with_names(self, names: Iterable[str]) -> Phrases:
        """More names on top: facts of a rule, names of its steps."""
        own = tuple(names)
        return structs.replace(self, words=self.words.with_names(own), own=(*self.own, *own)) if own else self

    def after_unread_situation(self) -> Phrases:
        """For the rest of a rule whose situation could not be read."""
        return structs.replace(self, steps_unknown=True)

    # ------------------------------------------------------------- phrases

    def condition(self, source: Located) -> Said[Condition] | None:
        """A line of `only if` or `unless`."""
        return self._read(Start.CONDITION, source, resolve.resolve_condition)

    def fact(self, source: Located, name: str) -> Said[Named] | None:
        """The definition of a fact."""
        return self._read(Start.FACT, source, lambda node, scope: resolve.resolve_fact(name, node, scope))

    def names_in_fact(self, source: Located) -> tuple[str, ...] | None:
        """The names in the definition of a fact, in order; None where its form is wrong, which is reported."""
        found = self._parse(Start.FACT, source)
        if found is None:
            return None
        key = (source.text, self.own)
        if key not in self.trees.names:
            self.trees.names[key] = _names_in(found[0])
        return self.trees.names[key]

    def canonical(self, start: Start, text: str) -> str:
        """A phrase in canonical words, whatever language it is in; itself if it cannot be read."""
        key = (start, text, self.own)
        if key not in self.trees.kept:
            parsed, _ = parse(start, Located(text, "", 1, 1), self.words)
            if parsed is None:
                return text
            self.trees.kept[key] = (parsed, print_english(parsed))
        return self.trees.kept[key][1]

    def patterns(self, source: Located) -> Said[tuple[Pattern, ...]] | None:
        """Events of `stop when`."""
        return self._read(Start.PATTERNS, source, resolve.resolve_patterns)

    def success(self, source: Located) -> tuple[tuple[Pattern, ...], int] | None:
        """`E within D` of `success`, `harm`, `recover`."""
        found = self._read(Start.SUCCESS, source, resolve.resolve_success)
        return found.meaning if found else None

    def cap(self, source: Located) -> Said[Cap] | None:
        """A line of `at most`."""
        return self._read(Start.CAP, source, resolve.resolve_cap)

    def after(self, source: Located) -> Said[After] | None:
        """`after` of a block."""
        return self._read(Start.AFTER, source, resolve.resolve_after)

    def share(self, source: Located) -> Said[Control] | None:
        """`control` of a rule."""
        return self._read(Start.SHARE, source, lambda node, _: resolve.resolve_share(node))

    def duration(self, source: Located) -> Said[int] | None:
        """A length of time in milliseconds."""
        return self._read(Start.DURATION, source, lambda node, scope: resolve.resolve_duration(node, scope.vocabulary))

    def amount(self, source: Located, kind: Kind) -> Said[Expression] | None:
        """An expression of that kind; a whole number will do where a number is expected."""
        found: Said[Expression] | None = self._read(Start.EXPRESSION, source, resolve.resolve_expression)
        if found is None:
            return None
        value: Expression = as_number(found.meaning) if kind is Kind.NUMBER else found.meaning
        if value.type.kind is kind:
            return Said(value, found.text)
        message = say(
            '"{source}" is {type}; expected {named}.',
            source=source.text,
            type=said_type(value.type),
            named=say(NAMED[kind]),
        )
        self._report([source.problem("E203", message, say("Write 15 CNY.") if kind is Kind.MONEY else "Write 30%.")])
        return None

    def placeholder(self, source: Located) -> Expression | None:
        """The value of a name in a message."""
        kept = self.trees.kept.get((Start.EXPRESSION, source.text, self.own))
        if kept is None:
            parsed, problems = parse(Start.EXPRESSION, source, self.words)
            if not problems and isinstance(parsed, tree.Name | tree.Dotted):
                kept = self.trees.kept[Start.EXPRESSION, source.text, self.own] = (parsed, source.text)
        if kept is not None and isinstance(kept[0], tree.Name | tree.Dotted):
            found, problems = resolve.resolve_expression(kept[0], self.scope)
            if not problems:
                return found
        found, problems = resolve.resolve_placeholder(source, self.scope, self.words)
        self._report(problems)
        return found

    def canonical_name(self, name: str) -> str:
        """A name that a message has said, in the vocabulary's own spelling."""
        kept = self.trees.kept.get((Start.EXPRESSION, name, self.own))
        return name if kept is None else print_english(kept[0])

    def each(self, source: Located) -> str | None:
        """The canonical name of the field a rule is kept apart by."""
        entry = self.words.at(source.text, 0)
        name = structs.replace(source, text=entry.canonical) if entry and entry.spelling == source.text else source
        type_, problems = resolve.resolve_each(name, self.scope)
        self._report(problems)
        return name.text.strip() if type_ is not None else None

    def situation(self, source: Located) -> Told | None:
        """A `when` of one line."""
        found = self._parse(Start.SITUATION, source)
        if found is None:
            return None
        situation, scope, problems = resolve.resolve_situation(found[0], self.scope)  # type: ignore[arg-type]  # by Start
        if problems:
            parsed, _ = parse(Start.SITUATION, source, self.words)
            assert parsed is not None
            situation, scope, problems = resolve.resolve_situation(parsed, self.scope)
            self._report(problems)
        return None if situation is None else Told(situation, found[1], self.within(scope))

    def sequence(self, sources: Sequence[Located]) -> Told | None:
        """A `when` list: steps, whose names the rest of the rule may use."""
        inner = self.with_names(step_names(list(sources), self.words))
        found = [step for source in sources if (step := inner._parse(Start.STEP, source)) is not None]  # noqa: SLF001  its own
        if len(found) < len(sources):
            return None
        situation, scope, problems = resolve.resolve_steps([step for step, _ in found], inner.scope)  # type: ignore[misc]  # by Start
        if problems:
            again = [parse(Start.STEP, source, inner.words)[0] for source in sources]
            situation, scope, problems = resolve.resolve_steps([step for step in again if step], inner.scope)
            self._report(problems)
        text = " | ".join(said for _, said in found)
        return None if situation is None else Told(situation, text, inner.within(scope))

    # ------------------------------------------------------------- inside

    def _read(
        self, start: Start, source: Located, meaning: Callable[[Any, Scope], tuple[T | None, list[Problem]]]
    ) -> Said[T] | None:
        found = self._parse(start, source)
        if found is None:
            return None
        value, problems = meaning(found[0], self.scope)
        if problems:
            parsed, _ = parse(start, source, self.words)
            value, problems = meaning(parsed, self.scope)
            self._report(problems)
        return None if value is None else Said(value, found[1])

    def _parse(self, start: Start, source: Located) -> tuple[tree.Phrase, str] | None:
        key = (start, source.text, self.own)
        found = self.trees.kept.get(key)
        if found is None:
            parsed, problems = parse(start, source, self.words)
            self._report(problems)
            if parsed is None:
                return None
            found = self.trees.kept[key] = (parsed, print_english(parsed))
        return found

    def _report(self, problems: Iterable[Problem]) -> None:
        assert self.findings is not None, "phrases are read for a file"
        for problem in problems:
            if not (self.steps_unknown and problem.code in _OF_STEPS) and problem not in self.findings.problems:
                self.findings.problems.append(problem)


def _names_in(phrase: tree.Phrase) -> tuple[str, ...]:
    """The names in a phrase that may be facts; a field of an event (`step.used`) is none."""
    named = nodes_of(phrase, (tree.Dotted, tree.Name))
    owned = {id(node.name) for node in named if isinstance(node, tree.Dotted)}
    found = (node.text for node in named if isinstance(node, tree.Name) and id(node) not in owned)
    return tuple(dict.fromkeys(found))


def shared_phrases(vocabulary: Vocabulary, words: Words, facts: Facts, broken: frozenset[str]) -> Phrases:
    """The phrases of a workspace whose shared facts are these; `broken` are names with a mistake of their own."""
    scope = Scope(vocabulary, facts=facts.named, broken=facts.broken | broken)
    return Phrases(words, scope)

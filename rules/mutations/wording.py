"""The words in which changes are told: those of the rule language, in the scope in which the changed part stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules import typed
from rules.language.keywords import Language
from rules.language.print import print_phrase
from rules.language.scope import Scope
from rules.language.tree import Phrase, Window
from rules.language.unresolve import unresolve_condition, unresolve_expression, unresolve_patterns, unresolve_window
from rules.language.unresolve_literals import duration
from rules.language.words import names_in
from rules.typed import Condition, Expression, FieldOf, Known, Pattern, PlacePattern


@dataclass(frozen=True, slots=True)
class Wording:
    """Says parts of phrases.

    `language` is that of the file. `counted`: in the `where` of an aggregate. `apart`: the field that the events at
    hand have, because facts and sequences are kept apart by it.
    """

    scope: Scope
    language: Language = Language.ENGLISH
    counted: bool = False
    apart: str | None = None

    def phrase(self, node: Phrase | Window) -> str:
        """A syntax tree in the language, with its names."""
        return print_phrase(node, self.language, names_in(self.scope.vocabulary, self.language))

    def condition(self, of: Condition) -> str:
        """`plan is M`."""
        return self.phrase(unresolve_condition(of, self.scope))

    def value(self, of: Expression) -> str:
        """`80% of allowance`."""
        return self.phrase(unresolve_expression(of, self.scope))

    def events(self, of: Iterable[Pattern | PlacePattern]) -> str:
        """`paid where product is "top-up"`."""
        return self.phrase(unresolve_patterns(of, self.scope, counted=self.counted))

    def window(self, of: typed.Window) -> str:
        """`last 30 days`."""
        return self.phrase(unresolve_window(of))

    def length(self, millis: int) -> str:
        """`48 hours`."""
        return self.phrase(duration(millis))

    def of_scope(self, scope: Scope) -> Wording:
        """The words of another place."""
        return replace(self, scope=scope)

    def of_aggregate(self, apart: str | None) -> Wording:
        """The words of the events that an aggregate counts."""
        return replace(self, counted=True, apart=apart)

    def given(self, event: str) -> tuple[Condition, ...]:
        """What is sure of an event before any `where` is judged."""
        known = self.scope.event(event)
        if self.apart is None or known is None or self.apart not in known.fields:
            return ()
        return (Known(FieldOf(self.apart, known.fields[self.apart])),)

    def of_event(self, name: str) -> Wording:
        """The words of the `where` of an event."""
        event = self.scope.event(name)
        return self if event is None else replace(self, scope=self.scope.of_event(event, self.counted))

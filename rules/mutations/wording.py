"""The words in which changes are told: those of the rule language, in the scope in which the changed part stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.language.print import print_english
from rules.language.scope import Scope
from rules.language.unresolve import unresolve_condition, unresolve_expression, unresolve_patterns, unresolve_window
from rules.language.unresolve_literals import duration
from rules.typed import Condition, Expression, FieldOf, Known, Pattern, PlacePattern, Window


@dataclass(frozen=True, slots=True)
class Wording:
    """Prints parts of phrases.

    `counted`: in the `where` of an aggregate; `apart` is the field it is kept apart by, which its events have.
    """

    scope: Scope
    counted: bool = False
    apart: str | None = None

    def condition(self, of: Condition) -> str:
        """`plan is M`."""
        return print_english(unresolve_condition(of, self.scope))

    def value(self, of: Expression) -> str:
        """`80% of allowance`."""
        return print_english(unresolve_expression(of, self.scope))

    def events(self, of: Iterable[Pattern | PlacePattern]) -> str:
        """`paid where product is "top-up"`."""
        return print_english(unresolve_patterns(of, self.scope, counted=self.counted))

    def window(self, of: Window) -> str:
        """`last 30 days`."""
        return print_english(unresolve_window(of))

    def length(self, millis: int) -> str:
        """`48 hours`."""
        return print_english(duration(millis))

    def of_aggregate(self, apart: str | None) -> Wording:
        """The words of the events that an aggregate counts."""
        return replace(self, counted=True, apart=apart)

    def given(self, event: str) -> tuple[Condition, ...]:
        """What is sure of an event before any `where` is judged."""
        known = self.scope.event(event)
        if self.apart is None or known is None:
            return ()
        return (Known(FieldOf(self.apart, known.fields[self.apart])),)

    def of_event(self, name: str) -> Wording:
        """The words of the `where` of an event."""
        event = self.scope.event(name)
        return self if event is None else replace(self, scope=self.scope.of_event(event, self.counted))

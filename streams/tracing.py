"""The trace of a decision: each line as it was judged, and the rule's facts, as a person reads them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from models.decisions import Trace, TracedLine
from models.formatting import format_plain
from models.types import Kind
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.program import Judged, RuleProgram
from rules.typed import Between, Compare, Condition, Constant, Contains, Expression, Known, Not, OneOf, StartsWith

#: Says a value as a person reads it; None is missing.
Said = Callable[[View], str | None]
#: What a value is compared with: said once where it is constant, and None where there is nothing to say.
Needed = Callable[[View], str] | str | None


class _Traced(Struct, frozen=True):
    """A line, and how its two sides are said."""

    judged: Judged
    found: Said | None
    needed: Needed


class Tracing(Struct, frozen=True):
    """How decisions of one block are traced: the lines of its rule and its own, and the rule's facts."""

    lines: tuple[_Traced, ...]
    facts: tuple[tuple[str, Said], ...]

    def of(self, view: View) -> Trace:
        """The lines at the view's moment, and the values of the facts.

        A line `holds` where it is true itself; one of `unless` stops its rule then.
        """
        lines = []
        for line in self.lines:
            judged, found, needed = line.judged, line.found, line.needed
            truth = judged.check(view)
            value = None if found is None else found(view)
            needs = needed(view) if callable(needed) else needed
            lines.append(TracedLine(judged.text, value, needs, bool(truth) if judged.wanted else truth is not False))
        return Trace(tuple(lines), {name: said(view) for name, said in self.facts})


def tracing(one: RuleProgram, block: tuple[Judged, ...], compiler: Compiler) -> Tracing:
    """How decisions of a block with these lines are traced: lines of `only if` come before those of `unless`."""
    lines = sorted((*one.read_lines(), *block), key=lambda line: not line.wanted)
    return Tracing(
        tuple([_Traced(line, *_sides(line.condition, compiler)) for line in lines]),
        tuple([(fact.name, _said(fact, compiler)) for fact in one.rule.facts]),
    )


def _sides(condition: Condition, compiler: Compiler) -> tuple[Said | None, Needed]:
    """(what was found, what was compared with), for a plain comparison; (None, None) for compound conditions."""
    match condition:
        case Compare(operator=operator, left=left, right=right):
            return _said(left, compiler), _needed((right,), lambda said: f"{operator} {said[0]}", compiler)
        case Between(of=of, low=low, high=high):
            return _said(of, compiler), _needed((low, high), _between, compiler)
        case OneOf(of=of, values=values):
            return _said(of, compiler), _needed(values, lambda said: f"is one of {_list(said)}", compiler)
        case Contains(of=of, values=values):
            return _said(of, compiler), _needed(values, lambda said: f"contains {_list(said)}", compiler)
        case StartsWith(of=of, value=value):
            return _said(of, compiler), _needed((value,), lambda said: f"starts with {said[0]}", compiler)
        case Known(of=of):
            return _said(of, compiler), "is known"
        case Not(of=inner):
            found, wanted = _sides(inner, compiler)
            return found, _not(wanted)
        case _:
            return None, None


def _needed(
    sides: tuple[Expression, ...], write: Callable[[list[str | None]], str], compiler: Compiler
) -> Callable[[View], str] | str:
    said = [_said(side, compiler) for side in sides]
    if all(isinstance(side, Constant) for side in sides):
        return write([one(None) for one in said])  # type: ignore[arg-type]  # a constant sees nothing
    return lambda view: write([one(view) for one in said])


def _between(said: list[str | None]) -> str:
    return f"between {said[0] or 'unknown'} and {said[1] or 'unknown'}"


def _list(said: list[str | None]) -> str:
    shown = [one or "unknown" for one in said]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _not(needed: Needed) -> Needed:
    if callable(needed):
        return lambda view: f"not {needed(view)}"
    return None if needed is None else f"not {needed}"


def _said(of: Expression, compiler: Compiler) -> Said:
    """As the rule would write it: exact, and the same whatever language she reads."""
    value, type_ = compiler.value(of), of.type
    if type_.kind is Kind.CHOICE:
        return value  # type: ignore[return-value]  # choices are texts, written as they are
    currency, data_unit = compiler.vocabulary.currency, compiler.vocabulary.data_unit

    def said(view: View) -> str | None:
        found = value(view)
        return None if found is None else format_plain(found, type_, currency, data_unit)

    return said

"""The trace of a decision: each line as it was judged, and the rule's facts, as a person reads them."""

from __future__ import annotations

from models.decisions import Trace, TracedLine
from models.formatting import format_plain
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.program import Judged, RuleProgram
from rules.typed import Between, Compare, Condition, Contains, Expression, Known, Not, OneOf, StartsWith
from streams.texts import Writer


def trace_of(one: RuleProgram, block: int, view: View, compiler: Compiler, writer: Writer) -> Trace:
    """The lines of the rule and of the block at the view's moment, and the values of the rule's facts."""
    only_if, unless = one.blocks[block]
    lines = [_line(judged, view, compiler, writer, wanted=True) for judged in (*one.only_if, *only_if)]
    lines += [_line(judged, view, compiler, writer, wanted=False) for judged in (*one.unless, *unless)]
    facts = {fact.name: _shown(fact, view, compiler, writer) for fact in one.rule.facts}
    return Trace(tuple(lines), facts)


def _line(judged: Judged, view: View, compiler: Compiler, writer: Writer, *, wanted: bool) -> TracedLine:
    """`holds` says whether the line itself is true; a line of `unless` stops its rule when it is."""
    truth = judged.check(view)
    value, needed = _sides(judged.line.condition, view, compiler, writer)
    return TracedLine(judged.line.text, value, needed, bool(truth) if wanted else truth is not False)


def _sides(condition: Condition, view: View, compiler: Compiler, writer: Writer) -> tuple[str | None, str | None]:
    """(what was found, what was compared with), for a plain comparison; (None, None) for compound conditions."""
    match condition:
        case Compare(operator=operator, left=left, right=right):
            return _shown(left, view, compiler, writer), f"{operator} {_shown(right, view, compiler, writer)}"
        case Between(of=of, low=low, high=high):
            bounds = [_shown(side, view, compiler, writer) or "unknown" for side in (low, high)]
            return _shown(of, view, compiler, writer), f"between {bounds[0]} and {bounds[1]}"
        case OneOf(of=of, values=values):
            return _shown(of, view, compiler, writer), f"is one of {_list(values, view, compiler, writer)}"
        case Contains(of=of, values=values):
            return _shown(of, view, compiler, writer), f"contains {_list(values, view, compiler, writer)}"
        case StartsWith(of=of, value=value):
            return _shown(of, view, compiler, writer), f"starts with {_shown(value, view, compiler, writer)}"
        case Known(of=of):
            return _shown(of, view, compiler, writer), "is known"
        case Not(of=inner):
            found, wanted = _sides(inner, view, compiler, writer)
            return found, None if wanted is None else f"not {wanted}"
        case _:
            return None, None


def _list(values: tuple[Expression, ...], view: View, compiler: Compiler, writer: Writer) -> str:
    shown = [_shown(value, view, compiler, writer) or "unknown" for value in values]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _shown(of: Expression, view: View, compiler: Compiler, writer: Writer) -> str | None:
    found = compiler.value(of)(view)
    if found is None:
        return None
    vocabulary = writer.vocabulary
    # As the rule would write it: exact, and the same whatever language she reads.
    return format_plain(found, of.type, vocabulary.currency, vocabulary.data_unit)

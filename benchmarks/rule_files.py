"""A workspace folder of the rules of `benchmarks.rule_mix`, as people write them: for figures of loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import workload as company
from benchmarks.rule_mix import place_count, rule_mix
from models.formatting import format_plain
from models.places import Circle
from models.types import DURATION, LENGTH, Kind, Type
from models.vocabulary import Vocabulary
from rules import typed

_CALENDAR = {
    typed.CalendarUnit.DAY: "today",
    typed.CalendarUnit.WEEK: "this week",
    typed.CalendarUnit.MONTH: "this month",
    typed.CalendarUnit.BILLING_CYCLE: "this billing cycle",
}
#: What stands in the files beside the rule itself, so that they are as long as those of people.
_BECAUSE = "Customers who meet this unaware call about it, and a call costs more than a word in time."
_TESTS = """
tests:
  - it: leaves alone who only changes her plan
    customer: {plan: M, tier: silver, region: region 3, allowance: 10 GB, bill day: 1}
    story:
      - 2026-03-02 09:00 customer changed: {plan: L}
      - expect nothing
      - +1 hour customer changed: {plan: XL, tier: gold}
      - expect nothing
"""


def write_workspace(folder: Path, rules: int, seed: int = 1, settle: int = 2_000) -> None:
    """Write a workspace with this many rules, the same for the same seed, into a folder that has none.

    `settle`: milliseconds, whole seconds.
    """
    vocabulary = replace(company.vocabulary(place_count(rules), seed), settle=settle)
    (folder / "rules").mkdir(parents=True)
    _write(folder / "vocabulary.yaml", vocabulary_text(vocabulary))
    for rule in rule_mix(rules, seed=seed):
        _write(folder / "rules" / f"{rule.id}.yaml", rule_text(rule))


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def vocabulary_text(vocabulary: Vocabulary) -> str:
    """The file of the company's vocabulary."""
    settle = f"settle: {vocabulary.settle // 1_000} seconds"
    lines = [f"time zone: {vocabulary.time_zone}", f"currency: {vocabulary.currency}", settle, "customer:"]
    lines += [f"  {name}: {_type(type_)}" for name, type_ in vocabulary.customer.items() if name != "bill day"]
    lines.append("events:")
    for event in vocabulary.events.values():
        fields = "".join(f", {name}: {_type(type_)}" for name, type_ in event.fields.items())
        lines.append(f"  {event.name}: {{family: {event.family}{fields}}}")
    lines.append("places:")
    for name, place in vocabulary.places.items():
        (_, circle), *_ = place.members
        assert isinstance(circle, Circle)
        radius = format_plain(circle.radius, LENGTH, "CNY", 1000)
        lines.append(f"  {name}: {{near: [{circle.latitude}, {circle.longitude}], within: {radius}}}")
    return "\n".join(lines) + "\n"


def _type(type_: Type) -> str:
    return " | ".join(type_.choices) if type_.kind is Kind.CHOICE else type_.kind.value


def rule_text(rule: typed.Rule) -> str:
    """The file of one of the rules."""
    return "\n".join([*_rule_lines(rule), _TESTS])


def _rule_lines(rule: typed.Rule) -> Iterator[str]:
    yield f"title: About {rule.title}"
    yield "owner: the team for measuring"
    yield f"because: {_BECAUSE}"
    yield ""
    if rule.facts:
        yield "facts:"
        yield from (f"  {fact.name}: {_value(fact.of)}" for fact in rule.facts)
        yield ""
    yield from _when(rule.situation)
    yield "only if:"
    yield from (f"  - {_condition(line.condition)}" for line in rule.only_if)
    yield ""
    yield "then:"
    yield "  guide:"
    for language, template in _guide(rule).texts:
        said = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in template)
        yield f'    {language}: "{said}"'
    if rule.at_most:
        yield ""
        yield from (f"at most: {cap.text}" for cap in rule.at_most)


def _guide(rule: typed.Rule) -> typed.Guide:
    (block,) = rule.blocks
    (guide,) = block.actions
    assert isinstance(guide, typed.Guide)
    return guide


def _when(situation: typed.Situation) -> Iterator[str]:
    match situation:
        case typed.Happens(patterns=(pattern,)):
            yield f"when: {_pattern(pattern)}"
        case typed.Crosses(condition=typed.Compare(left=left, right=right)):
            yield f"when: {_value(left)} reaches {_value(right)}"
        case typed.Visits(pattern=pattern):
            yield f"when: {_place(pattern)}"
        case typed.Moment(when=typed.EveryDay(at=at)):
            yield f"when: every day at {at // 60:02}:{at % 60:02}"
        case typed.Sequence(steps=(first, then)):
            yield "when:"
            following = _then(then)
            yield f"  - {_steps(first)}{' as first' if 'first.' in following else ''}"
            yield f"  - {following}"
        case _:
            raise _unknown(situation)


def _then(step: typed.Step) -> str:
    length = format_plain(step.duration, DURATION, "CNY", 1000)
    if step.kind is typed.StepKind.THEN:
        return f"then {_steps(step)} within {length}"
    return f"without {_steps(step)} for {length}"


def _steps(step: typed.Step) -> str:
    (pattern,) = step.patterns
    return _place(pattern) if isinstance(pattern, typed.PlacePattern) else _pattern(pattern)


def _place(pattern: typed.PlacePattern) -> str:
    return f"{pattern.verb} {pattern.place}"


def _pattern(pattern: typed.Pattern) -> str:
    return pattern.event if pattern.where is None else f"{pattern.event} where {_condition(pattern.where)}"


def _condition(condition: typed.Condition) -> str:
    match condition:
        case typed.Compare(operator=operator, left=left, right=right):
            return f"{_value(left)} {operator} {_value(right)}"
        case typed.Contains(of=of, values=(value,)):
            return f"{_value(of)} contains {_value(value)}"
        case typed.AllOf(of=of):
            return " and ".join(map(_condition, of))
        case _:
            raise _unknown(condition)


def _value(value: typed.Expression) -> str:
    match value:
        case typed.Constant(value=constant, type=type_):
            return format_plain(constant, type_, "CNY", 1000)
        case typed.FieldOf(name=name, step=step):
            return name if step is None else f"first.{name}"
        case typed.Attribute(name=name) | typed.Named(name=name):
            return name
        case typed.Arithmetic(operator=typed.Operator.MULTIPLY, left=typed.Constant(value=int(share)), right=whole):
            return f"{share // 10_000}% of {_value(whole)}"
        case typed.Aggregate(function=function, field=field, patterns=(pattern,), window=window):
            asked = f"{function} of" if field is None else f"{function} of {field} of"
            return f"{asked} {_pattern(pattern)} over {_window(window)}"
        case _:
            raise _unknown(value)


def _window(window: typed.Window) -> str:
    match window:
        case typed.Sliding(length=length, ending=0):
            return f"last {format_plain(length, DURATION, 'CNY', 1000)}"
        case typed.CalendarWindow(unit=unit, back=0, count=1):
            return _CALENDAR[unit]
        case _:
            raise _unknown(window)


def _unknown(node: object) -> NotImplementedError:
    return NotImplementedError(f"rule_mix writes no {type(node).__name__} yet; say here how it reads: {node}")

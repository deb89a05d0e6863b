"""Offers that never reach anybody: whenever one is made, another rule makes a better one, and one is let through.

*Beaten* is an offer that stands alone (offers that go with guidance do not compete), where policy.yaml lets one of
several through: by `choose`, or by a cap of one for marketing. Of offers made at one moment the one with the greatest
worth goes first. The better one is made whenever the beaten one is: its rule has the same situation, or one that
holds it; its lines say nothing that those of the beaten one do not; it has no `at most`, its offer no stock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from models.formatting import format_said
from models.speech import say
from models.types import MONEY
from rules.checks.reasoning.company import fires_with, key_of, passing
from rules.checks.reasoning.linear import sum_of
from rules.checks.reasoning.truth import can_hold, terms_sure
from rules.checks.written import Place, WrittenRule, quoted, root, rules
from rules.problems import Problem
from rules.typed import (
    Arithmetic,
    Comparator,
    Compare,
    Condition,
    Constant,
    Expression,
    Guide,
    Offer,
    Operator,
    Rounded,
)
from rules.workspace.workspace import POLICY, Workspace

#: Against so many others of its situation an offer is held, the best first.
_RIVALS = 20


@dataclass(frozen=True, slots=True)
class _Made:
    """An offer that stands alone in a block of a rule, made as soon as the rule fires."""

    written: WrittenRule
    block: int
    offer: Offer
    worth: Expression

    def channels(self, workspace: Workspace) -> frozenset[str]:
        return frozenset(self.written.file.rule.blocks[self.block].by or workspace.policy.channels)

    def certain(self, workspace: Workspace) -> bool:
        """Whether nothing about the offer itself keeps it back."""
        terms = workspace.offers.get(self.offer.name)
        return terms is not None and terms.stock is None and not self.written.file.rule.blocks[self.block].by_all


def check_beaten(workspace: Workspace) -> Iterator[Problem]:
    """Rules whose offer is always beaten, each named with one that beats it."""
    lets_one_through = _one_of_several(workspace)
    if lets_one_through is None:
        return
    made = [offer for written in rules(workspace) for offer in _offers(written)]
    rivals: dict[object, list[_Made]] = {}
    for one in sorted(made, key=lambda one: -_constant(one.worth)):
        for key in key_of(one.written.file.rule.situation) if one.certain(workspace) else ():
            rivals.setdefault(key, []).append(one)
    for one in made:
        key = key_of(one.written.file.rule.situation)[0]
        others = [other for other in rivals.get(key, ())[: _RIVALS + 1] if other.written is not one.written]
        beating = next((other for other in others if _beats(other, one, workspace)), None)
        if beating is not None:
            yield _problem(one, beating, lets_one_through, workspace)


def _one_of_several(workspace: Workspace) -> str | None:
    """The line of policy.yaml by which one of several offers is let through; None if there is none."""
    policy = root(workspace, POLICY)
    if policy is None:
        return None
    if workspace.policy.choose == 1:
        return _line("choose", policy.pair("choose"))
    caps = policy.get("caps")
    ones = {cap.text for cap in workspace.policy.caps if cap.what == "marketing" and cap.number == 1}
    lines = caps.items() if caps else []
    return next(
        (
            say("{line} ({place})", line=quoted(item.text), place=f"{POLICY}:{item.node.line}")
            for item in lines
            if item.text in ones
        ),
        None,
    )


def _line(name: str, pair: tuple[Place, Place] | None) -> str | None:
    if pair is None:
        return None
    return say("{line} ({place})", line=quoted(f"{name}: {pair[1].text}"), place=f"{POLICY}:{pair[0].node.line}")


def _offers(written: WrittenRule) -> Iterator[_Made]:
    rule = written.file.rule
    if not written.file.sound or rule.paused:
        return
    for number, block in enumerate(rule.blocks):
        alone = not any(isinstance(action, Guide) for action in block.actions)
        for action in block.actions:
            at_once = alone and block.after is None
            if at_once and isinstance(action, Offer) and action.worth is not None and not written.place.pair("choose"):
                yield _Made(written, number, action, action.worth)


def _constant(worth: Expression) -> Fraction:
    """A worth that is always the same; others come last."""
    found = sum_of(worth)
    return Fraction(-(10**12)) if found.factors else found.constant


def _beats(other: _Made, one: _Made, workspace: Workspace) -> bool:
    first, second = other.written.file.rule, one.written.file.rule
    given = passing(second, second.blocks[one.block])
    return (
        other.channels(workspace) >= one.channels(workspace)
        and _worth_more(other.worth, one.worth, given)
        and fires_with(first, second, other.block, one.block)
    )


def _worth_more(other: Expression, one: Expression, given: list[Condition]) -> bool:
    """Whether the other is worth more, whatever the values are, and they are known."""
    more, less = _exact(other), _exact(one)
    known = frozenset[object]().union(*(terms_sure(condition) for condition in given))
    # Two points of the grid apart, so that one is still more than the other when both are rounded.
    enough = Arithmetic(Operator.ADD, less, Constant(2, MONEY), MONEY)
    return sum_of(more).factors.keys() <= known and not can_hold(*given, Compare(Comparator.LESS, more, enough))


def _exact(worth: Expression) -> Expression:
    return worth.of if isinstance(worth, Rounded) else worth


def _problem(one: _Made, other: _Made, lets_one_through: str, workspace: Workspace) -> Problem:
    place = one.written.blocks[one.block].place.get("offer") or one.written.place
    name = other.written.file.rule.id
    what = say(
        "this offer is always beaten: whenever it is made, the rule {rule} makes one that is worth more, "
        "and {policy} lets one through.",
        rule=quoted(name),
        policy=lets_one_through,
    )
    if not sum_of(one.worth).factors and not sum_of(other.worth).factors:
        what = say(
            "this offer is always beaten: whenever it is made, the rule {rule} makes one that is worth more "
            "({other}, this one {own}), and {policy} lets one through.",
            rule=quoted(name),
            other=_amount(other, workspace),
            own=_amount(one, workspace),
            policy=lets_one_through,
        )
    return place.problem("W513", what, say("Keep the rules apart by a condition, or delete this one."))


def _amount(one: _Made, workspace: Workspace) -> str:
    vocabulary = workspace.vocabulary
    return format_said(round(_constant(one.worth)), MONEY, vocabulary.currency, vocabulary.data_unit)

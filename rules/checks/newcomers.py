"""Offers that only newcomers can get: those who have stayed see what they do not get.

Who is new is told by how long somebody has been a customer, or by how much she has bought so far. An offer that another
rule makes to others as well is no matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from models.text import fold
from models.types import WHOLE
from models.vocabulary import DAY, Vocabulary
from rules.checks.reasoning.company import passing
from rules.checks.reasoning.situations import sure_at_match
from rules.checks.reasoning.terms import plain
from rules.checks.reasoning.truth import can_hold
from rules.checks.written import WrittenRule, rules
from rules.problems import Problem
from rules.typed import (
    Aggregate,
    AggregateFunction,
    Around,
    Attribute,
    Block,
    Call,
    Comparator,
    Compare,
    Condition,
    Constant,
    Crosses,
    Ever,
    Expression,
    Function,
    Moment,
    Offer,
    Rule,
)
from rules.walk import nodes
from rules.workspace.workspace import Workspace

#: Who has been with a company for longer, or bought more often, is no newcomer.
_DAYS = 90
_PURCHASES = 3
#: What attributes are called that say since when she is a customer, folded; part of a name is enough.
_SINCE = (
    "activated",
    "joined",
    "registered",
    "signed up",
    "sign-up",
    "enrolled",
    "onboarded",
    "customer since",
    "member since",
    "account opened",
    "入网",
    "注册",
    "激活",
    "开户",
    "加入",
)


def check_newcomers(workspace: Workspace) -> Iterator[Problem]:
    """One hint for each offer that a rule makes to newcomers only, and no rule to anybody else."""
    found: list[tuple[WrittenRule, int, str, str]] = []
    for_others: set[str] = set()
    for written in rules(workspace):
        if not written.file.sound:
            continue
        for number, block in enumerate(written.file.rule.blocks):
            names = [action.name for action in block.actions if isinstance(action, Offer)]
            why = only_newcomers(written.file.rule, block, workspace.vocabulary) if names else None
            if why is None:
                for_others.update(names)
            else:
                found += [(written, number, name, why) for name in names]
    for written, number, name, why in found:
        if name not in for_others:
            place = written.blocks[number].place.get("offer") or written.place
            what = say('only newcomers are offered "{name}": {why}.', name=name, why=why)
            yield place.problem(
                "N607", what, say("Who has stayed will ask why. Offer it to her too, or guide newcomers.")
            )


def only_newcomers(rule: Rule, block: Block, vocabulary: Vocabulary) -> str | None:
    """Why nobody but newcomers can get what a block offers; None if others can."""
    soon = _soon(rule, vocabulary)
    if soon is not None:
        return soon
    given = passing(rule, block)
    ways = [()] if block.after else sure_at_match(rule.situation)
    asked = {plain(node) for node in nodes((*given, *ways)) if isinstance(node, Call | Aggregate)}
    for term in sorted(asked, key=repr):
        stayed = _stayed(term, vocabulary)
        if stayed is not None and not any(can_hold(*way, *given, stayed) for way in ways):
            possible = any(can_hold(*way, *given) for way in ways)
            return _why(term) if possible else None
    return None


def _soon(rule: Rule, vocabulary: Vocabulary) -> str | None:
    """Why the situation itself comes to newcomers only: soon after she has come, or with her first purchases."""
    match rule.situation:
        case Moment(when=Around(of=Attribute(name=name), shift=shift)) if _says_since(name):
            after = shift.days * DAY + shift.millis
            return say('it comes soon after "{name}"', name=name) if 0 <= after <= _DAYS * DAY else None
        case Crosses(condition=Compare(Comparator.AT_LEAST, left, Constant(value=int(number)))):
            first = _counts_purchases(plain(left), vocabulary) and number <= _PURCHASES
            return say("it comes with one of her first purchases") if first else None
        case _:
            return None


def _stayed(term: Expression, vocabulary: Vocabulary) -> Condition | None:
    """What holds for whoever is no newcomer, by this value; None if it says nothing of that."""
    if isinstance(term, Call):
        said = [argument.name for argument in term.arguments if isinstance(argument, Attribute)]
        since = term.function is Function.DAYS_SINCE and any(_says_since(name) for name in said)
        return Compare(Comparator.MORE, term, Constant(_DAYS, WHOLE)) if since else None
    bought = _counts_purchases(term, vocabulary)
    return Compare(Comparator.MORE, term, Constant(_PURCHASES, WHOLE)) if bought else None


def _why(term: Expression) -> str:
    match term:
        case Call(arguments=(Attribute(name=name),)):
            return say('nobody gets it whose "{name}" lies more than {days} days back', name=name, days=_DAYS)
        case _:
            return say("nobody gets it who has bought more than {purchases} times", purchases=_PURCHASES)


def _says_since(name: str) -> bool:
    return any(word in fold(name) for word in _SINCE)


def _counts_purchases(fact: Expression, vocabulary: Vocabulary) -> bool:
    """Whether it counts all that she has bought or used since she came."""
    if not isinstance(fact, Aggregate) or fact.function is not AggregateFunction.COUNT or fact.each is not None:
        return False
    events = [vocabulary.events.get(pattern.event) for pattern in fact.patterns if pattern.where is None]
    consumed = all(event is not None and event.family == "consumption" for event in events)
    return len(events) == len(fact.patterns) and consumed and isinstance(fact.window, Ever)

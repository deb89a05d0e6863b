"""All that is sure when the lines of a rule are judged: by its events, its facts, the clock, and `runs`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.speech import say
from models.vocabulary import Vocabulary
from rules.checks.reasoning.own_event import days_of, sure_facts
from rules.checks.reasoning.situations import sure_at_match
from rules.typed import Condition, Moment, Rule

Ways = list[tuple[Condition, ...]]


@dataclass(frozen=True, slots=True)
class AtMatch:
    """The ways in which the situation can be complete, each with all that is then true.

    `of_events` are the same ways with what its own conditions say and no more; `because` says where the rest is from.
    """

    ways: Ways
    of_events: Ways
    because: str
    hint: str


#: Of a block that is to come, nothing is sure.
NOTHING_SURE = AtMatch([()], [()], "", "")


def at_match(rule: Rule, asked: Iterable[object], vocabulary: Vocabulary) -> AtMatch:
    """What is sure when the lines of a rule are judged, as far as the nodes in `asked` ask for it."""
    of_events = sure_at_match(rule.situation)
    facts = sure_facts(rule.situation, asked, vocabulary)
    days = days_of(rule.runs)
    always = () if days is None else (days,)
    ways = [(*events, *sure, *always) for events, sure in zip(of_events, facts, strict=True)]
    if isinstance(rule.situation, Moment):
        return AtMatch(ways, of_events, say("the situation comes at another time"), say("Mend one of them."))
    if days is not None:
        return AtMatch(ways, of_events, say("the rule runs on other days"), say("Mend one of them."))
    return AtMatch(
        ways,
        of_events,
        say("the event that completes the situation is counted already"),
        say("Allow for this one, or look at a window that ends earlier."),
    )

"""Rules kept apart by a field that nothing in their situation has."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import listed, say
from models.vocabulary import RESERVED_EVENTS
from rules.checks.written import rules
from rules.problems import Problem
from rules.typed import Aggregate, Crosses, Pattern, PlacePattern, Rule, SinceLast
from rules.walk import nodes
from rules.workspace.workspace import Workspace


def check_each_fields(workspace: Workspace) -> Iterator[Problem]:
    """`each: FIELD` where no event of `when` has the field."""
    for rule in rules(workspace):
        each = rule.place.get("each")
        if each is not None and rule.file.rule.each is not None and not has_field(rule.file.rule, workspace):
            what = say(
                'no event of "when" has a field "{each}", so there is nothing to keep apart.', each=rule.file.rule.each
            )
            having = [event.name for event in workspace.vocabulary.events.values() if each.text in event.fields]
            hint = say("Events that have it: {names}.", names=listed(having)) if having else None
            yield each.problem("E418", what, hint)


def has_field(rule: Rule, workspace: Workspace) -> bool:
    """Whether an event of the situation, or a fact counted for it, has the field of `each`."""
    events = {**RESERVED_EVENTS, **workspace.vocabulary.events}
    for node in nodes(rule.situation, () if isinstance(rule.situation, Crosses) else (Aggregate, SinceLast)):
        match node:
            case Aggregate(each=each) | SinceLast(each=each) if each is not None:
                return True
            case Pattern(event=event) if not isinstance(rule.situation, Crosses) and rule.each in events[event].fields:
                return True
            case PlacePattern():
                if any(rule.each in event.fields for event in events.values() if event.family == "location"):
                    return True
            case _:
                pass
    return False

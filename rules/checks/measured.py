"""Rules whose effect nobody will know: they have no control group."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import listed, say, say_count
from rules.checks.written import WrittenRule, root, rules
from rules.problems import Problem
from rules.typed import Action, Offer
from rules.workspace.workspace import POLICY, Workspace

_NAMED = 5


def check_measured(workspace: Workspace) -> Iterator[Problem]:
    """One notice for all rules without a control group, at the first of them.

    A control group of policy.yaml covers the rules that make offers: it withholds offers only.
    """
    policy = root(workspace, POLICY)
    everywhere = policy is not None and policy.get("control", "global") is not None
    without = [rule for rule in rules(workspace) if rule.file.rule.control is None and rule.file.sound]
    if everywhere:
        without = [rule for rule in without if not any(isinstance(action, Offer) for action in _actions(rule))]
    if not without:
        return
    first = without[0]
    names = [rule.file.rule.id for rule in without]
    said = listed(names[:_NAMED])
    if len(names) > _NAMED:
        said = say("{names} and {count} more", names=said, count=len(names) - _NAMED)
    what = say_count(
        len(names),
        "not measured: {count} rule has no control group ({names}).",
        "not measured: {count} rules have no control group ({names}).",
        names=said,
    )
    pair = first.place.pair("then")
    place = pair[0] if pair else first.place
    yield place.problem("N604", what, say("To know what a rule changes, write measure: {{control: 10% of guidance}}"))


def _actions(rule: WrittenRule) -> Iterator[Action]:
    return (action for block in rule.file.rule.blocks for action in block.actions)

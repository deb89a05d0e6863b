"""Rules that can reach one customer within a cap of policy.yaml, shown by events that make them.

What is said has happened: the events were run, and all the rules spoke. To find all such rules is not the aim; of
thousands nearly all can meet. A rule is named with the first others that it meets, so many in all that they can be
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from models.policy import PURPOSES, PolicyCap
from models.speech import all_of, say
from models.types import Value
from models.vocabulary import HOUR, Vocabulary
from rules.checks.reasoning.truth import can_hold
from rules.checks.witness.drafting import Goal, Plan, example, smaller, speaks
from rules.checks.witness.story import Example, run, shown
from rules.checks.witness.told_by_tests import from_tests, one_after_the_other
from rules.checks.written import Place, WrittenRule, quoted, root, rules
from rules.problems import Problem
from rules.typed import Grant, Guide, Happens, Offer, Rule
from rules.workspace.workspace import POLICY, Workspace

#: The attribute that says by which channels she can be reached.
_REACHABLE = "reachable by"
#: So many are shown for a cap, and so many groups of rules tried.
_SHOWN = 5
_TRIED = 20
#: So many rules of a cap are looked at.
_LOOKED = 300
#: With so many others a rule is tried.
_PARTNERS = 4
#: So many rules before it are looked through for others that may meet it.
_NEAR = 20
#: A cap that allows more than this is not looked at: so many rules rarely meet.
_MOST = 3


def check_collisions(workspace: Workspace) -> Iterator[Problem]:
    """For each cap, rules that exceed it together, each named once."""
    caps = [cap for cap in workspace.policy.caps if cap.number <= _MOST]
    written = [one for one in rules(workspace) if one.file.sound and not one.file.rule.paused] if caps else []
    told: set[str] = set()
    for cap in caps:
        concerned = [(rule, goal) for rule in written if (goal := _goal(rule.file.rule, cap, workspace)) is not None]
        yield from islice(_of_cap(cap, concerned, told, workspace), _SHOWN)


Concerned = tuple[WrittenRule, Goal]


def _goal(rule: Rule, cap: PolicyCap, workspace: Workspace) -> Goal | None:
    """The first block of a rule that counts in a cap; blocks that are to come later are left out."""
    for number, block in enumerate(rule.blocks):
        offers = any(isinstance(action, Offer) for action in block.actions)
        says = offers or any(isinstance(action, Guide | Grant) for action in block.actions)
        by = block.by or workspace.policy.channels
        counts = (
            offers if cap.what == "marketing" else says and (not offers if cap.what == "service" else cap.what in by)
        )
        if block.after is None and counts:
            return Goal(rule, number)
    return None


def _of_cap(cap: PolicyCap, concerned: list[Concerned], told: set[str], workspace: Workspace) -> Iterator[Problem]:
    left = _TRIED
    for place, (rule, goal) in enumerate(concerned[:_LOOKED]):
        if goal.rule.id in told:
            continue
        for others in islice(_groups(concerned, place, cap.number), _PARTNERS):
            left -= 1
            found = _found([*others, (rule, goal)], cap, workspace.vocabulary)
            if found is not None:
                told.add(goal.rule.id)
                yield _problem(rule, [other.rule.id for _, other in others], cap, found, workspace)
                break
            if not left:
                return


def _groups(concerned: list[Concerned], place: int, size: int) -> Iterator[list[Concerned]]:
    """Groups of earlier rules of this size that this one may meet: those that the same event makes fire come first."""
    mine = concerned[place][1]
    near = concerned[max(0, place - _NEAR) : place]
    earlier = [one for one in near if can_hold(*mine.of_customer(), *one[1].of_customer())]
    earlier.sort(key=lambda one: not _events(mine.rule) & _events(one[1].rule))
    for start in range(len(earlier) - size + 1):
        yield earlier[start : start + size]


def _events(rule: Rule) -> frozenset[str]:
    situation = rule.situation
    return frozenset(pattern.event for pattern in situation.patterns) if isinstance(situation, Happens) else frozenset()


def _found(group: Sequence[Concerned], cap: PolicyCap, vocabulary: Vocabulary) -> Example | None:
    """Events by which all rules of a group speak within the cap, as few as possible."""
    goals = tuple(goal for _, goal in group)
    gap = HOUR if cap.length is None else min(HOUR, cap.length // (2 * len(goals)))
    given = {} if cap.what in PURPOSES else {_REACHABLE: cap.what}
    for order, apart in ((goals, 0), (goals, gap), (goals[::-1], gap)):
        found = example(Plan(order, apart, given), vocabulary)
        if found is not None:
            return smaller(found, goals, vocabulary)
    return _from_tests(group, gap, given, vocabulary)


def _from_tests(
    group: Sequence[Concerned], gap: int, given: Mapping[str, Value], vocabulary: Vocabulary
) -> Example | None:
    """The rules' own tests, one after the other."""
    both: tuple[Example, int] | None = None
    for rule, goal in group:
        one = from_tests(goal, rule.file.tests, vocabulary)
        if one is None:
            return None
        joined = one[0] if both is None else one_after_the_other(both, one, gap)
        if joined is None:
            return None
        both = (Example({**joined.attributes, **given}, joined.events, joined.until), joined.until)
    goals = [goal for _, goal in group]
    if both is None or not speaks(goals, run(both[0], [goal.rule for goal in goals], vocabulary)):
        return None
    return smaller(both[0], goals, vocabulary)


def _problem(rule: WrittenRule, others: list[str], cap: PolicyCap, found: Example, workspace: Workspace) -> Problem:
    pair = rule.place.pair("when")
    place = pair[1] if pair else rule.place
    if not place.text:
        place = pair[0] if pair else rule.place
    what = say(
        "this rule and {names} can reach one customer within {cap} ({where}), by these events: {events}.",
        names=all_of(quoted(name) for name in others),
        cap=quoted(cap.text),
        where=_where(cap, workspace),
        events=shown(found, workspace.vocabulary),
    )
    return place.problem(
        "N606", what, say("One of them will be stopped. If it is not meant, keep them apart by a condition.")
    )


def _where(cap: PolicyCap, workspace: Workspace) -> str:
    policy = root(workspace, POLICY)
    caps = policy.get("caps") if policy else None
    lines: list[Place] = caps.items() if caps else []
    line = next((item.node.line for item in lines if item.text == cap.text), 1)
    return f"{POLICY}:{line}"

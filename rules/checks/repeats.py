"""Rules that may speak to her twice a day, because nothing says how often is enough.

What is kept apart by `each` is let be where every event has a value of its own: who writes `each: case` has said what
one firing belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from rules.checks.reasoning.again import again
from rules.checks.written import WrittenRule, quoted, rules
from rules.problems import Problem
from rules.typed import Crosses, Happens, Rule, Sequence, Task, Visits
from rules.workspace.workspace import Workspace


def check_repeats(workspace: Workspace) -> Iterator[Problem]:
    """Rules without `at most` that send her something, and can fire again on the day on which they have fired."""
    for written in rules(workspace):
        rule = written.file.rule
        if not written.file.sound or rule.at_most or rule.paused or not _speaks(rule) or _let_be(rule):
            continue
        if again(rule, workspace.vocabulary):
            yield _problem(written)


def _speaks(rule: Rule) -> bool:
    return any(not isinstance(action, Task) for block in rule.blocks for action in block.actions)


def _let_be(rule: Rule) -> bool:
    return rule.each is not None and isinstance(rule.situation, Happens | Sequence)


def _problem(written: WrittenRule) -> Problem:
    pair = written.place.pair("then")
    place = pair[0] if pair else written.place
    situation = written.situation
    match written.file.rule.situation:
        case Happens():
            what = say("{text} may come twice a day, and she is told each time.", text=quoted(situation[0][0].text))
        case Visits():
            what = say(
                "she may come and go, and each time {text} makes the rule fire.", text=quoted(situation[0][0].text)
            )
        case Crosses():
            what = say(
                "{text} may be crossed twice a day, and she is told each time.", text=quoted(situation[0][0].text)
            )
        case _:
            what = say("these steps may come twice a day, and she is told each time.")
    return place.problem("W512", what, say("Write at most: 1 per day, or how often is enough."))

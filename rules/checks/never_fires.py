"""Situations that can never be complete: steps that come too late by themselves, weekdays on which the rule never runs.

What conditions exclude is found by `rules.checks.impossible`.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from rules.checks.reasoning.own_event import days_of, sure_facts
from rules.checks.reasoning.truth import can_hold
from rules.checks.written import WrittenRule, quoted, rules
from rules.problems import Problem
from rules.typed import Sequence, Step, StepKind
from rules.workspace.workspace import Workspace

_CODE = "E416"


def check_never_fires(workspace: Workspace) -> Iterator[Problem]:
    """Steps that wait for less than the steps before them take; weekly moments outside `runs`."""
    for rule in rules(workspace):
        situation = rule.file.rule.situation
        if isinstance(situation, Sequence):
            yield from _too_late(rule, situation.steps)
        elif rule.file.rule.runs != (None, None):
            yield from _never_that_day(rule, workspace)


def _too_late(rule: WrittenRule, steps: tuple[Step, ...]) -> Iterator[Problem]:
    for number in steps_too_late(steps):
        place = rule.situation[number][0]
        since = quoted(rule.situation[steps[number].after][0].text)
        what = say(
            "{phrase} can never come in time: the steps before it take longer, counted from {since}. "
            "The rule can never fire.",
            phrase=quoted(place.text),
            since=since,
        )
        yield place.problem(_CODE, what, say("Give it more time, or count from a later step."))


def steps_too_late(steps: tuple[Step, ...]) -> list[int]:
    """The numbers of the THEN steps that can never fit, for the waits before them are as long as they may take."""
    return [
        number
        for number, step in enumerate(steps)
        if step.kind is StepKind.THEN and _least(steps, number - 1, step.after) >= step.duration
    ]


def _least(steps: tuple[Step, ...], to: int, since: int) -> int:
    """Milliseconds from step `since` to step `to`, at least: only waits take time by themselves."""
    times = [0] * len(steps)
    for number in range(since + 1, to + 1):
        step = steps[number]
        waited = times[step.after] + step.duration if step.kind is StepKind.WITHOUT and step.after >= since else 0
        times[number] = max(times[number - 1], waited)
    return times[to]


def _never_that_day(rule: WrittenRule, workspace: Workspace) -> Iterator[Problem]:
    runs = rule.place.pair("runs")
    within = days_of(rule.file.rule.runs)
    ways = sure_facts(rule.file.rule.situation, (), workspace.vocabulary)
    if runs and within and not any(can_hold(within, *way) for way in ways):
        when = rule.situation[0][0]
        first, _, last = runs[1].text.partition(" to ")
        what = say(
            "{when} never comes between {first} and {last}. The rule can never fire.",
            when=quoted(when.text),
            first=first,
            last=last,
        )
        yield runs[1].problem(_CODE, what, say("Mend one of them."))

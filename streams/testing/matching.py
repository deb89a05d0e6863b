"""What happened in a story against what was expected. Nothing may happen that is not expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from models.decisions import ActionKind, Decision, Outcome, said_action, said_reason
from models.moments import parse_moment, zone
from models.speech import say
from models.text import fold
from rules.stories import ExpectKind, Story, StoryEvent, StoryExpect
from rules.workspace.rule_file import RuleFile
from streams.testing.explaining import Explainer
from streams.testing.local_times import local_text

#: Attribute -> who a task for it may go to.
People = Mapping[str, Collection[str]]

_KINDS = {
    ExpectKind.GUIDANCE: ActionKind.GUIDANCE,
    ExpectKind.OFFER: ActionKind.OFFER,
    ExpectKind.GRANT: ActionKind.GRANT,
    ExpectKind.TASK: ActionKind.TASK,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One expectation: whether it was met; what happened at its moment instead; why not, in sentences."""

    expected: StoryExpect
    passed: bool
    happened: tuple[Decision, ...] = ()
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryResult:
    """What came of one test. `unexpected` are decisions nobody expected; `errors` those where the rule threw.

    `refused` says why the test could not be run at all.
    """

    rule: str
    file: str
    story: Story
    checked: tuple[Checked, ...]
    unexpected: tuple[Decision, ...] = ()
    errors: tuple[Decision, ...] = ()
    refused: str | None = None

    @property
    def passed(self) -> bool:
        """Whether everything that was expected happened, and nothing else."""
        wrong = self.refused or self.unexpected or self.errors
        return not wrong and all(one.passed for one in self.checked)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the story's times are meant."""
        return zone(self.story.zone)


def compare(file: RuleFile, story: Story, decisions: Sequence[Decision], explainer: Explainer) -> StoryResult:
    """Hold the decisions of a story against its expectations."""
    sent = [decision for decision in decisions if decision.outcome is Outcome.SENT]
    expected = [line for line in story.lines if isinstance(line, StoryExpect)]
    people = _people(story)
    met, left = _meet(expected, sent, people)
    judge = _Judge(decisions, left, explainer, people, zone(story.zone))
    checked = tuple(
        judge.nothing(one) if one.kind is ExpectKind.NOTHING else judge.something(one, met=number in met)
        for number, one in enumerate(expected)
    )
    shown = {id(decision) for one in checked for decision in one.happened}
    return StoryResult(
        file.rule.id,
        file.path,
        story,
        checked,
        tuple(decision for decision in left if id(decision) not in shown),
        tuple(decision for decision in decisions if decision.reason == "rule error"),
    )


def _meet(expected: Sequence[StoryExpect], sent: Sequence[Decision], people: People) -> tuple[set[int], list[Decision]]:
    """The numbers of the expectations that were met, and the decisions that met none.

    Those that say most choose first, so that `guidance` does not take what only fits `guidance saying ".."`.
    """
    left = list(sent)
    met: set[int] = set()
    for number in sorted(range(len(expected)), key=lambda number: -_said(expected[number])):
        one = expected[number]
        taken = None if one.kind is ExpectKind.NOTHING else _find(one, left, people)
        if taken is not None:
            met.add(number)
            left = [decision for decision in left if not any(decision is other for other in taken)]
    return met, left


def _said(one: StoryExpect) -> int:
    return sum(word is not None for word in (one.name, one.with_offer, one.channel, one.saying))


def _find(one: StoryExpect, left: Sequence[Decision], people: People) -> list[Decision] | None:
    """The decisions that fulfil an expectation: one, or the guidance and what goes with it."""
    for decision in left:
        if parse_moment(decision.time) != one.at or not fits(one, decision, people):
            continue
        if one.with_offer is None:
            return [decision]
        for other in left:
            if other.offer == one.with_offer and _same_message(decision, other):
                return [decision, other]
    return None


_OF_MESSAGE = ("time", "event", "each", "text", "channel", "channels")


def _same_message(one: Decision, other: Decision) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _OF_MESSAGE)


def _people(story: Story) -> People:
    """The persons each attribute names in the course of a story."""
    found: dict[str, set[str]] = {}
    changes = (line.data for line in story.lines if isinstance(line, StoryEvent) and line.event == "customer changed")
    for attributes in (story.customer, *changes):
        for name, value in attributes.items():
            if isinstance(value, str):
                found.setdefault(name, {name}).add(value)
    return found


def fits(one: StoryExpect, decision: Decision, people: People) -> bool:
    """Whether a decision is what an expectation speaks of, but for its moment and what must go with it."""
    if decision.kind is not _KINDS.get(one.kind):
        return False
    if decision.task is not None:
        return one.name is None or decision.task.who in people.get(one.name, (one.name,))
    if one.name is not None and decision.offer != one.name:
        return False
    if one.channel is not None and one.channel not in (decision.channel, *decision.channels):
        return False
    return one.saying is None or fold(one.saying) in fold(decision.text or "")


class _Judge:
    """Says of each expectation whether it was met, and why not."""

    def __init__(
        self,
        decisions: Sequence[Decision],
        left: Sequence[Decision],
        explainer: Explainer,
        people: People,
        local: ZoneInfo,
    ) -> None:
        self._decisions = decisions
        self._left = left
        self._explainer = explainer
        self._people = people
        self._zone = local

    def something(self, one: StoryExpect, *, met: bool) -> Checked:
        if met:
            return Checked(one, passed=True)
        instead = tuple(decision for decision in self._left if parse_moment(decision.time) == one.at)
        return Checked(one, False, instead, tuple(self._why_not(one, instead)))

    def _why_not(self, one: StoryExpect, instead: Sequence[Decision]) -> list[str]:
        refused = [
            say(
                "{kind} was {outcome}: {reason}",
                kind=said_action(decision.kind),
                outcome=said_reason(decision.outcome),
                reason=said_reason(decision.reason or ""),
            )
            for decision in self._decisions
            if decision.outcome is not Outcome.SENT and parse_moment(decision.time) == one.at
        ]
        stopped = [stop.why for stop in self._explainer.stops if stop.at == one.at]
        other = [
            say("it came at {time}", time=local_text(self._zone, parse_moment(decision.time)))
            for decision in self._left
            if fits(one, decision, self._people) and parse_moment(decision.time) != one.at
        ]
        if refused or stopped or other or instead:
            return [*refused, *stopped, *other]
        return [
            say("the situation was not complete: {state}", state=state)
            for state in self._explainer.states.get(one.at, ())
        ]

    def nothing(self, one: StoryExpect) -> Checked:
        happened = tuple(
            decision
            for decision in self._decisions
            if decision.outcome is Outcome.SENT and parse_moment(decision.time) == one.at
        )
        if happened:
            return Checked(one, False, happened)
        if one.stopped_by is None:
            return Checked(one, passed=True)
        stops = [stop for stop in self._explainer.stops if stop.at == one.at]
        if any(_is_line(stop.line, one.stopped_by) for stop in stops):
            return Checked(one, passed=True)
        if one.stopped_by == "when" and not stops:
            return Checked(one, passed=True)
        return Checked(one, False, (), tuple(self._stopped_otherwise(one)))

    def _stopped_otherwise(self, one: StoryExpect) -> list[str]:
        stops = self._explainer.stops
        now = [say("the situation was complete, and {why}", why=stop.why) for stop in stops if stop.at == one.at]
        if now:
            return now
        states = self._explainer.states.get(one.at, ())
        nearest = [
            say('"{line}" stopped it at {time}', line=stop.line, time=local_text(self._zone, stop.at))
            for stop in stops
            if one.stopped_by is not None and _is_line(stop.line, one.stopped_by)
        ]
        return [*(say("the situation was not complete: {state}", state=state) for state in states), *nearest]


def _is_line(line: str, said: str) -> bool:
    return line == said or (said == "at most" and line.startswith("at most "))

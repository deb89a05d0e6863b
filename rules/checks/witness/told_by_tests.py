"""Examples from the tests that rules carry: stories in which a rule speaks, told by those who wrote it."""

from __future__ import annotations

from collections.abc import Iterable

from models.vocabulary import Vocabulary
from rules.checks.witness.drafting import Goal
from rules.checks.witness.story import Example, Told, run
from rules.stories import Story, StoryEvent

#: The attribute that says in which zone a story's times are meant.
_ZONE = "time zone"
#: Nobody reads more events than this.
_MOST = 8


def from_tests(goal: Goal, stories: Iterable[Story], vocabulary: Vocabulary) -> tuple[Example, int] | None:
    """The first story in which the goal speaks, up to that moment, and the moment; None if there is none."""
    for story in stories:
        events = tuple(Told(line.at, line.event, line.data) for line in story.lines if isinstance(line, StoryEvent))
        if story.must_not_fire() or not story.lines or len(events) > _MOST:
            continue
        zone = {} if story.zone == vocabulary.time_zone else {_ZONE: story.zone}
        whole = Example({**story.customer, **zone}, events, max(line.at for line in story.lines))
        spoken = (one.at for one in run(whole, (goal.rule,), vocabulary) if one.block == goal.block)
        at = next(spoken, None)
        if at is not None:
            return Example(whole.attributes, tuple(event for event in events if event.at <= at), at), at
    return None


def one_after_the_other(first: tuple[Example, int], second: tuple[Example, int], gap: int) -> Example | None:
    """Both examples for one customer, the second moved so that it speaks `gap` milliseconds after the first.

    None if the two are different customers.
    """
    (one, at), (other, spoken) = first, second
    if any(one.attributes.get(name, value) != value for name, value in other.attributes.items()):
        return None
    by = at + gap - spoken
    moved = tuple(Told(event.at + by, event.event, event.data) for event in other.events)
    events = tuple(sorted((*one.events, *moved), key=lambda event: event.at))
    return Example({**one.attributes, **other.attributes}, events, at + gap)

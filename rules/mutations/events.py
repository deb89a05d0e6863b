"""Events that are counted or waited for, written otherwise: alternatives dropped, `where` loosened and changed."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import say
from rules.checks.reasoning.truth import follows
from rules.mutations.change import Change, dropped, inside, instead, without
from rules.mutations.distinct import distinct, fit_alike
from rules.mutations.wording import Wording
from rules.typed import AllOf, Condition, Pattern


def events(of: tuple[Pattern, ...], wording: Wording) -> Iterator[Change[tuple[Pattern, ...]]]:
    """The ways to have other events fit. One event stays."""
    for number, pattern in enumerate(of):
        if len(of) > 1:
            text = wording.events((pattern,))
            yield dropped(without(of, number), text, say("with `{events}`", events=text))
        for change in wheres(pattern, wording):
            yield Change(instead(of, number, change.to), change.said, change.told_by)


def wheres(of: Pattern, wording: Wording) -> Iterator[Change[Pattern]]:
    """The ways to ask something else of an event."""
    from rules.mutations.conditions import conditions  # noqa: PLC0415  # conditions hold values, those events

    if of.where is None:
        return
    within, given = wording.of_event(of.event), wording.given(of.event)
    if not isinstance(of.where, AllOf) and not (given and follows(of.where, given)):
        text = within.condition(of.where)
        yield dropped(
            Pattern(of.event), text, say("with a `{event}` for which `{text}` does not hold", event=of.event, text=text)
        )

    def alike(one: Condition, other: Condition) -> bool:
        return one == other or fit_alike(one, other, *given)

    yield from inside(distinct(of.where, conditions(of.where, within), alike), lambda to: Pattern(of.event, to))

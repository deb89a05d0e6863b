"""What an event ends before anything of its own begins: `stop when`, and blocks that wait for it not to happen."""

from __future__ import annotations

from models.decisions import Decision
from models.events import Event
from rules.compile.view import View
from rules.program import EventProgram
from rules.situations import pairs, sequences
from streams.judge import Judge


def stop(judge: Judge, whole: EventProgram, view: View, event: Event) -> list[Decision]:
    """`stop when`: what is open of the rule (of that `each` value) ends."""
    decisions: list[Decision] = []
    for number, fits in whole.stops:
        rule = judge.program.plan.rules[number]
        own = event.data.get(rule.each) if rule.each else None
        for match in list(view.record.matches.get(rule.id, ())):
            if own is None or match.each == own:
                view.bound, view.each = match.bound, match.each
                if match.pending and fits(view):
                    decisions.extend(judge.supersede(judge.program.rules[number], match, view))
        eaches = {partial.each for partial in view.record.partials.get(rule.id, ())}
        view.bound = ()
        for each in eaches if own is None else eaches & {own}:
            view.each = each
            if fits(view):
                sequences.close(view.record, rule.id, each)
        one, view.each = judge.program.rules[number], None
        if one.pair is not None and one.pair.opening in view.record.openings and fits(view):
            pairs.close(one, view.record)
    return decisions


def end_blocks(judge: Judge, whole: EventProgram, view: View, event: Event) -> None:
    """An event that a block's `after .. without` names ends that block, without a decision."""
    for number, place, fits in whole.ends_blocks:
        one = judge.program.rules[number]
        after = one.rule.blocks[place].after
        assert after is not None
        for match in list(view.record.matches.get(one.rule.id, ())):
            waiting = any(entry.block == place and not entry.held for entry in match.pending)
            if not waiting or not match.time <= event.time < match.taken + after.delay:
                continue
            own = event.data.get(one.rule.each) if one.rule.each else None
            if own is not None and match.each is not None and own != match.each:
                continue
            if event.type == "task done" and event.data.get("task") not in match.tasks:
                continue
            view.bound, view.each = match.bound, match.each
            if fits(view):
                judge.end_block(view.record, match, place)

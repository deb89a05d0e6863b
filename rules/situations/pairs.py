"""Sequences of two steps: what opens them is kept once for all rules, and looked at when something may complete one.

Nothing is done for a rule when its first step happens, but for the timer of an absence; so rules that her attributes
rule out cost nothing until these change. An opening says itself which rules are through with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.events import Event
from rules.compile.view import View
from rules.program import Join, OpeningProgram, Program, RuleProgram
from rules.record import OPEN_SEQUENCES, Marks, Opening, Record
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.places import Moved
from rules.situations.sequences import absence_of, bind, bound_of
from rules.situations.timers import TimerKind, set_forgetting, set_timer

#: Rules that wait for an absence, with the length of the wait (ms), by what opens them.
Waits = dict[int, list[tuple[str, int]]]

#: After so many openings it is asked anew which of them absences have marked.
_LATELY = 256


def open_(program: Program, waits: Waits, record: Record, keys: Iterable[int], event: Event, now: int) -> None:
    """Keep a fresh event that opens sequences, and set the timers of those that wait for an absence."""
    bound = bound_of(event, now)
    if record.marks is not None and len(record.marks.opened) > _LATELY:
        record.marks = None
    for key in keys:
        if record.marks is not None:
            record.marks.opened.append(key)
        of = program.openings[key]
        kept = record.openings.get(key)
        if kept is None:
            kept = record.openings[key] = []
            set_forgetting(record, now, now + of.keep)
        elif kept[0].bound.taken + of.keep <= now:
            kept[:] = [opening for opening in kept if opening.bound.taken + of.keep > now]
        kept.append(Opening(bound, kept[-1].latest if kept else event.time))
        for rule, wait in waits.get(key, ()):
            set_timer(record, now + wait, TimerKind.ABSENCE, rule)
        if len(kept) > OPEN_SEQUENCES:
            _let_go(program, of, record, kept, now)


def _let_go(program: Program, of: OpeningProgram, record: Record, kept: list[Opening], now: int) -> None:
    """Of each rule the newest 100 stay open, the one before goes, counted; what is open for no rule is forgotten."""
    candidate = kept[-OPEN_SEQUENCES - 1]
    age = now - candidate.bound.taken
    for number in of.rules:
        one = program.rules[number]
        pair, rule = one.pair, one.rule.id
        assert pair is not None
        if pair.wait <= age:
            break  # it is over for this rule, and for those that wait no longer
        if rule in candidate.done:
            continue  # and with all older ones
        going = candidate if pair.absence is None else _one_too_many(one, kept, now)
        if going is not None:
            going.through(rule)
            record.count("sequences dropped")
    if len(kept) % OPEN_SEQUENCES == 0:  # (every time would cost as much as a hundred openings)
        rules = [program.rules[number] for number in of.rules]
        kept[:] = [opening for opening in kept if any(_is_open(one, opening, now) for one in rules)]


def _one_too_many(one: RuleProgram, kept: list[Opening], now: int) -> Opening | None:
    """The oldest opening that is open for a rule that waits for an absence, if 100 newer ones are, too.

    Where an opening is over, or its rule is through with it, so it is with all older ones; and those newer than an
    open one are open, but where absences have ended some of them.
    """
    if _all_ended(one, kept[-OPEN_SEQUENCES - 1], kept[0]):
        return None
    open_now = [opening for opening in kept if _is_open(one, opening, now)]
    return open_now[0] if len(open_now) > OPEN_SEQUENCES else None


def _all_ended(one: RuleProgram, opening: Opening, oldest: Opening) -> bool:
    """Whether it is plain that absences have ended for an opening and all older ones."""
    assert one.pair is not None
    at = None if opening.ends is None or one.pair.absence is None else opening.ends.get(one.pair.absence)
    return at is not None and opening.latest <= at < oldest.bound.taken + one.steps[1].duration


def _is_open(one: RuleProgram, opening: Opening, now: int) -> bool:
    assert one.pair is not None
    if one.rule.id in opening.done or opening.bound.taken + one.pair.wait <= now:
        return False
    return one.pair.absence is None or not _ended(one, opening)


def _ended(one: RuleProgram, opening: Opening) -> bool:
    """Whether what was not to happen has happened within the rule's wait."""
    assert one.pair is not None
    if opening.ends is None or one.pair.absence is None:
        return False
    at = opening.ends.get(one.pair.absence)
    return at is not None and at < opening.bound.taken + one.steps[1].duration


def end(program: Program, record: Record, absences: Iterable[int], time: int) -> None:
    """What was not to happen has happened at `time`: the openings it concerns keep the earliest such time.

    Only those are looked at that have opened since it last happened; what it marked then stays marked.
    """
    marks = record.marks
    if marks is None:
        marks = record.marks = Marks()
    openings, opened = record.openings, marks.opened
    for absence in absences:
        concerned = program.concerned[absence]
        known = marks.absent.get(absence)
        keys: Iterable[int] = openings
        if known is not None and known[1] <= time:
            keys = {*opened[known[0] :], *known[2]}
        unmarked = []
        for key in keys:
            if key not in concerned:
                continue
            kept = openings.get(key)
            if kept and not _is_marked(kept[-1], absence, time):
                _end(kept, absence, time)
                if not _is_marked(kept[-1], absence, time):
                    unmarked.append(key)
        marks.absent[absence] = len(opened), time, tuple(unmarked)


def _is_marked(newest: Opening, absence: int, time: int) -> bool:
    """Whether an absence at `time` or later changes nothing for an opening and all older ones."""
    at = None if newest.ends is None else newest.ends.get(absence)
    return at is not None and newest.latest <= at <= time


def _end(kept: list[Opening], absence: int, time: int) -> None:
    for opening in reversed(kept):
        if opening.ends is None:
            opening.ends = {}
        at = opening.ends.get(absence)
        if at is not None and opening.latest <= at <= time:
            return  # all older ones were ended when it was
        if time >= opening.bound.time and (at is None or time < at):
            opening.ends[absence] = time


def complete(one: RuleProgram, view: View, event: Event, moved: Moved) -> Iterator[Found]:
    """The openings that a fresh event completes, the latest first."""
    assert one.pair is not None
    step, now, rule = one.steps[1], view.now, one.rule.id
    join: Join | None = None if step.visits else step.joins.get(event.type)
    own = None if join is None else join.of_event(event.data)
    trigger = EventTrigger(event.source, event.id, event.time)
    for opening in reversed(view.record.openings.get(one.pair.opening, ())):
        first = opening.bound
        if now >= first.taken + step.duration:
            return
        if rule in opening.done or event.time < first.time:
            continue
        if join is not None and (own is None or join.of_bound((first,)) != own):
            continue
        bound = bind(step, view, event, moved, (first,), None)
        if bound is not None:
            yield Found(one.number, None, trigger, (first, bound))


def due(one: RuleProgram, record: Record, now: int) -> list[Found]:
    """The absences of a rule whose wait ends now, the one that began last first."""
    assert one.pair is not None
    found = []
    for opening in record.openings.get(one.pair.opening, ()):
        if opening.bound.taken + one.pair.wait != now or not _is_open(one, opening, now - 1):
            continue
        opening.through(one.rule.id)
        first = opening.bound
        trigger = TimerTrigger(TimerKind.ABSENCE.word, now, first.source, first.id)
        found.append(Found(one.number, None, trigger, (first, absence_of(first, one.steps[1]))))
    return found[::-1]


def close(one: RuleProgram, record: Record) -> None:
    """A match, or `stop when`, ends all that is open of a rule."""
    assert one.pair is not None
    for opening in record.openings.get(one.pair.opening, ()):
        opening.through(one.rule.id)


def open_of(one: RuleProgram, record: Record, now: int) -> int:
    """How many are open of a rule."""
    assert one.pair is not None
    return sum(_is_open(one, opening, now) for opening in record.openings.get(one.pair.opening, ()))


def waiting(program: Program, waits: Waits, record: Record) -> Iterator[tuple[int, str]]:
    """(due, rule) of all absences that are waited for."""
    for key, kept in record.openings.items():
        for rule, wait in waits.get(key, ()):
            one = program.rules[program.number_of[rule]]
            for opening in kept:
                if _is_open(one, opening, record.taken):
                    yield opening.bound.taken + wait, rule


def set_timers(program: Program, waits: Waits, record: Record) -> None:
    """Set the timers of all absences: rules have come into question, or the record was read from a store."""
    for moment, rule in set(waiting(program, waits, record)):
        set_timer(record, moment, TimerKind.ABSENCE, rule)


def switch(program: Program, record: Record, same: set[str]) -> None:
    """Another rule set: rules that are not the `same` as before begin with nothing open."""
    record.marks = None
    record.openings = {key: kept for key, kept in record.openings.items() if key in program.openings}
    for key, kept in record.openings.items():
        new = {rule for number in program.openings[key].rules if (rule := program.rules[number].rule.id) not in same}
        for opening in kept if new else ():
            opening.done = {*opening.done, *new}

"""Sequences of two steps: what opens them is kept once for all rules, and looked at when something may complete one.

Nothing is done for a rule when its first step happens, but for the timer of an absence; so rules that her attributes
rule out cost nothing until these change. An opening says itself which rules are through with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from models.events import Event
from rules.compile.view import Bound, View
from rules.program import Join, OpeningProgram, Program, RuleProgram
from rules.record import OPEN_SEQUENCES, Marks, Opening, Record
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.places import Moved
from rules.situations.sequences import absence_of, bind
from rules.situations.timers import TimerKind, set_forgetting, set_timer

#: Rules that wait for an absence, with the length of the wait (ms), by what opens them.
Waits = dict[int, list[tuple[str, int]]]
#: Openings by what they join with, by their key (see `Marks`).
Joined = dict[int, list[tuple[Join, dict[Any, list[Opening]]]]]

#: So many openings are remembered at most, of those that an absence may still have to mark.
_LATELY = 256
#: More openings than these are looked up by what they join with.
_MANY = 8


def open_(program: Program, waits: Waits, record: Record, keys: Iterable[int], event: Event, now: int) -> None:
    """Keep a fresh event that opens sequences, and set the timers of those that wait for an absence."""
    bound = Bound(event.data, event.time, now, event.source, event.id)
    marks = record.marks
    for key in keys:
        of = program.openings[key]
        kept = record.openings.get(key)
        if kept is None:
            kept = record.openings[key] = []
            set_forgetting(record, now, now + of.keep)
        elif kept[0].bound.taken + of.keep <= now:
            kept[:] = [opening for opening in kept if opening.bound.taken + of.keep > now]
        opening = Opening(bound, kept[-1].latest if kept else event.time)
        kept.append(opening)
        if marks is not None:
            marks.opened.append((key, opening))
            if marks.joined:
                _join(marks.joined, key, opening)
            if len(marks.opened) > _LATELY:
                _forget_half(marks)
        for rule, wait in waits.get(key, ()):
            set_timer(record, now + wait, TimerKind.ABSENCE, rule)
        if len(kept) > OPEN_SEQUENCES:
            _let_go(program, of, record, kept, now)


def _join(joined: Joined, key: int, opening: Opening) -> None:
    for join, openings in joined.get(key, ()):
        openings.setdefault(join.of_bound((opening.bound,)), []).append(opening)


def _forget_half(marks: Marks) -> None:
    """Forget the older half of what has opened lately, and what is known of absences that have not happened since."""
    half = len(marks.opened) // 2
    del marks.opened[:half]
    marks.absent = {
        absence: (seen - half, time, unmarked)
        for absence, (seen, time, unmarked) in marks.absent.items()
        if seen >= half
    }
    marks.joined.clear()


def _let_go(program: Program, of: OpeningProgram, record: Record, kept: list[Opening], now: int) -> None:
    """Of each rule the newest 100 stay open, the one before goes, counted; what is open for no rule is forgotten."""
    candidate = kept[-OPEN_SEQUENCES - 1]
    age = now - candidate.bound.taken
    # (a rule that is through with it is so with all older ones)
    dropped = candidate.through(of.waiting(age))
    for number in of.absences:
        one = program.rules[number]
        pair, rule = one.pair, one.rule.id
        assert pair is not None
        if pair.wait <= age:
            break  # it is over for this rule, and for those that wait no longer
        if rule in candidate.done:
            continue
        going = _one_too_many(one, kept, now)
        if going is not None:
            dropped += going.through((rule,))
    if dropped:
        record.count("sequences dropped", dropped)
    if len(kept) % OPEN_SEQUENCES == 0:  # (every time would cost as much as a hundred openings)
        rules = [program.rules[number] for number in of.absences]
        kept[:] = [
            opening
            for opening in kept
            if not opening.done.issuperset(of.waiting(now - opening.bound.taken))
            or any(_is_open(one, opening, now) for one in rules)
        ]


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
    opened = marks.opened
    for absence in absences:
        concerned = program.concerned[absence]
        known = marks.absent.get(absence)
        if known is not None and known[1] <= time:
            seen, _, unmarked = known
            new = [opening for key, opening in opened[seen:] if key in concerned]
            unmarked = _mark([*unmarked, *new] if unmarked else new, absence, time)
        else:
            found = [kept for key, kept in record.openings.items() if key in concerned]
            unmarked = _mark([opening for kept in found for opening in _not_ended(kept, absence, time)], absence, time)
        if len(unmarked) <= _LATELY:
            marks.absent[absence] = len(opened), time, unmarked
        else:
            marks.absent.pop(absence, None)


def _not_ended(kept: list[Opening], absence: int, time: int) -> Iterator[Opening]:
    """The openings for which an absence at `time` may be news, the latest first."""
    for opening in reversed(kept):
        at = None if opening.ends is None else opening.ends.get(absence)
        if at is not None and opening.latest <= at <= time:
            return  # all older ones were ended when it was
        yield opening


def _mark(openings: list[Opening], absence: int, time: int) -> list[Opening]:
    """Mark those that were open at `time`; returns those that a later time may still mark."""
    unmarked = []
    # Openings that were marked alike share what says so, and it is never changed: most are marked by the same.
    alone = {absence: time}
    was, now = None, alone
    for opening in openings:
        ends = opening.ends
        at = None if ends is None else ends.get(absence)
        if at is not None and at <= time:
            continue
        if time < opening.bound.time:
            unmarked.append(opening)
        elif not ends:
            opening.ends = alone
        else:
            if ends is not was:
                was, now = ends, {**ends, absence: time}
            opening.ends = now
    return unmarked


def complete(one: RuleProgram, view: View, event: Event, moved: Moved) -> Iterator[Found]:
    """The openings that a fresh event completes, the latest first."""
    assert one.pair is not None
    step, now, rule = one.steps[1], view.now, one.rule.id
    join: Join | None = None if step.visits else step.joins.get(event.type)
    own = None if join is None else join.of_event(event.data)
    openings = view.record.openings.get(one.pair.opening, [])
    if join is not None and own is None:
        return
    if join is not None and len(openings) > _MANY:
        openings = _joined(view.record, one.pair.opening, openings, join).get(own, [])
    trigger = EventTrigger(event.source, event.id, event.time)
    for opening in reversed(openings):
        first = opening.bound
        if now >= first.taken + step.duration:
            return
        if rule in opening.done or event.time < first.time:
            continue
        if join is not None and join.of_bound((first,)) != own:
            continue
        bound = bind(step, view, event, moved, (first,), None)
        if bound is not None:
            yield Found(one.number, None, trigger, (first, bound))


def _joined(record: Record, key: int, kept: list[Opening], join: Join) -> dict[Any, list[Opening]]:
    """All openings of a key by what they join with; among them may be some that have been let go since."""
    if record.marks is None:
        record.marks = Marks()
    known = record.marks.joined.setdefault(key, [])
    for other, found in known:
        if other.other == join.other and other.textual == join.textual:  # (there is but one step before)
            return found
    found = {}
    for opening in kept:
        found.setdefault(join.of_bound((opening.bound,)), []).append(opening)
    known.append((join, found))
    return found


def due(one: RuleProgram, record: Record, now: int) -> list[Found]:
    """The absences of a rule whose wait ends now, the one that began last first."""
    assert one.pair is not None
    found = []
    for opening in record.openings.get(one.pair.opening, ()):
        if opening.bound.taken + one.pair.wait != now or not _is_open(one, opening, now - 1):
            continue
        opening.through((one.rule.id,))
        first = opening.bound
        trigger = TimerTrigger(TimerKind.ABSENCE.word, now, first.source, first.id)
        found.append(Found(one.number, None, trigger, (first, absence_of(first, one.steps[1]))))
    return found[::-1]


def close(one: RuleProgram, record: Record) -> None:
    """A match, or `stop when`, ends all that is open of a rule."""
    assert one.pair is not None
    for opening in record.openings.get(one.pair.opening, ()):
        opening.through((one.rule.id,))


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

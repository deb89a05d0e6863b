"""Sequences of two steps: what opens them is kept once for all rules, and looked at when something may complete one.

Nothing is done for a rule when its first step happens, but for the timer of an absence; so rules that her attributes
rule out cost nothing until these change. A rule that is through with an opening is so with all before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any

from models.events import Event
from rules.compile.view import View
from rules.program import Join, OpeningProgram, Program, RuleProgram
from rules.record import OPEN_SEQUENCES, Joined, Opening, Record
from rules.situations.ends import has_ended, mark
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.places import Moved
from rules.situations.sequences import absence_of, bind
from rules.situations.timers import TimerKind, set_forgetting, set_timer

#: Rules that wait for an absence, with the length of the wait (ms), by what opens them.
Waits = dict[int, list[tuple[str, int]]]

#: (To look a member up in its class takes as long as a call.)
_ABSENCE = TimerKind.ABSENCE
_WORD = _ABSENCE.word
_taken = attrgetter("taken")

#: More openings than these are looked up by what they join with.
MANY = 8
#: Of so many new ones what they join with is noted; then it is looked up anew, without those that have been let go.
_LATELY = 256


def open_(program: Program, waits: Waits, record: Record, keys: Iterable[int], event: Event, now: int) -> None:
    """Keep a fresh event that opens sequences, and set the timers of those that wait for an absence."""
    number = record.opened = record.opened + 1
    for key in keys:
        of, kept, latest = program.openings[key], record.openings.get(key), event.time
        if kept is None:
            kept = record.openings[key] = []
            set_forgetting(record, now, now + of.keep)
        else:
            latest = max(latest, kept[-1].latest)
            if kept[0].taken + of.keep <= now:
                kept[:] = [opening for opening in kept if opening.taken + of.keep > now]
        opening = Opening(event.data, event.time, now, event.source, event.id, None, number, latest)
        kept.append(opening)
        if record.joined is not None:
            join(record, record.joined, key, opening)
        for rule, wait in waits.get(key, ()):
            set_timer(record, now + wait, _ABSENCE, rule)
        if len(kept) > OPEN_SEQUENCES:
            let_go(program, of, record, key, now)


def join(record: Record, joined: Joined, key: int, opening: Opening) -> None:
    """Note what a new opening joins with."""
    for on, openings in joined.tables.get(key, ()):
        openings.setdefault(on.of_bound((opening,)), []).append(opening)
    joined.added += 1
    if joined.added > _LATELY:
        record.joined = None


def let_go(program: Program, of: OpeningProgram, record: Record, key: int, now: int) -> None:
    """Of each rule the newest 100 stay open, the one before goes, counted; what is open for no rule is forgotten."""
    kept, through = record.openings[key], record.through.setdefault(key, {})
    candidate = kept[-OPEN_SEQUENCES - 1]
    age, last = now - candidate.taken, candidate.number
    waiting, done = of.waiting(age), {rule: number for rule, number in through.items() if number >= last}
    dropped = len(waiting) - len(done.keys() & waiting)
    absences = [program.rules[number] for number in of.absences]
    for one in absences:
        assert one.pair is not None
        if one.pair.wait <= age:
            break  # it is over for this rule, and for those that wait no longer
        if one.rule.id in done:
            continue
        oldest = _one_too_many(one, record, kept, now)
        if oldest is not None:
            done[one.rule.id] = oldest.number
            dropped += 1
    if dropped:
        record.count("sequences dropped", dropped)
    if not absences:
        del kept[:-OPEN_SEQUENCES]
        return
    through.update({**dict.fromkeys(waiting, last), **done})
    if len(kept) % OPEN_SEQUENCES == 0:  # (every time would cost as much as a hundred openings)
        mark(record)
        older = kept[:-OPEN_SEQUENCES]
        kept[: len(older)] = [one for one in older if any(_is_open(rule, record, one, now) for rule in absences)]


def _one_too_many(one: RuleProgram, record: Record, kept: list[Opening], now: int) -> Opening | None:
    """The oldest opening that is open for a rule that waits for an absence, if 100 newer ones are, too.

    Where an opening is over, or its rule is through with it, so it is with all older ones; and those newer than an
    open one are open, but where absences have ended some of them.
    """
    if _all_ended(one, kept[-OPEN_SEQUENCES - 1], kept[0]):
        return None
    mark(record)
    open_now = [opening for opening in kept if _is_open(one, record, opening, now)]
    return open_now[0] if len(open_now) > OPEN_SEQUENCES else None


def _all_ended(one: RuleProgram, opening: Opening, oldest: Opening) -> bool:
    """Whether it is plain that absences have ended for an opening and all older ones."""
    assert one.pair is not None
    at = None if opening.ends is None or one.pair.absence is None else opening.ends.get(one.pair.absence)
    return at is not None and opening.latest <= at < oldest.taken + one.steps[1].duration


def _is_open(one: RuleProgram, record: Record, opening: Opening, now: int) -> bool:
    assert one.pair is not None
    if opening.number <= _through(one, record) or opening.taken + one.pair.wait <= now:
        return False
    if one.pair.absence is None:
        return True
    return not has_ended(record, opening, one.pair.absence, opening.taken + one.steps[1].duration)


def _through(one: RuleProgram, record: Record) -> int:
    """The number of the last opening that a rule is through with; 0 for none."""
    assert one.pair is not None
    through = record.through.get(one.pair.opening)
    return 0 if through is None else through.get(one.rule.id, 0)


def _pass(one: RuleProgram, record: Record, number: int) -> None:
    """A rule is through with this opening, and with all before it: of those it waits for none, or all have ended."""
    assert one.pair is not None
    record.through.setdefault(one.pair.opening, {})[one.rule.id] = number


def complete(one: RuleProgram, view: View, event: Event, moved: Moved) -> Iterator[Found]:
    """The openings that a fresh event completes, the latest first."""
    assert one.pair is not None
    step, now, through = one.steps[1], view.now, _through(one, view.record)
    join: Join | None = None if step.visits else step.joins.get(event.type)
    own = None if join is None else join.of_event(event.data)
    openings = view.record.openings.get(one.pair.opening, [])
    if join is not None and own is None:
        return
    if join is not None and len(openings) > MANY:
        through = max(through, openings[0].number - 1)  # (what has been let go may still be in the table)
        openings, join = joined(view.record, one.pair.opening, openings, join).get(own, []), None
    trigger = EventTrigger(event.source, event.id, event.time)
    for first in reversed(openings):
        if first.number <= through or now >= first.taken + step.duration:
            return
        if event.time < first.time:
            continue
        if join is not None and join.of_bound((first,)) != own:
            continue
        bound = bind(step, view, event, moved, (first,), None)
        if bound is not None:
            yield Found(one.number, None, trigger, (first, bound))


def joined(record: Record, key: int, kept: list[Opening], join: Join) -> dict[Any, list[Opening]]:
    """All openings of a key by what they join with; among them may be some that have been let go since."""
    if record.joined is None:
        record.joined = Joined()
    known = record.joined.tables.setdefault(key, [])
    for other, found in known:
        if other.other == join.other and other.textual == join.textual:  # (there is but one step before)
            return found
    found = {}
    for opening in kept:
        found.setdefault(join.of_bound((opening,)), []).append(opening)
    known.append((join, found))
    return found


def due(one: RuleProgram, record: Record, now: int) -> list[Found]:
    """The absences of a rule whose wait ends now, the one that began last first."""
    assert one.pair is not None
    found = []
    kept, taken, through = record.openings.get(one.pair.opening, []), now - one.pair.wait, _through(one, record)
    absence, until = one.pair.absence, taken + one.steps[1].duration
    begin = bisect_left(kept, taken, key=_taken) if len(kept) > 1 else 0
    for first in islice(kept, begin, None):
        if first.taken > taken:
            break
        if first.taken != taken or first.number <= through:
            continue
        if absence is not None and has_ended(record, first, absence, until):
            continue
        _pass(one, record, first.number)
        trigger = TimerTrigger(_WORD, now, first.source, first.id)
        found.append(Found(one.number, None, trigger, (first, absence_of(first, one.steps[1]))))
    return found[::-1]


def close(one: RuleProgram, record: Record) -> None:
    """A match, or `stop when`, ends all that is open of a rule."""
    _pass(one, record, record.opened)


def open_of(one: RuleProgram, record: Record, now: int) -> int:
    """How many are open of a rule."""
    assert one.pair is not None
    return sum(_is_open(one, record, opening, now) for opening in record.openings.get(one.pair.opening, ()))


def waiting(program: Program, waits: Waits, record: Record) -> Iterator[tuple[int, str]]:
    """(due, rule) of all absences that are waited for."""
    mark(record)
    for key, kept in record.openings.items():
        for rule, wait in waits.get(key, ()):
            one = program.rules[program.number_of[rule]]
            for opening in kept:
                if _is_open(one, record, opening, record.taken):
                    yield opening.taken + wait, rule


def set_timers(program: Program, waits: Waits, record: Record) -> None:
    """Set the timers of all absences: rules have come into question, or the record was read from a store."""
    for moment, rule in set(waiting(program, waits, record)):
        set_timer(record, moment, _ABSENCE, rule)


def switch(program: Program, record: Record, same: set[str]) -> None:
    """Another rule set: rules that are not the `same` as before begin with nothing open."""
    mark(record)
    if record.ends is not None:
        record.ends.absences_of = program.absences_of
    record.joined = None
    record.openings = {key: kept for key, kept in record.openings.items() if key in program.openings}
    record.through = {key: through for key, through in record.through.items() if key in record.openings}
    for key in record.openings:
        for number in program.openings[key].rules:
            if program.rules[number].rule.id not in same:
                _pass(program.rules[number], record, record.opened)

"""The engine: the one place that knows the order of steps. Pure: a record and an event or a moment in, decisions out.

The order is that of `docs/semantics.md`. At an event: her timers that are due; a repeat is ignored; attributes, facts
and position change; `stop when`; situations; then each match is judged and its actions get their decisions.
"""

from __future__ import annotations

from heapq import heappop
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from models.decisions import Decision
from models.events import Event
from models.moments import zone
from models.types import Value
from rules.compile.crossings import Thresholds
from rules.compile.view import View, view_of
from rules.facts.chains import advance
from rules.facts.counting import count
from rules.facts.repeats import is_repeated
from rules.facts.series import Series
from rules.fitting import Fitting
from rules.profile import Profiles, Reach, Tables
from rules.program import EventProgram, PartProgram, Program
from rules.record import Record
from rules.situations import lines, moments, pairs, places, sequences, timers
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.places import NOWHERE, Moved
from rules.situations.timers import TimerKind
from rules.typed import CalendarUnit
from streams.generated import Step, generated_step
from streams.judge import Judge

#: The event that carries attributes.
CHANGED = "customer changed"


_P = TypeVar("_P")


class EventKind(NamedTuple):
    """What is asked of every event of a type: when it is old news (ms), and where it may say her position."""

    stale_after: int
    #: Fields that can be a position.
    positions: tuple[str, ...]


class Engine:
    """Steps records of one rule set. It keeps nothing between calls."""

    def __init__(self, program: Program, judge: Judge, *, generated: bool = True) -> None:
        """`generated`: step ordinary events by generated functions, or as `step` has it; the same comes of both."""
        self.program = program
        self.judge = judge
        self.vocabulary = program.plan.vocabulary
        self._default_zone = zone(self.vocabulary.time_zone)
        self._kinds = {
            event.name: EventKind(event.stale_after, places.position_field(event))
            for event in self.vocabulary.events.values()
        }
        self._other = EventKind(self.vocabulary.stale_after, ())
        self._profiles = Profiles(program)
        self._steps: dict[str, Step] = {}
        if generated:
            self._steps = {
                event: generated_step(self, event, whole) for event, whole in program.events.items() if event != CHANGED
            }

    def new_record(self, customer: str) -> Record:
        """An empty record."""
        record = Record(customer, self._default_zone)
        record.plan = self.program.plan.hash
        return record

    # ------------------------------------------------------------------ events

    def take(self, record: Record, event: Event, taken: int) -> list[Decision]:
        """Take an event at `taken` (ms): run what is due before it, then step it."""
        taken = max(taken, record.taken)
        heap = record.heap
        decisions = self.run_timers(record, taken) if heap and heap[0][0] <= taken else []
        record.taken = taken
        if is_repeated(record, event, taken):
            record.count("duplicates")
            return decisions
        made = self._steps.get(event.type, self.step)(record, event, taken)
        return decisions + made if decisions else made

    def step(self, record: Record, event: Event, now: int) -> list[Decision]:
        """Step an event whose timers have run and which is no repeat, in plain words."""
        if event.time > now:  # a withdrawal is taken ahead of its time, and counts from then on
            event = replace(event, time=now)
        kind = self.kind(event.type)
        fresh = event.arrived - event.time <= kind.stale_after
        attributes = event.type == CHANGED
        born = record.born is None
        if born:
            record.born = now
        tables = self.tables(record, now) if fresh and not attributes else self._profiles.everything
        reach = tables[event.type]
        if attributes:
            crossed, moved = self._change(record, event, now, reach, born=born), NOWHERE
        else:
            positions = kind.positions if fresh else ()
            crossed, moved = self._count(record, event, now, reach, positions)
            if born:
                self._begin(record, now)
        decisions = self.end(reach.whole, record, event, now)
        if not fresh:
            self._old_news(record, reach, event, now, crossed)
            return decisions
        found = self._situations(reach, record, event, now, moved, crossed)
        if found:
            decisions.extend(self.judge_all(record, event, now, found))
        return decisions

    def kind(self, event: str) -> EventKind:
        """What is asked of every event of a type."""
        return self._kinds.get(event, self._other)

    def judge_all(self, record: Record, event: Event, now: int, found: list[Found]) -> list[Decision]:
        """Judge the situations an event has completed."""
        return self._judge_all(view_of(record, event, now), found)

    def tables(self, record: Record, now: int) -> Tables:
        """What events can touch: the whole rule set if somebody listens, else what her attributes allow."""
        if self.judge.listener is not None:
            return self._profiles.everything
        tables: Tables | None = record.tables
        if tables is None:
            tables = record.tables = self._profiles.tables(record, now)
        return tables

    def _begin(self, record: Record, now: int) -> None:
        """Her record begins, or an attribute has changed: what waits for a moment is laid out anew."""
        self.reschedule_moments(record, now)
        self.reschedule_lines(View(record, now))

    # ------------------------------------------------------------------ facts and lines

    def _count(
        self, record: Record, event: Event, now: int, reach: Reach, positions: tuple[str, ...]
    ) -> tuple[list[tuple[int, Value]], Moved]:
        """Count an event and move her: the lines it crosses, and where she went."""
        data, time = event.data, event.time
        parts = _asked(reach.whole.parts, event, record, now)
        slow = positions or reach.slow
        judged = self._before(record, event, now, reach, parts, bool(positions)) if slow else None
        crossed: list[tuple[int, Value]] = []
        for part in parts:
            of = part.series
            if of is None or part.each is not None or part.running is not None:
                count(part, record, event, now)
            else:
                series = record.series.get(of.key)
                if series is None:
                    series = record.series[of.key] = Series(of.fields)
                series.add(time, data, now - of.keep, of.width)
            for crossing in reach.quick.get(part.number, ()):
                numbers = crossing(record, record.series[part.key], now, time, data)
                if numbers:
                    crossed += [(number, None) for number in numbers]
        moved = places.move(self.program, record, event, now, positions) if positions else NOWHERE
        if judged is not None:
            self._after(judged, crossed)
        return crossed, moved

    def _change(
        self, record: Record, event: Event, now: int, reach: Reach, *, born: bool
    ) -> list[tuple[int, Value]]:
        """Attributes change, and the event is counted: the lines it crosses."""
        parts = reach.whole.every_part
        judged = self._before(record, event, now, reach, parts, moves=False)
        changed = self._change_attributes(record, event, now, born=born)
        for part in _asked(reach.whole.parts, event, record, now):
            count(part, record, event, now)
        if born or changed:
            self.reschedule_moments(record, now)
        crossed: list[tuple[int, Value]] = []
        self._after(judged, crossed)
        if born or changed:
            self.reschedule_lines(judged.view)
            self.reschedule_absences(record)
        return crossed

    def _before(
        self, record: Record, event: Event, now: int, reach: Reach, parts: list[PartProgram], moves: bool
    ) -> _Judged:
        """How the lines stand that this event can move, just before it, but for those that follow from it."""
        program, view = self.program, view_of(record, event, now)
        touched: dict[int, None] = {}
        levels: list[tuple[Thresholds, Value]] = []
        attributes = event.type == CHANGED
        for part in parts:
            touched.update(dict.fromkeys(reach.lines.get(part, ())))
            levels += [(group, group.value(view)) for group in reach.levels_of(part, all_=attributes)]
        if attributes:
            for name in event.data:
                touched.update(dict.fromkeys(program.attribute_lines.get(name, ())))
        if moves:
            touched.update(dict.fromkeys(program.position_lines))
        found: lines.Before = {}
        for number in touched:
            one = program.rules[number]
            own = event.data.get(one.rule.each) if one.rule.each and not attributes else None
            values = [own] if own is not None else lines.each_values(one, record)
            for value in values:
                found[number, value] = lines.truth(one, view, value)
        return _Judged(view, found, levels)

    def _after(self, judged: _Judged, crossed: list[tuple[int, Value]]) -> None:
        """Add the lines that were crossed since, and set their timers."""
        view = judged.view
        for group, level in judged.levels:
            crossed += [(number, None) for number in group.crossed(level, group.value(view))]
            group.reschedule(view)
        crossed.extend(lines.crossed(self.program, view, judged.lines))
        for number, own in judged.lines:
            one = self.program.rules[number]
            if one.next_change is None:
                continue
            # A fact that is not split moves the lines of all values, though those of others cross at a timer only.
            for each in lines.each_values(one, view.record) if one.mixed else (own,):
                if lines.has_line(one, view.record, each):
                    lines.reschedule(one, view, each)

    def reschedule_moments(self, record: Record, now: int) -> None:
        """Set the timers of moments anew, but for rules her attributes rule out: those are set when these change."""
        tables = self.tables(record, now)
        moments.reschedule_all(self.program, record, now, tables.moments, tables.no_moments)

    def reschedule_lines(self, view: View) -> None:
        """The same for all lines that time can move."""
        tables = self.tables(view.record, view.now)
        for number in tables.timed_lines:
            one = self.program.rules[number]
            for each in lines.each_values(one, view.record):
                lines.reschedule(one, view, each)
        for group in tables.timed_groups:
            group.reschedule(view)

    def _change_attributes(self, record: Record, event: Event, taken: int, *, born: bool) -> bool:
        """Set attributes whose stated time is not older than what is known. Whether one was set."""
        calendar = "time zone" in event.data or "bill day" in event.data
        if calendar and born:
            # Lines were judged just before: no window ran yet, the calendar she begins with is the one to come.
            record.chains.clear()
        elif calendar:
            for unit in CalendarUnit:
                advance(record, unit, self.program.plan.backs.get(unit, 0), taken)
        changed = False
        for name, value in event.data.items():
            if event.time < record.attribute_times.get(name, event.time):
                continue
            record.attribute_times[name] = event.time
            record.forget_profile()
            changed = True
            if value is None:
                record.attributes.pop(name, None)
            else:
                record.attributes[name] = value
        if calendar:
            self.set_calendar(record)
        return changed

    def restore_timers(self, record: Record) -> None:
        """Lay the timers out again: the record was read from a store, or another rule set begins."""
        timers.restore(record, self.vocabulary.position_fades)
        self.reschedule_absences(record)

    def reschedule_absences(self, record: Record) -> None:
        """Set the timers of absences that rules her attributes allow are waiting for."""
        if record.openings:
            waits = self.tables(record, record.taken).waits
            pairs.set_timers(self.program, waits, record)

    def waiting(self, record: Record) -> int:
        """How many absences are waited for, of rules her attributes allow."""
        open_ = sum(one.due is not None for kept in record.partials.values() for one in kept)
        if record.openings:
            waits = self.tables(record, record.taken).waits
            open_ += sum(1 for _ in pairs.waiting(self.program, waits, record))
        return open_

    def set_calendar(self, record: Record) -> None:
        """Take zone and bill day from the attributes; what is not usable counts as missing."""
        record.zone = self._default_zone
        name = record.attributes.get("time zone")
        if isinstance(name, str):
            try:
                record.zone = zone(name)
            except ValueError:
                record.zone = self._default_zone
        day = record.attributes.get("bill day")
        record.bill_day = day if isinstance(day, int) and 1 <= day <= 31 else None
        if record.bill_day is None:
            record.chains.pop("billing cycle", None)

    # ------------------------------------------------------------------ situations

    def _situations(
        self,
        reach: Reach,
        record: Record,
        event: Event,
        now: int,
        moved: Moved,
        crossed: list[tuple[int, Value]],
    ) -> list[Found]:
        """All situations this fresh event completes."""
        found = self.crossed(record, event, now, crossed)
        if moved is not NOWHERE:
            found.extend(places.visits(self.program, event, now, moved))
        self.sequences(reach, record, event, now, moved, found)
        self.pairs(reach, record, event, now, moved, found)
        self.happens(reach, record, event, now, found)
        self.set_event_moments(reach.whole, record, event, now)
        return found

    def sequences(
        self, reach: Reach, record: Record, event: Event, now: int, moved: Moved, found: list[Found]
    ) -> None:
        """The sequences of many steps that this event advances, ends and opens, in this order."""
        program, whole = self.program, reach.whole
        if record.partials:
            view = view_of(record, event, now)
            for number, steps in self._sequences_touched(whole, view, moved).items():
                found.extend(sequences.advance(program.rules[number], view, event, moved, steps))
        opened = _asked(whole.opens, event, record, now)
        if moved is not NOWHERE:
            opened = opened + [number for number, step in places.steps(program, moved) if not step]
        for number in dict.fromkeys(opened):
            found.extend(sequences.open_first(program.rules[number], view_of(record, event, now), event, moved))

    def happens(self, reach: Reach, record: Record, event: Event, now: int, found: list[Found]) -> None:
        """The rules that wait for just this event."""
        for number in _asked(reach.happens, event, record, now):
            name = self.program.plan.rules[number].each
            trigger = EventTrigger(event.source, event.id, event.time)
            bound = (sequences.bound_of(event, now),)
            found.append(Found(number, event.data.get(name) if name else None, trigger, bound))

    def crossed(self, record: Record, event: Event, now: int, crossed: list[tuple[int, Value]]) -> list[Found]:
        """The lines that fire: those just crossed, and those of the short list that are still true."""
        if not crossed and not record.short_list:
            return []
        if record.short_list:
            crossed.extend(lines.still_true(self.program, view_of(record, event, now)))
            record.short_list = []
        trigger = EventTrigger(event.source, event.id, event.time)
        return [Found(number, each, trigger) for number, each in dict.fromkeys(crossed)]

    def pairs(
        self, reach: Reach, record: Record, event: Event, now: int, moved: Moved, found: list[Found]
    ) -> None:
        """The sequences of two steps that this event completes, ends and opens, in this order."""
        if record.openings:
            self._end_pairs(reach, record, event, now)
            self.complete_pairs(reach, record, event, now, moved, found)
        if reach.whole.openings is not None:
            opened = reach.whole.openings(event.data, record, now)
            if opened:
                pairs.open_(self.program, self.tables(record, now).waits, record, opened, event, now)

    def complete_pairs(
        self, reach: Reach, record: Record, event: Event, now: int, moved: Moved, found: list[Found]
    ) -> None:
        """The sequences of two steps that this event completes."""
        program = self.program
        rules = _asked(reach.completes, event, record, now)
        if moved is not NOWHERE:
            visited = (number for number, _ in places.steps(program, moved) if program.rules[number].pair)
            rules = list(dict.fromkeys((*rules, *visited)))
        for number in rules:
            one = program.rules[number]
            if one.pair is not None and one.pair.opening in record.openings:
                found.extend(pairs.complete(one, view_of(record, event, now), event, moved))

    def _end_pairs(self, reach: Reach, record: Record, event: Event, now: int) -> None:
        if reach.whole.absences is not None:
            pairs.end(self.program, record, reach.whole.absences(event.data, record, now), event.time)

    def _sequences_touched(self, whole: EventProgram, view: View, moved: Moved) -> dict[int, set[int]]:
        """Rules with sequences under way that this event may advance or end, with the steps it may fit."""
        touched: dict[int, set[int]] = {}
        steps = _asked(whole.waits, view, view.record, view.now)
        if moved is not NOWHERE:
            steps = [*steps, *places.steps(self.program, moved)]
        rules, partials = self.program.plan.rules, view.record.partials
        for number, step in steps:
            if step and rules[number].id in partials:
                touched.setdefault(number, set()).add(step)
        return touched

    def set_event_moments(self, whole: EventProgram, record: Record, event: Event, now: int) -> None:
        for number in _asked(whole.moments, event, record, now):
            moments.schedule_event(self.program.plan.rules[number], record, event, now)

    def _old_news(
        self, record: Record, reach: Reach, event: Event, now: int, crossed: list[tuple[int, Value]]
    ) -> None:
        """An old event fires nothing: what it made true waits for the next fresh taking."""
        record.count("old news")
        view = view_of(record, event, now)
        whole = reach.whole
        for number, steps in self._sequences_touched(whole, view, NOWHERE).items():
            sequences.cancel(self.program.rules[number], view, event, steps)
        if record.openings:
            self._end_pairs(reach, record, event, now)
        lines.still_true(self.program, view)
        for number, each in crossed:
            entry = (self.program.plan.rules[number].id, each)
            if entry not in record.short_list:
                record.short_list.append(entry)
        self.set_event_moments(whole, record, event, now)
        for number in _asked(reach.happens, event, record, now):
            self.judge.would_have_fired(self.program.plan.rules[number], record, event)

    def end(self, whole: EventProgram, record: Record, event: Event, now: int) -> list[Decision]:
        """What an event ends before anything of its own begins."""
        if not (whole.stops or whole.ends_blocks) or not (record.matches or record.partials or record.openings):
            return []
        view = view_of(record, event, now)
        decisions = self._stop(whole, view, event)
        self._end_blocks(whole, view, event)
        return decisions

    def _stop(self, table: EventProgram, view: View, event: Event) -> list[Decision]:
        """`stop when`: what is open of the rule (of that `each` value) ends."""
        decisions: list[Decision] = []
        for number, fits in table.stops:
            rule = self.program.plan.rules[number]
            own = event.data.get(rule.each) if rule.each else None
            for match in list(view.record.matches.get(rule.id, ())):
                if own is None or match.each == own:
                    view.bound, view.each = match.bound, match.each
                    if match.pending and fits(view):
                        decisions.extend(self.judge.supersede(self.program.rules[number], match, view))
            eaches = {partial.each for partial in view.record.partials.get(rule.id, ())}
            view.bound = ()
            for each in eaches if own is None else eaches & {own}:
                view.each = each
                if fits(view):
                    sequences.close(view.record, rule.id, each)
            one, view.each = self.program.rules[number], None
            if one.pair is not None and one.pair.opening in view.record.openings and fits(view):
                pairs.close(one, view.record)
        return decisions

    def _end_blocks(self, table: EventProgram, view: View, event: Event) -> None:
        """An event that a block's `after .. without` names ends that block, without a decision."""
        for number, place, fits in table.ends_blocks:
            one = self.program.rules[number]
            after = one.rule.blocks[place].after
            assert after is not None
            for match in list(view.record.matches.get(one.rule.id, ())):
                waiting = any(entry.block == place for entry in match.pending)
                if not waiting or not match.time <= event.time < match.taken + after.delay:
                    continue
                own = event.data.get(one.rule.each) if one.rule.each else None
                if own is not None and match.each is not None and own != match.each:
                    continue
                if event.type == "task done" and event.data.get("task") not in match.tasks:
                    continue
                view.bound, view.each = match.bound, match.each
                if fits(view):
                    self.judge.end_block(view.record, match, place)

    # ------------------------------------------------------------------ timers

    def run_timers(self, record: Record, until: int) -> list[Decision]:
        """Run what is due up to and including `until`, in order of (due, kind, rule)."""
        decisions: list[Decision] = []
        heap = record.heap
        while heap and heap[0][0] <= until:
            due, kind, rule = heappop(heap)
            record.taken = max(record.taken, due)
            decisions.extend(self._timer(record, due, TimerKind(kind), rule))
        return decisions

    def _timer(self, record: Record, now: int, kind: TimerKind, rule: str) -> list[Decision]:
        view = View(record, now)
        if kind is TimerKind.FADE:
            places.fade(record, now, self.vocabulary.position_fades)
            return []
        if rule not in self.program.number_of and rule not in self.program.groups:
            return []
        if kind is TimerKind.AFTER:
            return self._blocks(record, view, rule)
        found = self._found_by_timer(record, now, kind, rule)
        if not found:
            return []
        return [*self._short_list(view, found[0].trigger), *self._judge_all(view, found)]

    def _blocks(self, record: Record, view: View, rule: str) -> list[Decision]:
        blocks = self.judge.due_blocks(record, rule, view.now)
        if not blocks:
            return []
        one = self.program.rules[self.program.number_of[rule]]
        decisions = self._short_list(view, TimerTrigger(TimerKind.AFTER.word, view.now))
        for match, place in blocks:
            decisions.extend(self.judge.run_block(one, match, place, view))
        for match, _ in blocks:
            self.judge.settle(record, match)
        return decisions

    def _found_by_timer(self, record: Record, now: int, kind: TimerKind, rule: str) -> list[Found]:
        program = self.program
        if kind is TimerKind.LINE:
            trigger = TimerTrigger(kind.word, now)
            if rule in program.groups:
                crossed: list[tuple[int, Value]] = [
                    (number, None) for number in lines.due_group(program.groups[rule], record, now)
                ]
            else:
                crossed = lines.due(program, record, rule, now)
            lines.unlist(program, View(record, now), crossed)
            return [Found(number, each, trigger) for number, each in crossed]
        if kind is TimerKind.ABSENCE:
            one = program.rules[program.number_of[rule]]
            return pairs.due(one, record, now) if one.pair else list(sequences.due(program, record, rule, now))
        if kind is TimerKind.STAY:
            return places.stayed(program, record, rule, now)
        return list(moments.due(program, record, rule, now))

    def _short_list(self, view: View, trigger: EventTrigger | TimerTrigger) -> list[Decision]:
        """Lines made true by old news fire at this timer, if they are still true."""
        if not view.record.short_list:
            return []
        still = lines.still_true(self.program, view)
        view.record.short_list = []
        return self._judge_all(view, [Found(number, each, trigger) for number, each in still])

    def _judge_all(self, view: View, found: list[Found]) -> list[Decision]:
        """Judge in order of rules. Of partial matches of a sequence completed together, the first that passes is it."""
        decisions: list[Decision] = []
        matched: set[tuple[int, Value]] = set()
        for one in sorted(found, key=Found.order):
            rule = self.program.rules[one.rule]
            if rule.steps and (one.rule, one.each) in matched:
                continue
            made = self.judge.judge(rule, one, view)
            if made is not None:
                matched.add((one.rule, one.each))
                decisions.extend(made)
        return decisions


def _asked(question: Fitting[_P] | None, of: Event | View, record: Record, now: int) -> list[_P]:
    """The answer to a question; none where there are no patterns."""
    return [] if question is None else question(of.data, record, now)


class _Judged(NamedTuple):
    """Lines as they stood before an event: their truth, and values with lines on them."""

    view: View
    lines: lines.Before
    levels: list[tuple[Thresholds, Value]]

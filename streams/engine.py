"""The engine: the one place that knows the order of steps. Pure: a record and an event or a moment in, decisions out.

The order is that of `docs/semantics.md`. At an event: her timers that are due; a repeat is ignored; attributes, facts
and position change; `stop when`; situations; then each match is judged and its actions get their decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from heapq import heappop

from msgspec.structs import replace

from models.decisions import Decision
from models.events import Event
from models.moments import zone
from models.types import Value
from rules.compile.view import View
from rules.facts.chains import advance
from rules.facts.counting import count
from rules.profile import Profiles, Tables
from rules.program import EventProgram, PartProgram, Program
from rules.record import REMEMBERED, REMEMBERED_FOR, Record
from rules.situations import lines, moments, pairs, places, sequences, timers
from rules.situations.found import EventTrigger, Found, TimerTrigger
from rules.situations.places import NOWHERE, Moved
from rules.situations.timers import TimerKind
from rules.typed import CalendarUnit
from streams.judge import Judge

#: The event that carries attributes.
CHANGED = "customer changed"


class Engine:
    """Steps records of one rule set. It keeps nothing between calls."""

    def __init__(self, program: Program, judge: Judge) -> None:
        self.program = program
        self.judge = judge
        self.vocabulary = program.plan.vocabulary
        self._default_zone = zone(self.vocabulary.time_zone)
        self._positions = {event.name: places.position_field(event) for event in self.vocabulary.events.values()}
        self._profiles = Profiles(program)

    def new_record(self, customer: str) -> Record:
        """An empty record."""
        record = Record(customer, self._default_zone)
        record.plan = self.program.plan.hash
        return record

    # ------------------------------------------------------------------ events

    def take(self, record: Record, event: Event, taken: int) -> list[Decision]:
        """Take an event at `taken` (ms): run what is due before it, then step it."""
        taken = max(taken, record.taken)
        decisions = self.run_timers(record, taken)
        record.taken = taken
        if self._repeated(record, event, taken):
            record.count("duplicates")
            return decisions
        decisions.extend(self._step(record, event, taken))
        return decisions

    def _repeated(self, record: Record, event: Event, taken: int) -> bool:
        key = int.from_bytes(
            blake2b(f"{event.source}\x1f{event.id}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
        )
        seen = record.seen
        before = seen.get(key)
        if before is not None and taken - before < REMEMBERED_FOR:
            return True
        seen.pop(key, None)
        seen[key] = taken
        if len(seen) > REMEMBERED:
            del seen[next(iter(seen))]
        else:
            oldest = next(iter(seen))
            if taken - seen[oldest] >= REMEMBERED_FOR:
                del seen[oldest]
        return False

    def _step(self, record: Record, event: Event, taken: int) -> list[Decision]:
        view = View(record, taken)
        view.data = event.data
        known = self.vocabulary.events.get(event.type)
        fresh = event.arrived - event.time <= (self.vocabulary if known is None else known).stale_after
        if event.time > taken:  # a withdrawal is taken ahead of its time, and counts from then on
            event = replace(event, time=taken)
        born = record.born is None
        if born:
            record.born = taken
        attributes = event.type == CHANGED
        table = self._tables(record, taken, whole=attributes or not fresh)[event.type]
        parts = self._fitting(table, view) if not attributes else _all_parts(table)
        before = self._before(view, event, parts)
        levels = [(group, group.value(view)) for part, _ in parts for group in part.thresholds]
        changed = attributes and self._change_attributes(record, event, taken, born=born)
        if attributes:
            parts = self._fitting(table, view)
        for part, each in parts:
            count(part, each, record, event, taken)
        fields = self._positions.get(event.type)
        moved = places.move(self.program, record, event, taken, fields) if fields and fresh else NOWHERE
        if born or changed:
            self.reschedule_moments(record, taken)
        crossed: list[tuple[int, Value]] = [
            (number, None) for group, level in levels for number in group.crossed(level, group.value(view))
        ]
        if before:
            crossed.extend(lines.crossed(self.program, view, before))
        self._reschedule_lines(view, before, parts, anew=born or changed)
        if changed:
            self.reschedule_absences(record)
        open_ = bool(record.matches or record.partials or record.openings)
        decisions = self._end(table, view, event) if table is not None and open_ else []
        if not fresh:
            self._old_news(record, table, view, event, crossed)
            return decisions
        found = self._situations(table, view, event, moved, crossed)
        if found:
            decisions.extend(self._judge_all(view, found))
        return decisions

    def _end(self, table: EventProgram, view: View, event: Event) -> list[Decision]:
        """What an event ends before anything of its own begins."""
        decisions = self._stop(table, view, event)
        self._end_blocks(table, view, event)
        return decisions

    def _tables(self, record: Record, now: int, *, whole: bool) -> Tables:
        """What events can touch: the whole rule set if asked or if somebody listens, else what her attributes allow."""
        if whole or self.judge.listener is not None:
            return self._profiles.everything
        if record.tables is None:
            record.tables = self._profiles.tables(record, now)
        tables: Tables = record.tables
        return tables

    def _fitting(self, table: EventProgram | None, view: View) -> list[tuple[PartProgram, Value]]:
        """The event parts the view's event belongs to, each with the value that keeps it apart."""
        found: list[tuple[PartProgram, Value]] = []
        if table is None or table.parts.empty:
            return found
        for part in dict.fromkeys(table.parts.fitting(view)):
            each = None
            if part.each is not None:
                each = view.data.get(part.each)
                if each is None:
                    continue
            found.append((part, each))
        return found

    def _before(self, view: View, event: Event, parts: list[tuple[PartProgram, Value]]) -> lines.Before:
        """The truth, just before, of the lines this event can move (those that a bisection finds apart)."""
        program = self.program
        touched: dict[int, None] = {}
        for part, _ in parts:
            touched.update(dict.fromkeys(part.lines))
        if event.type == CHANGED:
            for name in event.data:
                touched.update(dict.fromkeys(program.attribute_lines.get(name, ())))
        if self._positions.get(event.type):
            touched.update(dict.fromkeys(program.position_lines))
        found: lines.Before = {}
        for number in touched:
            one = program.rules[number]
            own = event.data.get(one.rule.each) if one.rule.each and event.type != CHANGED else None
            values = [own] if own is not None else lines.each_values(one, view.record)
            for value in values:
                found[number, value] = lines.truth(one, view, value)
        return found

    def _reschedule_lines(
        self, view: View, before: lines.Before, parts: list[tuple[PartProgram, Value]], *, anew: bool
    ) -> None:
        """Set the timers of what the event has moved; of all lines if her record begins or an attribute changed."""
        program = self.program
        for number, own in before:
            one = program.rules[number]
            if one.next_change is None:
                continue
            # A fact that is not split moves the lines of all values, though those of others cross at a timer only.
            for each in lines.each_values(one, view.record) if one.mixed else (own,):
                if lines.has_line(one, view.record, each):
                    lines.reschedule(one, view, each)
        for part, _ in parts:
            for group in part.thresholds:
                if group.next_change is not None:
                    lines.reschedule_group(group, view)
        if anew:
            self.reschedule_lines(view)

    def reschedule_moments(self, record: Record, now: int) -> None:
        """Set the timers of moments anew, but for rules her attributes rule out: those are set when these change."""
        active = self._tables(record, now, whole=False).active
        moments.reschedule_all(self.program, record, now, active)

    def reschedule_lines(self, view: View) -> None:
        """The same for all lines that time can move."""
        active = self._tables(view.record, view.now, whole=False).active
        for number in self.program.timed_lines:
            if number in active:
                one = self.program.rules[number]
                for each in lines.each_values(one, view.record):
                    lines.reschedule(one, view, each)
        for group in self.program.groups.values():
            if not active.isdisjoint(group.falling[1]) or not active.isdisjoint(group.rising[1]):
                lines.reschedule_group(group, view)

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
            record.tables = None
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
            waits = self._tables(record, record.taken, whole=False).waits
            pairs.set_timers(self.program, waits, record)

    def waiting(self, record: Record) -> int:
        """How many absences are waited for, of rules her attributes allow."""
        open_ = sum(one.due is not None for kept in record.partials.values() for one in kept)
        if record.openings:
            waits = self._tables(record, record.taken, whole=False).waits
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

    def _situations(
        self,
        table: EventProgram | None,
        view: View,
        event: Event,
        moved: Moved,
        crossed: list[tuple[int, Value]],
    ) -> list[Found]:
        """All situations this fresh event completes."""
        program, record = self.program, view.record
        trigger = EventTrigger(event.source, event.id, event.time)
        if record.short_list:
            crossed.extend(lines.still_true(program, view))
            record.short_list = []
        found = [Found(number, each, trigger) for number, each in dict.fromkeys(crossed)]
        if moved is not NOWHERE:
            found.extend(places.visits(program, event, view.now, moved))
        if record.partials:
            for number, steps in self._sequences_touched(table, view, moved).items():
                found.extend(sequences.advance(program.rules[number], view, event, moved, steps))
        for number in self._sequences_opened(table, view, moved):
            found.extend(sequences.open_first(program.rules[number], view, event, moved))
        found.extend(self._pairs(table, view, event, moved))
        if table is None:
            return found
        view.bound, view.each = (), None
        if not table.happens.empty:
            bound = (sequences.bound_of(event, view.now),)
            for number in dict.fromkeys(table.happens.fitting(view)):
                name = program.plan.rules[number].each
                found.append(Found(number, event.data.get(name) if name else None, trigger, bound))
        self._set_event_moments(table, view, event)
        return found

    def _pairs(self, table: EventProgram | None, view: View, event: Event, moved: Moved) -> list[Found]:
        """The sequences of two steps that this event completes, ends and opens, in this order."""
        program, record = self.program, view.record
        found: list[Found] = []
        view.bound, view.each = (), None
        opened = [] if table is None or table.openings.empty else table.openings.fitting(view)
        if record.openings:
            self._end_pairs(table, view, event)
            rules = [] if table is None or table.completes.empty else table.completes.fitting(view)
            if moved is not NOWHERE:
                rules.extend(number for number, _ in places.steps(program, moved) if program.rules[number].pair)
            for number in dict.fromkeys(rules):
                found.extend(pairs.complete(program.rules[number], view, event, moved))
        if opened:
            waits = self._tables(record, view.now, whole=False).waits
            for key in dict.fromkeys(opened):
                pairs.open_(program, waits, record, key, event, view.now)
        return found

    def _end_pairs(self, table: EventProgram | None, view: View, event: Event) -> None:
        if table is not None and not table.absences.empty:
            view.bound, view.each = (), None
            pairs.end(self.program, view.record, table.absences.fitting(view), event.time)

    def _sequences_touched(self, table: EventProgram | None, view: View, moved: Moved) -> dict[int, set[int]]:
        """Rules with sequences under way that this event may advance or end, with the steps it may fit."""
        touched: dict[int, set[int]] = {}
        view.bound, view.each = (), None
        steps = [] if table is None or table.waits.empty else table.waits.fitting(view)
        if moved is not NOWHERE:
            steps.extend(places.steps(self.program, moved))
        rules, partials = self.program.plan.rules, view.record.partials
        for number, step in steps:
            if step and rules[number].id in partials:  # (of pairs there are none)
                touched.setdefault(number, set()).add(step)
        return touched

    def _sequences_opened(self, table: EventProgram | None, view: View, moved: Moved) -> Iterable[int]:
        view.bound, view.each = (), None
        opened = [] if table is None or table.opens.empty else table.opens.fitting(view)
        if moved is not NOWHERE:
            opened.extend(number for number, step in places.steps(self.program, moved) if not step)
        return dict.fromkeys(opened)

    def _set_event_moments(self, table: EventProgram | None, view: View, event: Event) -> None:
        if table is None or table.moments.empty:
            return
        view.bound, view.each = (), None
        for number in dict.fromkeys(table.moments.fitting(view)):
            moments.schedule_event(self.program.plan.rules[number], view.record, event, view.now)

    def _old_news(
        self,
        record: Record,
        table: EventProgram | None,
        view: View,
        event: Event,
        crossed: list[tuple[int, Value]],
    ) -> None:
        """An old event fires nothing: what it made true waits for the next fresh taking."""
        record.count("old news")
        for number, steps in self._sequences_touched(table, view, NOWHERE).items():
            sequences.cancel(self.program.rules[number], view, event, steps)
        if record.openings:
            self._end_pairs(table, view, event)
        lines.still_true(self.program, view)
        for number, each in crossed:
            entry = (self.program.plan.rules[number].id, each)
            if entry not in record.short_list:
                record.short_list.append(entry)
        self._set_event_moments(table, view, event)
        view.bound, view.each = (), None
        for number in dict.fromkeys(() if table is None else table.happens.fitting(view)):
            self.judge.would_have_fired(self.program.plan.rules[number], record, event)

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


def _all_parts(table: EventProgram | None) -> list[tuple[PartProgram, Value]]:
    """Before attributes change nobody knows which parts the event will fit: any."""
    return [] if table is None else [(part, None) for part in table.every_part]

"""The engine: the one place that knows the order of steps. Pure: a record and an event or a moment in, decisions out.

The order is that of `docs/semantics.md`. At an event: her timers that are due; a repeat is ignored; attributes, facts
and position change; `stop when`; situations; then each match is judged and its actions get their decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from models.consent import OF_CONSENT
from models.decisions import Decision
from models.events import Event
from models.moments import zone
from models.types import Value
from models.vocabulary import CUSTOMER_CHANGED
from rules.compile.view import View, view_of
from rules.facts import attributes, consents
from rules.facts.counting import count
from rules.fitting import Fitting
from rules.profile import Profiles, Reach, Tables
from rules.program import EventProgram, Program
from rules.record import Record
from rules.situations import lines, moments, pairs, places, sequences, timers
from rules.situations.ends import end
from rules.situations.found import EventTrigger, Found
from rules.situations.moved_lines import after, before
from rules.situations.places import NOWHERE, Moved
from streams.compiled import COMPILED, Ordinary, Refusing, Take, take_all, take_hers
from streams.due import run_timers
from streams.ending import end_blocks, stop
from streams.generated import generated_ordinary, generated_take
from streams.judge import Judge
from streams.taking import Taken

_P = TypeVar("_P")


class EventKind(NamedTuple):
    """What is asked of every event of a type: when it is old news (ms), and where it may say her position."""

    stale_after: int
    #: Fields that can be a position.
    positions: tuple[str, ...]


class Engine:
    """Steps records of one rule set. It keeps nothing between calls."""

    def __init__(
        self,
        program: Program,
        judge: Judge,
        *,
        generated: bool = True,
        compiled: bool = COMPILED,
        puts_off: bool = True,
    ) -> None:
        """`generated`: step ordinary events by generated functions, or as `step` has it; the same comes of both.

        `compiled`: let compiled code do what can be done of them without Python; the same comes of it, too.

        `puts_off`: count events that can cross no line later, which pays unless records are written all the time, as
        to write one is to count them.
        """
        self.program = program
        self.judge = judge
        self.puts_off = puts_off
        self.vocabulary = program.plan.vocabulary
        self._default_zone = zone(self.vocabulary.time_zone)
        self._kinds = {
            event.name: EventKind(event.stale_after, places.position_field(event))
            for event in self.vocabulary.events.values()
        }
        self._other = EventKind(self.vocabulary.stale_after, ())
        self._profiles = Profiles(program, apart=judge.listener is None)
        self._compiled = compiled
        self._takes = _Takes(self, generated=generated, compiled=compiled)
        #: Passes over due moments that are refused; None where that is not compiled, or somebody is told of them.
        self.refusing = Refusing(program) if compiled and judge.listener is None else None

    def new_record(self, customer: str) -> Record:
        """An empty record."""
        record = Record(customer, self._default_zone)
        record.plan = self.program.plan.layout
        return record

    # ------------------------------------------------------------------ events

    def take(self, record: Record, event: Event, taken: int) -> list[Decision]:
        """Take an event at `taken` (ms): run what is due before it, then step it."""
        return self.take_hers(record, [(taken, event)])

    def take_hers(self, record: Record, hers: list[Taken]) -> list[Decision]:
        """Take events of one customer, one after the other."""
        if self._compiled:
            return take_hers(self._takes, self.take_plainly, record, hers)
        decisions: list[Decision] = []
        for taken, event in hers:
            decisions += self._takes[event.type](record, event, taken)
        return decisions

    def take_all(
        self,
        groups: list[tuple[str, list[Taken]]],
        records: Mapping[str, Record],
        find: Callable[[str], Record],
        changed: dict[str, None],
        note: Callable[[Record], None],
    ) -> list[Decision]:
        """Take events of many customers: see `streams.ordinary.take_all`."""
        if self._compiled:
            return take_all(self._takes, self.take_plainly, groups, records, find, changed, note)
        decisions: list[Decision] = []
        for customer, hers in groups:
            record = records.get(customer) or find(customer)
            decisions += self.take_hers(record, hers)
            changed[customer] = None
            note(record)
        return decisions

    def take_plainly(self, record: Record, event: Event, taken: int) -> list[Decision]:
        """The same in plain words."""
        taken = max(taken, record.taken)
        decisions = self.run_timers(record, taken)
        record.taken = taken
        if record.seen.again(event.source, event.id, taken):
            record.count("duplicates")
            return decisions
        return decisions + self.step(record, event, taken)

    def step(self, record: Record, event: Event, now: int) -> list[Decision]:
        """Step an event whose timers have run and which is no repeat, in plain words."""
        record.catch_up()
        if event.type in OF_CONSENT:
            consents.keep(record, event)
        if event.time > now:  # a withdrawal is taken ahead of its time, and counts from then on
            event = replace(event, time=now)
        kind = self.kind(event.type)
        fresh = event.arrived - event.time <= kind.stale_after
        changes = event.type == CUSTOMER_CHANGED
        born = record.born is None
        if born:
            record.born = now
        tables = self.tables(record, now) if fresh and not changes else self._profiles.everything
        reach = tables[event.type]
        if changes:
            crossed, moved = self._change(record, event, now, reach, fresh=fresh, born=born), NOWHERE
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
        return self.judge.judge_all(view_of(record, event, now), found)

    def tables(self, record: Record, now: int) -> Tables:
        """What events can touch: the whole rule set if somebody listens, else what her attributes allow."""
        tables: Tables | None = record.tables
        if tables is None:
            tables = record.tables = self._profiles.tables(record, now)
        return tables

    def _begin(self, record: Record, now: int) -> None:
        """Her record begins: what waits for a moment is laid out."""
        self.reschedule_moments(record, now)
        self.reschedule_lines(View(record, now))

    # ------------------------------------------------------------------ facts and lines

    def _count(
        self, record: Record, event: Event, now: int, reach: Reach, positions: tuple[str, ...]
    ) -> tuple[list[tuple[int, Value]], Moved]:
        """Count an event and move her: the lines it crosses, and where she went."""
        parts = _asked(reach.whole.parts, event, record, now)
        judged = None
        if positions or not reach.slow.isdisjoint(parts):
            judged = before(self.program, reach, view_of(record, event, now), parts, moves=bool(positions))
        crossed: list[tuple[int, Value]] = []
        for part in parts:
            counted = count(part, record, event.time, event.data, now)
            if counted is None:
                continue
            each = None if part.each is None else event.data[part.each]
            crossing = reach.quick.get(part.number)
            if crossing is not None:
                crossed += [(number, each) for number in crossing(record, counted, now, event.time, event.data)]
        where = places.position_in(event, positions)
        moved = NOWHERE if where is None else places.move(self.program, record, event, now, where)
        if judged is not None:
            after(self.program, judged, crossed)
        return crossed, moved

    def _change(
        self, record: Record, event: Event, now: int, reach: Reach, *, fresh: bool, born: bool
    ) -> list[tuple[int, Value]]:
        """Attributes change, and the event is counted: the lines it crosses."""
        # What crosses fires, if at all, by the attributes as they are then; old news may fire by later ones.
        active = self._active_after(record, event, now) if fresh and self.judge.listener is None else None
        view, parts = view_of(record, event, now), reach.whole.every_part
        judged = before(self.program, reach, view, parts, attributes=event.data, active=active)
        changed = attributes.change(self.program, record, event, now, born=born)
        for part in _asked(reach.whole.parts, event, record, now):
            count(part, record, event.time, event.data, now)
        if born or changed:
            self.reschedule_moments(record, now)
        crossed: list[tuple[int, Value]] = []
        after(self.program, judged, crossed)
        if born or changed:
            self.reschedule_lines(judged.view)
            self.reschedule_absences(record)
        return crossed

    def _active_after(self, record: Record, event: Event, now: int) -> frozenset[int]:
        """The rules that her attributes do not rule out once they have changed."""
        known = record.attributes
        record.attributes = {**known, **attributes.newer(record, event)}
        active = self._profiles.tables(record, now).active
        record.attributes = known
        return active

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

    def run_timers(self, record: Record, until: int) -> list[Decision]:
        """Run what is due up to and including `until`, in order of (due, kind, rule)."""
        return run_timers(self.judge, record, until)

    def set_calendar(self, record: Record) -> None:
        """Take zone and bill day from the attributes; what is not usable counts as missing."""
        attributes.set_calendar(record, self.vocabulary)

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
            found.extend(places.visits(self.program, reach.visits, event, now, moved))
        self.sequences(reach, record, event, now, moved, found)
        self.pairs(reach, record, event, now, moved, found)
        self.happens(_asked(reach.happens, event, record, now), event, now, found)
        self.set_event_moments(reach.whole, record, event, now)
        return found

    def sequences(self, reach: Reach, record: Record, event: Event, now: int, moved: Moved, found: list[Found]) -> None:
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

    def happens(self, numbers: list[int], event: Event, now: int, found: list[Found]) -> None:
        """The rules of these numbers, which wait for just this event."""
        for number in numbers:
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

    def pairs(self, reach: Reach, record: Record, event: Event, now: int, moved: Moved, found: list[Found]) -> None:
        """The sequences of two steps that this event completes, ends and opens, in this order."""
        if record.openings:
            self._end_pairs(reach, record, event, now)
            self.complete_pairs(_asked(reach.completes, event, record, now), record, event, now, moved, found)
        if reach.whole.openings is not None:
            opened = reach.whole.openings.ask(event.data, record, now)
            if opened:
                pairs.open_(self.program, self.tables(record, now).waits, record, opened, event, now)

    def complete_pairs(
        self, rules: Iterable[int], record: Record, event: Event, now: int, moved: Moved, found: list[Found]
    ) -> None:
        """The sequences of two steps that this event completes; `rules`: whose last step it fits."""
        program = self.program
        if moved is not NOWHERE:
            visited = (number for number, _ in places.steps(program, moved) if program.rules[number].pair)
            rules = list(dict.fromkeys((*rules, *visited)))
        openings, view = record.openings, view_of(record, event, now)
        for number in rules:
            one = program.rules[number]
            if one.pair is not None and one.pair.opening in openings:
                found.extend(pairs.complete(one, view, event, moved))

    def _end_pairs(self, reach: Reach, record: Record, event: Event, now: int) -> None:
        if reach.whole.absences is not None:
            end(self.program, record, reach.whole.absences.ask(event.data, record, now), event.time)

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

    def _old_news(self, record: Record, reach: Reach, event: Event, now: int, crossed: list[tuple[int, Value]]) -> None:
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
        decisions = stop(self.judge, whole, view, event)
        end_blocks(self.judge, whole, view, event)
        return decisions


class _Takes(dict[str, Any]):
    """Event type -> the function that takes it, or an `Ordinary`; generated when the first such event comes."""

    def __init__(self, engine: Engine, *, generated: bool, compiled: bool) -> None:
        super().__init__()
        self._engine = engine
        self._generated = generated
        self._compiled = compiled

    def __missing__(self, event: str) -> Take | Ordinary:
        made = self[event] = self._made(event)
        return made

    def _made(self, event: str) -> Take | Ordinary:
        engine = self._engine
        whole = engine.program.events.get(event)
        if whole is None or event == CUSTOMER_CHANGED or event in OF_CONSENT or not self._generated:
            return engine.take_plainly
        return generated_ordinary(engine, event, whole) if self._compiled else generated_take(engine, event, whole)


def _asked(question: Fitting[_P] | None, of: Event | View, record: Record, now: int) -> list[_P]:
    """The answer to a question; none where there are no patterns."""
    return [] if question is None else question.ask(of.data, record, now)

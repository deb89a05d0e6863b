"""The taking of an event as generated Python: one function per event type, in which nothing is looked up twice.

Ordinary is what is fresh, of a customer who is known, and changes no attribute: nearly all events. What is rare
(sequences of many steps, lines that compare two facts, ..) is asked of the engine, as is all of an event that is not
ordinary. `streams.engine.Engine.take_plainly` says the same in plain steps, and tests hold the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.compile.putting_off import put_off, watched_field
from rules.compile.source import run_source
from rules.compile.view import view_of
from rules.facts.backlog import Counting
from rules.fitting import Fitting
from rules.program import EventProgram
from rules.situations import moved_lines, pairs, places
from rules.situations.ends import end
from rules.situations.places import NOWHERE
from streams.compiled import Asked, Later, Ordinary, Pairs, Take, Whereabouts
from streams.function_text import FunctionText, indent
from streams.generated_backlog import can_be_put_off, compiled_rows, counting_of
from streams.generated_counting import CountingText

if TYPE_CHECKING:
    from streams.engine import Engine


def generated_take(engine: Engine, event: str, whole: EventProgram) -> Take:
    """The function for one event type."""
    return _Writer(engine, event, whole).take()


def generated_ordinary(engine: Engine, event: str, whole: EventProgram) -> Ordinary:
    """How ordinary events of one type are taken by compiled code: with functions for what is left of them."""
    return _Writer(engine, event, whole).ordinary()


class _Writer:
    """Writes the function."""

    def __init__(self, engine: Engine, event: str, whole: EventProgram) -> None:
        self._engine = engine
        self._event = event
        self._whole = whole
        #: The fields that can be a position.
        self._moves = engine.kind(event).positions
        #: Whether a position may be a step of a sequence.
        self._steps = bool(self._moves and engine.program.plan.visit_steps)
        self._text = FunctionText(engine.program.compiler)
        self._counting = CountingText(self._text, whole)
        self._counts_later = engine.puts_off and not self._moves and can_be_put_off(whole)
        self._text.names.update(
            engine=engine,
            plain_step=engine.step,
            run_timers=engine.run_timers,
            NOWHERE=NOWHERE,
            move=places.move,
            visits=places.visits,
            program=engine.program,
            end=end,
            open_=pairs.open_,
        )

    def take(self) -> Take:
        counted = self._put_off(self._counted()) if self._counts_later else self._counted()
        names = [*self._names(), "crossed = []"]
        lines = [*self._preparing(), *self._beginning(), *names, *counted, *self._situations()]
        made: Take = self._function("take(record, event, now)", lines, "taking of")
        return made

    def ordinary(self) -> Ordinary:
        engine, event, counted = self._engine, self._event, self._counted()
        names = ["tables = record.tables", "decisions = []", *self._names()]
        begun = [*names, "crossed = []"]
        caught_up = [f"if {event!r} in record.backlogs:", f"    record.catch_up_with({event!r})"]
        lines = [*begun, *(caught_up if self._counts_later else []), *counted, *self._situations()]
        return Ordinary(
            event,
            engine.kind(event).stale_after,
            engine.run_timers,
            engine.tables,
            self._function("act(record, event, now, reach)", lines, "acting of"),
            self._asked(names),
            counts=bool(self._whole.every_part) or self._judges,
            later=self._later(),
            rows=None if self._moves else compiled_rows(self._whole, engine.program.compiler),
            whereabouts=Whereabouts(engine.program, self._moves) if self._moves else None,
        )

    def _asked(self, names: list[str]) -> Asked:
        """How it is asked what its events begin, complete and end, where they move nobody to other places."""
        whole, ends = self._whole, bool(self._whole.stops or self._whole.ends_blocks)
        asked = [*names, *self._situations()]
        here = ["moved = NOWHERE"] if self._moves else []
        asking, arriving = "ask(record, event, now, reach, crossed)", "arrive(record, event, now, reach, moved)"
        return Asked(
            self._function(asking, [*here, *asked], "asking of"),
            always=whole.opens is not None or whole.moments is not None,
            matches=ends,
            partials=ends or self._steps or whole.waits is not None,
            openings=ends or self._steps,
            arrive=self._function(arriving, ["crossed = []", *asked], "arriving by") if self._moves else None,
            pairs=Pairs(self._engine.program, self._event, whole) if self._has_pairs() else None,
        )

    def _has_pairs(self) -> bool:
        """Whether events of this type open, end or complete sequences of two steps."""
        whole = self._whole
        return whole.openings is not None or whole.absences is not None or bool(whole.table.completes)

    def _later(self) -> Later | None:
        """How its events are put off."""
        if not self._counts_later:
            return None
        return Later(self._counting_of(compiled=True), watched_field(self._whole.every_part))

    def _counting_of(self, *, compiled: bool) -> Counting:
        return counting_of(self._event, self._whole, self._engine.program.compiler, compiled=compiled)

    def _function(self, head: str, lines: list[str], what: str) -> Any:
        source = "\n".join([f"def {head}:", *indent(lines)])
        return run_source(source, self._text.names, f"{what} {self._event!r}")[head.partition("(")[0]]

    def _asking(self, name: str, question: Fitting[Any] | None) -> str:
        """A name for the function of a question."""
        assert question is not None
        return self._text.name(name, question.ask)

    def _counted(self) -> list[str]:
        """Count the event."""
        counting = self._counting.lines()
        counted = [*self._fitting(), *self._judging(), *counting, *self._judging_after()]
        return [*self._reading(counted), *counted]

    # ------------------------------------------------------------ parts of it

    def _preparing(self) -> list[str]:
        """Run what is due before the event, and pass over a repeat."""
        return [
            "if now < record.taken:",
            "    now = record.taken",
            "heap = record.heap",
            "decisions = run_timers(record, now) if heap and heap[0][0] <= now else []",
            "record.taken = now",
            "if record.seen.again(event.source, event.id, now):",
            "    record.count('duplicates')",
            "    return decisions",
        ]

    def _beginning(self) -> list[str]:
        kind = self._engine.kind(self._event)
        tables = self._text.name("tables", self._engine.tables)
        plain = f"record.born is None or event.time > now or event.arrived - event.time > {kind.stale_after}"
        return [
            f"if {plain}:",
            "    return decisions + plain_step(record, event, now)",
            "tables = record.tables",
            "if tables is None:",
            f"    tables = {tables}(record, now)",
            f"reach = tables[{self._event!r}]",
        ]

    def _names(self) -> list[str]:
        return ["data = event.data", "time = event.time"]

    def _reading(self, lines: list[str]) -> list[str]:
        """Read what these lines speak of."""
        fields = [f"{name} = data.get({field!r})" for field, name in self._text.fields.items()]
        return ["attributes = record.attributes", *fields] if any("attributes" in line for line in lines) else fields

    def _fitting(self) -> list[str]:
        """Ask which parts the event fits, of those that are asked one by one."""
        return [f"{name} = {test}" for name, test in self._counting.tests.items()]

    def _judging(self) -> list[str]:
        """Judge the lines that do not follow from the event alone, before it is counted; `_moving` does so after."""
        self._text.names.update(before=moved_lines.before, after=moved_lines.after, view_of=view_of)
        moves = bool(self._moves and self._engine.program.position_lines)
        watched = [part for part in self._whole.every_part if part.lines or part.thresholds]
        self._judges = bool(watched) or moves
        if not self._judges:
            return []
        judged = f"judged = before(program, reach, view_of(record, event, now), counted, moves={moves})"
        if any(part not in self._counting.fits for part in watched):
            counted = [f"counted = {self._asking('parts', self._whole.parts)}(data, record, now)"]
            fits = "True"
        else:
            named = [(self._text.name("part", part), self._counting.fits[part]) for part in watched]
            counted = ["counted = []", *[f"if {fits}: counted.append({part})" for part, fits in named]]
            fits = " or ".join(fits for _, fits in named)
        if moves:
            return [*counted, judged]
        return [
            "judged = None",
            "slow = reach.slow",
            f"if slow and ({fits}):",
            *indent([*counted, "if not slow.isdisjoint(counted):", f"    {judged}"]),
        ]

    def _judging_after(self) -> list[str]:
        """Move her, and judge those lines again."""
        where = [f"data.get({name!r})" for name in self._moves]
        lines = [f"where = {where[0]}"] if where else []
        for later in where[1:]:
            lines += ["if where is None:", f"    where = {later}"]
        lines += ["moved = NOWHERE if where is None else move(program, record, event, now, where)"] if where else []
        return [*lines, "if judged is not None:", "    after(program, judged, crossed)"] if self._judges else lines

    def _put_off(self, counted: list[str]) -> list[str]:
        """Count the event only if a line may be crossed; else put that off."""
        field = watched_field(self._whole.every_part)
        counting = self._counting_of(compiled=False)
        self._text.names.update(put_off=put_off, counting=counting)
        lines = [
            f"backlog = record.backlogs.get({self._event!r})",
            "if backlog is None and reach.awaited is not None:",
            f"    backlog = put_off(record, reach.awaited, {self._event!r}, counting, now)",
            "if backlog is not None:",
            "    entries = backlog.entries",
        ]
        can = "len(entries) < backlog.most and now < backlog.until and time >= backlog.since"
        if field is None:
            lines += [f"    if {can}:"]
        else:
            # (what is negative may leave a window, and so cross a line)
            lines += [
                f"    total = backlog.total + (data.get({field!r}) or 0)",
                f"    if backlog.total <= total < backlog.limit and {can}:",
                "        backlog.total = total",
            ]
        return [
            *lines,
            "        entries.append((now, time, data))",
            "    else:",
            f"        record.catch_up_with({self._event!r})",
            "        backlog = None",
            "if backlog is None:",
            *indent(counted),
        ]

    def _situations(self) -> list[str]:
        whole = self._whole
        lines = []
        if whole.stops or whole.ends_blocks:
            lines += ["if record.matches or record.partials or record.openings:"]
            lines += ["    decisions += engine.end(reach.whole, record, event, now)"]
        moved = "moved" if self._moves else "NOWHERE"
        lines += [
            "if crossed or record.short_list:",
            "    found = engine.crossed(record, event, now, crossed)",
            "else:",
            "    found = []",
        ]
        if self._moves:
            lines += ["if moved is not NOWHERE:", "    found.extend(visits(program, reach.visits, event, now, moved))"]
        sequences = f"engine.sequences(reach, record, event, now, {moved}, found)"
        if whole.opens is not None:
            lines.append(sequences)
        elif self._steps:
            lines += ["if record.partials or moved is not NOWHERE:", f"    {sequences}"]
        elif whole.waits is not None:
            lines += ["if record.partials:", f"    {sequences}"]
        lines += self._pairs()
        if whole.table.happens:
            lines += [
                "if reach.happens is not None:",
                "    numbers = reach.happens.ask(data, record, now)",
                "    if numbers:",
                "        engine.happens(numbers, event, now, found)",
            ]
        if whole.moments is not None:
            lines += ["engine.set_event_moments(reach.whole, record, event, now)"]
        return [
            *lines,
            "if found:",
            "    decisions.extend(engine.judge_all(record, event, now, found))",
            "return decisions",
        ]

    def _pairs(self) -> list[str]:
        """The sequences of two steps that the event completes, ends and opens."""
        whole, moved = self._whole, "moved" if self._moves else "NOWHERE"
        lines: list[str] = []
        if whole.absences is not None:
            lines += [f"ended = {self._asking('absences', whole.absences)}(data, record, now)"]
            lines += ["if ended:", "    end(program, record, ended, time)"]
        if whole.table.completes:
            lines += ["rules = () if reach.completes is None else reach.completes.ask(data, record, now)"]
        elif self._steps:
            lines += ["rules = ()"]
        if whole.table.completes or self._steps:
            visited = " or moved is not NOWHERE" if self._steps else ""
            lines += [f"if rules{visited}:", f"    engine.complete_pairs(rules, record, event, now, {moved}, found)"]
        if lines:
            lines = ["if record.openings:", *indent(lines)]
        if whole.openings is not None:
            lines += [
                f"opened = {self._asking('openings', whole.openings)}(data, record, now)",
                "if opened:",
                "    open_(program, tables.waits, record, opened, event, now)",
            ]
        return lines

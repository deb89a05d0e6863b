"""The taking of an event as generated Python: one function per event type, in which nothing is looked up twice.

Ordinary is what is fresh, of a customer who is known, and changes no attribute: nearly all events. What is rare
(sequences of many steps, lines that compare two facts, ..) is asked of the engine, as is all of an event that is not
ordinary. `streams.engine.Engine.take_plainly` says the same in plain steps, and tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from models.decisions import Decision
from models.events import Event
from rules.compile.source import NoSource, SourceWriter, run_source
from rules.compile.view import view_of
from rules.facts import counting
from rules.facts.repeats import is_repeated
from rules.facts.running import Running
from rules.facts.series import ASKED, Series
from rules.facts.table import SeriesOf
from rules.fitting import equality_of, fitting
from rules.program import EventProgram, PartProgram
from rules.record import Record
from rules.situations import moved_lines, pairs, places
from rules.situations.places import NOWHERE
from rules.typed import Condition

if TYPE_CHECKING:
    from streams.engine import Engine

#: Takes an event at a moment (ms).
Take = Callable[[Record, Event, int], list[Decision]]

#: Where there are more lines that count, the event parts are asked for instead.
_MOST_LINES = 500


def generated_take(engine: Engine, event: str, whole: EventProgram) -> Take:
    """The function for one event type."""
    return _Writer(engine, event, whole).made()


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
        self._source = SourceWriter(hoist=True)
        self._names = self._source.names
        self._numbers = count()
        #: The parts that are asked one by one whether the event fits them -> the variable that says so.
        self._fits: dict[PartProgram, str] = {}
        self._tests: dict[str, str] = {}
        self._names.update(
            engine=engine,
            plain_step=engine.step,
            run_timers=engine.run_timers,
            is_repeated=is_repeated,
            Series=Series,
            NOWHERE=NOWHERE,
            move=places.move,
            visits=places.visits,
            program=engine.program,
            end=pairs.end,
            open_=pairs.open_,
        )

    def made(self) -> Take:
        counting = self._counting()
        body = [*self._fitting(), *self._judging(), *counting, *self._moving(), *self._situations()]
        lines = ["def take(record, event, now):", *_indent([*self._preparing(), *self._beginning(), *body])]
        made: Take = run_source("\n".join(lines), self._names, f"taking of {self._event!r}")["take"]
        return made

    # ------------------------------------------------------------ parts of it

    def _preparing(self) -> list[str]:
        """Run what is due before the event, and pass over a repeat."""
        return [
            "if now < record.taken:",
            "    now = record.taken",
            "heap = record.heap",
            "decisions = run_timers(record, now) if heap and heap[0][0] <= now else []",
            "repeated = is_repeated(record, event, now)",
            "record.taken = now",
            "if repeated:",
            "    record.count('duplicates')",
            "    return decisions",
        ]

    def _beginning(self) -> list[str]:
        kind = self._engine.kind(self._event)
        tables = self._name("tables", self._engine.tables)
        plain = f"record.born is None or event.time > now or event.arrived - event.time > {kind.stale_after}"
        return [
            f"if {plain}:",
            "    return decisions + plain_step(record, event, now)",
            "tables = record.tables",
            "if tables is None:",
            f"    tables = {tables}(record, now)",
            f"reach = tables[{self._event!r}]",
            "data = event.data",
            "time = event.time",
            "attributes = record.attributes",
            *[f"{name} = data.get({field!r})" for field, name in self._source.fields.items()],
            "crossed = []",
        ]

    def _fitting(self) -> list[str]:
        """Ask which parts the event fits, of those that are asked one by one."""
        return [f"{name} = {test}" for name, test in self._tests.items()]

    def _judging(self) -> list[str]:
        """Judge the lines that do not follow from the event alone, before it is counted; `_moving` does so after."""
        self._names.update(before=moved_lines.before, after=moved_lines.after, view_of=view_of)
        moves = bool(self._moves and self._engine.program.position_lines)
        watched = [part for part in self._whole.every_part if part.lines or part.thresholds]
        self._judges = bool(watched) or moves
        if not self._judges:
            return []
        judged = f"judged = before(program, reach, view_of(record, event, now), counted, moves={moves})"
        if any(part not in self._fits for part in watched):
            counted = [f"counted = {self._name('parts', self._whole.parts)}(data, record, now)"]
            fits = "True"
        else:
            named = [(self._name("part", part), self._fits[part]) for part in watched]
            counted = ["counted = []", *[f"if {fits}: counted.append({part})" for part, fits in named]]
            fits = " or ".join(fits for _, fits in named)
        if moves:
            return [*counted, judged]
        return [
            "judged = None",
            "slow = reach.slow",
            f"if slow and ({fits}):",
            *_indent([*counted, "if not slow.isdisjoint(counted):", f"    {judged}"]),
        ]

    def _counting(self) -> list[str]:
        """Count the event in each part it belongs to, and see which lines that crosses."""
        if not self._whole.every_part:
            return []
        lines = ["series = record.series", "running = record.running", "quick = reach.quick"]
        tables: dict[str, dict[Any, list[PartProgram]]] = {}
        for part, wheres in self._parts():
            found = equality_of(wheres[0]) if len(wheres) == 1 else None
            if found is not None and _plain(part):
                field, values = found
                for value in values:
                    tables.setdefault(field, {}).setdefault(value, []).append(part)
            else:
                lines += self._one_part(part, wheres)
        if len(lines) > _MOST_LINES:
            self._fits, self._tests = {}, {}
            return self._asked()
        for field, table in tables.items():
            lines += self._table(field, table)
        return lines

    def _asked(self) -> list[str]:
        """Where there are very many parts: ask which the event fits, of those that only count, of those that sum up a
        field, and of the others."""
        self._names["count"] = counting.count
        groups: dict[str | None, list[tuple[Condition | None, PartProgram]]] = {}
        for part, where in self._whole.part_patterns:
            groups.setdefault(_only_sum(part) if _plain(part) else None, []).append((where, part))
        lines = ["series = record.series", "quick = reach.quick"]
        for only, patterns in groups.items():
            parts = self._name("parts", fitting(patterns, self._engine.program.compiler))
            lines += [f"for part in {parts}(data, record, now):"]
            lines += _indent(self._counted_surely() if only is None else self._counted_alike(only))
        return lines

    def _counted_surely(self) -> list[str]:
        return [
            "kept = count(part, record, event, now)",
            "each = None if part.each is None else data.get(part.each)",
            "if kept is not None:",
            *_indent(self._crossings("part.number", "each")),
        ]

    def _counted_alike(self, only: str) -> list[str]:
        """Count in the series of one of many parts, which sum up this field (empty: none)."""
        usual, value = "(not times or time >= times[-1])", ""
        summed = []
        if only:
            value = self._source.field(only)
            usual = f"{value} is not None and {value} >= 0 and kept.whole and {usual}"
            summed = ["    column = kept.columns[0]", f"    column.append(column[-1] + {value})"]
        return [
            "of = part.series",
            "kept = series.get(of.key)",
            "if kept is None:",
            "    kept = series[of.key] = Series(of.fields)",
            "times = kept.times",
            f"if {usual}:",
            "    times.append(time)",
            *summed,
            f"    if not len(times) % {ASKED}:",
            "        kept.shrink(now - of.keep, of.width)",
            "else:",
            "    kept.add(time, data, now - of.keep, of.width)",
            *self._crossings("part.number"),
        ]

    def _parts(self) -> Iterable[tuple[PartProgram, list[Condition | None]]]:
        found: dict[PartProgram, list[Condition | None]] = {}
        for part, where in self._whole.part_patterns:
            found.setdefault(part, []).append(where)
        return found.items()

    def _one_part(self, part: PartProgram, wheres: list[Condition | None]) -> list[str]:
        block = self._counted_of_value(part) if part.each is not None else self._counted_of_all(part)
        if None in wheres:
            self._fits[part] = "True"
            return block
        name = self._fits[part] = f"fits_{next(self._numbers)}"
        self._tests[name] = " or ".join(self._test(where) for where in wheres if where is not None)
        return [f"if {name}:", *_indent(block)]

    def _counted_of_all(self, part: PartProgram) -> list[str]:
        """Count in the totals and in the series of a part."""
        lines = []
        if part.running is not None:
            self._names["Running"] = Running
            lines += [
                f"kept = running.get({part.running.key})",
                "if kept is None:",
                f"    kept = running[{part.running.key}] = Running({part.running_fields!r})",
                self._added(part),
            ]
        if part.series is not None:
            fields = self._name("fields", part.series.fields)
            lines += [
                f"kept = series.get({part.series.key})",
                "if kept is None:",
                f"    kept = series[{part.series.key}] = Series({fields})",
                *self._appended(part.series),
            ]
        return [*lines, *self._crossings(str(part.number))]

    def _counted_of_value(self, part: PartProgram) -> list[str]:
        """Count in what is kept apart by `each`; who was used last is last."""
        assert part.each is not None
        self._names["count"] = counting.count
        each, first = self._source.field(part.each), f"kept = count({self._name('part', part)}, record, event, now)"
        if part.series is not None and part.running is not None:
            lines = [first]
        else:
            table, key = ("each_running", part.running.key) if part.running is not None else ("each_series", part.key)
            appended = [self._added(part)] if part.series is None else self._appended(part.series)
            lines = [
                f"values = record.{table}.get({key})",
                f"kept = None if values is None else values.pop({each}, None)",
                "if kept is None:",
                f"    {first}",
                "else:",
                f"    values[{each}] = kept",
                *_indent(appended),
            ]
        return [f"if {each} is not None:", *_indent([*lines, *self._crossings(str(part.number), each)])]

    def _added(self, part: PartProgram) -> str:
        """Add to totals."""
        values = "".join(f"{self._source.field(name)}, " for name in part.running_fields)
        return f"kept.add(time, ({values}), {part.running_flags!r})"

    def _appended(self, of: SeriesOf) -> list[str]:
        """Put the event into a series."""
        values = [self._source.field(name) for name, _ in of.fields]
        summed = [value for value, (_, flag) in zip(values, of.fields, strict=True) if flag]
        usual = ["kept.whole", *(f"{value} is not None and {value} >= 0" for value in summed)] if summed else []
        lines = [
            "times = kept.times",
            f"if {' and '.join(['(not times or time >= times[-1])', *usual])}:",
            "    times.append(time)",
        ]
        if of.fields:
            lines.append("    columns = kept.columns")
        for number, (value, (_, flag)) in enumerate(zip(values, of.fields, strict=True)):
            if flag:
                lines += [f"    column = columns[{number}]", f"    column.append(column[-1] + {value})"]
            else:
                lines.append(f"    columns[{number}].append({value})")
        return [
            *lines,
            f"    if not len(times) % {ASKED}:",
            f"        kept.shrink(now - {of.keep}, {of.width})",
            "else:",
            f"    kept.add(time, data, now - {of.keep}, {of.width})",
        ]

    def _crossings(self, part: str, each: str = "None") -> list[str]:
        return [
            f"if {part} in quick:",
            f"    numbers = quick[{part}](record, kept, now, time, data)",
            "    if numbers:",
            f"        crossed += [(number, {each}) for number in numbers]",
        ]

    def _table(self, field: str, table: dict[Any, list[PartProgram]]) -> list[str]:
        """Count in the parts that one value of a field leads to."""
        rows = {value: tuple(map(_row_of, parts)) for value, parts in table.items()}
        return [
            f"for part, key, of, only in {self._name('rows', rows)}.get({self._source.field(field)}, ()):",
            *_indent(self._counted_in_row()),
        ]

    def _counted_in_row(self) -> list[str]:
        """Count in the series of a part that is known by its row."""
        return [
            "kept = series.get(key)",
            "if kept is None:",
            "    kept = series[key] = Series(of.fields)",
            "times = kept.times",
            "value = data.get(only) if only else 0",
            "if only is None or value is None or value < 0 or not kept.whole or (times and time < times[-1]):",
            "    kept.add(time, data, now - of.keep, of.width)",
            "else:",
            "    times.append(time)",
            "    if only:",
            "        column = kept.columns[0]",
            "        column.append(column[-1] + value)",
            f"    if not len(times) % {ASKED}:",
            "        kept.shrink(now - of.keep, of.width)",
            *self._crossings("part"),
        ]

    def _moving(self) -> list[str]:
        lines = [f"moved = move(program, record, event, now, {self._moves!r})" if self._moves else "moved = NOWHERE"]
        return [*lines, "if judged is not None:", "    after(program, judged, crossed)"] if self._judges else lines

    def _situations(self) -> list[str]:
        whole = self._whole
        lines = []
        if whole.stops or whole.ends_blocks:
            lines += ["if record.matches or record.partials or record.openings:"]
            lines += ["    decisions += engine.end(reach.whole, record, event, now)"]
        lines += [
            "if crossed or record.short_list:",
            "    found = engine.crossed(record, event, now, crossed)",
            "else:",
            "    found = []",
        ]
        if self._moves:
            lines += ["if moved is not NOWHERE:", "    found.extend(visits(program, reach.visits, event, now, moved))"]
        sequences = "engine.sequences(reach, record, event, now, moved, found)"
        if whole.opens is not None:
            lines.append(sequences)
        else:
            visited = " or moved is not NOWHERE" if self._steps else ""
            lines += [f"if record.partials{visited}:", f"    {sequences}"]
        lines += self._pairs()
        lines += [
            "if reach.happens is not None:",
            "    numbers = reach.happens(data, record, now)",
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
        whole, lines = self._whole, ["if record.openings:"]
        if whole.absences is not None:
            lines += [f"    ended = {self._name('absences', whole.absences)}(data, record, now)"]
            lines += ["    if ended:", "        end(program, record, ended, time)"]
        visited = " or moved is not NOWHERE" if self._steps else ""
        lines += [
            f"    if reach.completes is not None{visited}:",
            "        engine.complete_pairs(reach, record, event, now, moved, found)",
        ]
        if whole.openings is not None:
            lines += [
                f"opened = {self._name('openings', whole.openings)}(data, record, now)",
                "if opened:",
                "    open_(program, tables.waits, record, opened, event, now)",
            ]
        return lines

    # ------------------------------------------------------------ bits

    def _test(self, where: Condition) -> str:
        try:
            return self._source.true(where)
        except NoSource:
            return f"{self._name('check', self._engine.program.compiler.check(where))}({self._view()}) is True"

    def _view(self) -> str:
        self._names["view_of"] = view_of
        return "view_of(record, event, now)"

    def _name(self, word: str, value: Any) -> str:
        name = f"{word}_{next(self._numbers)}"
        self._names[name] = value
        return name


def _plain(part: PartProgram) -> bool:
    """Whether a part is one series, and nothing else."""
    return part.series is not None and part.each is None and part.running is None


def _row_of(part: PartProgram) -> tuple[int, int, SeriesOf | None, str | None]:
    """Number, key and series of a plain part, and its only sum."""
    return part.number, part.key, part.series, _only_sum(part)


def _only_sum(part: PartProgram) -> str | None:
    """The one field that is summed; empty where events are only counted, None where there is more."""
    assert part.series is not None
    match part.series.fields:
        case ():
            return ""
        case ((name, True),):
            return name
        case _:
            return None


def _indent(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]

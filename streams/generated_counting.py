"""The lines of a generated function that count an event, in each part it belongs to, and see what that crosses.

They speak of `record`, `now`, `time` and `data`, and to see what is crossed of `reach` and `crossed`, which
`streams.generated` has defined.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rules.conjuncts import equality_of
from rules.facts import counting
from rules.facts.running import Running
from rules.facts.series import ASKED, NEVER, Series
from rules.facts.table import SeriesOf
from rules.fitting import asking
from rules.program import EventProgram, PartProgram
from rules.typed import Condition
from streams.function_text import FunctionText, indent

#: Where there are more lines that count, the event parts are asked for instead.
_MOST_LINES = 500


class CountingText:
    """Writes the lines for one event type."""

    def __init__(self, text: FunctionText, whole: EventProgram, *, asks: bool = True) -> None:
        """`asks`: see what is crossed; else only count."""
        self._text = text
        self._whole = whole
        self._asks = asks
        text.names["Series"] = Series
        #: The parts that are asked one by one whether the event fits them -> the variable that says so, and its value.
        self.fits: dict[PartProgram, str] = {}
        self.tests: dict[str, str] = {}

    def rows(self) -> tuple[list[PartProgram], dict[str, dict[Any, list[PartProgram]]]] | None:
        """The parts in which all events count, and field -> value -> parts; None if some of them are not so plain."""
        always: list[PartProgram] = []
        tables: dict[str, dict[Any, list[PartProgram]]] = {}
        for part, wheres in self._parts():
            if not _plain(part) or len(wheres) > 1:
                return None
            found = equality_of(wheres[0])
            if found is None:
                if wheres[0] is not None or only_sum(part) is None:
                    return None
                always.append(part)
            else:
                _put_into(tables, found, part)
        return always, tables

    def lines(self) -> list[str]:
        """Count the event in each part it belongs to, and see which lines that crosses."""
        if not self._whole.every_part:
            return []
        lines = self._kept()
        tables: dict[str, dict[Any, list[PartProgram]]] = {}
        for part, wheres in self._parts():
            found = equality_of(wheres[0]) if len(wheres) == 1 else None
            if found is not None and _plain(part):
                _put_into(tables, found, part)
            else:
                lines += self._one_part(part, wheres)
        if len(lines) > _MOST_LINES:
            self.fits.clear()
            self.tests.clear()
            return self._asked()
        for field, table in tables.items():
            lines += self._table(field, table)
        return lines

    def _kept(self) -> list[str]:
        """What is looked up once."""
        lines = ["series = record.kept_series"]
        if any(part.running is not None for part in self._whole.every_part):
            lines += ["running = record.kept_running"]
        return [*lines, "quick = reach.quick"] if self._asks else lines

    def _asked(self) -> list[str]:
        """Where there are very many parts: ask which the event fits, of those that only count, of those that sum up a
        field, and of the others."""
        self._text.names["count"] = counting.count
        groups: dict[str | None, list[tuple[Condition | None, PartProgram]]] = {}
        for part, where in self._whole.part_patterns:
            groups.setdefault(only_sum(part) if _plain(part) else None, []).append((where, part))
        lines = self._kept()
        for only, patterns in groups.items():
            parts = self._text.name("parts", asking(patterns, self._text.compiler))
            lines += [f"for part in {parts}(data, record, now):"]
            lines += indent(self._counted_surely() if only is None else self._counted_alike(only))
        return lines

    def _counted_surely(self) -> list[str]:
        return [
            "kept = count(part, record, time, data, now)",
            "each = None if part.each is None else data.get(part.each)",
            *self._asked_always("part.number", "each", given="kept is not None"),
        ]

    def _counted_alike(self, only: str) -> list[str]:
        """Count in the series of one of many parts, which sum up this field (empty: none)."""
        usual, value = "(not times or time >= times[-1])", ""
        summed = []
        if only:
            value = self._text.field(only)
            usual = f"{value} is not None and {value} >= 0 and kept.whole and {usual}"
            summed = indent(_added_up(0, value, watched=True))
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
            *([f"    total = {NEVER}"] if only else []),
            *self._asked_if_awake("part.number", summed=bool(only)),
        ]

    def _parts(self) -> Iterable[tuple[PartProgram, list[Condition | None]]]:
        found: dict[PartProgram, list[Condition | None]] = {}
        for part, where in self._whole.part_patterns:
            found.setdefault(part, []).append(where)
        return found.items()

    def _one_part(self, part: PartProgram, wheres: list[Condition | None]) -> list[str]:
        block = self._counted_of_value(part) if part.each is not None else self._counted_of_all(part)
        if None in wheres:
            self.fits[part] = "True"
            return block
        name = self.fits[part] = self._text.new("fits")
        self.tests[name] = " or ".join(self._text.test(where) for where in wheres if where is not None)
        return [f"if {name}:", *indent(block)]

    def _counted_of_all(self, part: PartProgram) -> list[str]:
        """Count in the totals and in the series of a part."""
        lines = []
        if part.running is not None:
            self._text.names["Running"] = Running
            lines += [
                f"kept = running.get({part.running.key})",
                "if kept is None:",
                f"    kept = running[{part.running.key}] = Running({part.running_fields!r})",
                self._added(part),
            ]
        if part.series is not None:
            fields = self._text.name("fields", part.series.fields)
            lines += [
                f"kept = series.get({part.series.key})",
                "if kept is None:",
                f"    kept = series[{part.series.key}] = Series({fields})",
                *self._appended(part.series, part.watched),
            ]
            return [*lines, *self._asked_if_awake(str(part.number), summed=part.watched >= 0)]
        return [*lines, *self._asked_always(str(part.number))]

    def _counted_of_value(self, part: PartProgram) -> list[str]:
        """Count in what is kept apart by `each`; who was used last is last."""
        assert part.each is not None
        self._text.names["count"] = counting.count
        each, first = (
            self._text.field(part.each),
            f"kept = count({self._text.name('part', part)}, record, time, data, now)",
        )
        if part.series is not None and part.running is not None:
            lines = [first]
        else:
            table, key = ("each_running", part.running.key) if part.running is not None else ("each_series", part.key)
            appended = [self._added(part)] if part.series is None else self._appended(part.series, -1)
            lines = [
                f"values = record.kept_{table}.get({key})",
                f"kept = None if values is None else values.pop({each}, None)",
                "if kept is None:",
                f"    {first}",
                "else:",
                f"    values[{each}] = kept",
                *indent(appended),
            ]
        return [f"if {each} is not None:", *indent([*lines, *self._asked_always(str(part.number), each)])]

    def _added(self, part: PartProgram) -> str:
        """Add to totals."""
        values = "".join(f"{self._text.field(name)}, " for name in part.running_fields)
        return f"kept.add(time, ({values}), {part.running_flags!r})"

    def _appended(self, of: SeriesOf, watched: int) -> list[str]:
        """Put the event into a series; `total` becomes that of the column that is watched (-1: none)."""
        values = [self._text.field(name) for name, _ in of.fields]
        summed = [value for value, (_, flag) in zip(values, of.fields, strict=True) if flag]
        usual = ["kept.whole", *(f"{value} is not None and {value} >= 0" for value in summed)] if summed else []
        lines = [
            "times = kept.times",
            f"if {' and '.join(['(not times or time >= times[-1])', *usual])}:",
            "    times.append(time)",
        ]
        if not all(flag for _, flag in of.fields):
            lines.append("    columns = kept.columns")
        for number, (value, (_, flag)) in enumerate(zip(values, of.fields, strict=True)):
            if flag:
                lines += indent(_added_up(number, value, watched=number == watched))
            else:
                lines.append(f"    columns[{number}].append({value})")
        return [
            *lines,
            f"    if not len(times) % {ASKED}:",
            f"        kept.shrink(now - {of.keep}, {of.width})",
            "else:",
            f"    kept.add(time, data, now - {of.keep}, {of.width})",
            *([f"    total = {NEVER}"] if watched >= 0 else []),
        ]

    def _table(self, field: str, table: dict[Any, list[PartProgram]]) -> list[str]:
        """Count in the parts that one value of a field leads to."""
        rows = {value: tuple(map(_row_of, parts)) for value, parts in table.items()}
        return [
            f"for part, key, of, only in {self._text.name('rows', rows)}.get({self._text.field(field)}, ()):",
            *indent(self._counted_in_row()),
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
            f"    total = {NEVER}",
            "else:",
            "    times.append(time)",
            "    total = 0",
            "    if only:",
            *indent(indent(_added_up(0, "value", watched=True))),
            f"    if not len(times) % {ASKED}:",
            "        kept.shrink(now - of.keep, of.width)",
            *self._asked_if_awake("part", summed=True),
        ]

    def _asked_always(self, part: str, each: str = "None", given: str = "") -> list[str]:
        """See which lines of a part are crossed."""
        if not self._asks:
            return []
        return [f"if {f'{given} and ' if given else ''}{part} in quick:", *indent(_asked(part, each))]

    def _asked_if_awake(self, part: str, *, summed: bool) -> list[str]:
        """The same, unless they rest. `summed`: what `total` has come to counts, too."""
        if not self._asks:
            return []
        total = " or total >= kept.rests_total" if summed else ""
        return [
            f"if now >= kept.rests_until or len(times) >= kept.rests_entries{total}:",
            *indent([*self._asked_always(part), "else:", "    kept.rest()"]),
        ]


def _added_up(column: int, value: str, *, watched: bool) -> list[str]:
    """Put a value into a summed column of `kept`."""
    lines = [f"column = kept.columns[{column}]"]
    if watched:
        return [*lines, f"total = column[-1] + {value}", "column.append(total)"]
    return [*lines, f"column.append(column[-1] + {value})"]


def _asked(part: str, each: str) -> list[str]:
    return [
        f"numbers = quick[{part}](record, kept, now, time, data)",
        "if numbers:",
        f"    crossed += [(number, {each}) for number in numbers]",
    ]


def _put_into(
    tables: dict[str, dict[Any, list[PartProgram]]], equality: tuple[str, list[Any]], part: PartProgram
) -> None:
    field, values = equality
    for value in values:
        tables.setdefault(field, {}).setdefault(value, []).append(part)


def _plain(part: PartProgram) -> bool:
    """Whether a part is one series, and nothing else."""
    return part.series is not None and part.each is None and part.running is None


def _row_of(part: PartProgram) -> tuple[int, int, SeriesOf | None, str | None]:
    """Number, key and series of a plain part, and its only sum."""
    return part.number, part.key, part.series, only_sum(part)


def only_sum(part: PartProgram) -> str | None:
    """The one field that is summed; empty where events are only counted, None where there is more."""
    assert part.series is not None
    match part.series.fields:
        case ():
            return ""
        case ((name, True),):
            return name
        case _:
            return None

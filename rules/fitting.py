"""Which of many patterns an event fits, without trying them all: a generated function for each such question.

A pattern's condition is a conjunction. Where several patterns compare one field with constants, an equality puts them
into a table by that value, a comparison of size into a list sorted by it; what is left is tried one by one, as a
predicate of generated source or, where it looks at more than the event and the attributes, as a closure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from models.types import Value
from rules.compile.expressions import Compiler
from rules.compile.source import NoSource, SourceWriter, run_source
from rules.compile.view import View
from rules.conjuncts import conjuncts, field_of, is_equality, is_folded, is_size, joined, limit_of, values_of
from rules.record import Record
from rules.shortcuts import Conjuncts, Shortcut, shortcut
from rules.typed import Comparator, Compare, Condition

_Payload = TypeVar("_Payload")
#: What the patterns lead to that an event fits, each once: of its data, her record, and now (ms). It is never changed.
Asking = Callable[[dict[str, Value], Record, int], list[_Payload]]

#: From so many patterns on that compare one field, a table or a sorted list is quicker than trying them.
_FEW = 4


@dataclass(slots=True)
class _Entry(Generic[_Payload]):
    """A distinct condition, taken apart, and what it leads to."""

    rest: list[Condition]
    payloads: list[_Payload]


@dataclass(frozen=True, slots=True)
class Fitting(Generic[_Payload]):
    """Which of many patterns an event fits; and the short way to it, if there is one."""

    ask: Asking[_Payload]
    shortcut: Shortcut[_Payload] | None


def fitting(patterns: Iterable[tuple[Condition | None, _Payload]], compiler: Compiler) -> Fitting[_Payload] | None:
    """The question which of these patterns an event fits; None where there are none."""
    together: dict[Condition | None, list[_Payload]] = {}
    for where, payload in patterns:
        together.setdefault(where, []).append(payload)
    if not together:
        return None
    apart = [(conjuncts(where), payloads) for where, payloads in together.items()]
    short = shortcut(apart)
    return Fitting(_looked_up(short) or _written(apart, compiler), short)


def asking(patterns: Iterable[tuple[Condition | None, _Payload]], compiler: Compiler) -> Asking[_Payload]:
    """The same as a function, which says nothing where there are none."""
    made = fitting(patterns, compiler)
    return (lambda _data, _record, _now: []) if made is None else made.ask


def _looked_up(short: Shortcut[_Payload] | None) -> Asking[_Payload] | None:
    """The function where the value of one field says all."""
    if short is None or short.answers is None or short.folded:
        return None
    field_, always, answers = short.field, short.always, short.answers

    def fit(data: dict[Any, Value], _record: Record, _now: int) -> list[_Payload]:
        return answers.get(data.get(field_), always)

    return fit


def _written(apart: list[Conjuncts[_Payload]], compiler: Compiler) -> Asking[_Payload]:
    """A generated function."""
    writer: _Writer[_Payload] = _Writer(compiler)
    writer.write(_Entry(rest, payloads) for rest, payloads in apart)
    payloads = [payload for _, found in apart for payload in found]
    return writer.made(unique=len(set(payloads)) == len(payloads))


class _Writer(Generic[_Payload]):
    """Writes the function."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._source = SourceWriter(hoist=True)
        self._names = self._source.names
        self._names.update(View=View, left=bisect_left, right=bisect_right)
        self._always: list[_Payload] = []
        self._lines: list[str] = []
        self._looks = False

    def write(self, entries: Iterable[_Entry[_Payload]]) -> None:
        rest = list(entries)
        rest = self._tables(rest)
        for entry in rest:
            self._tried(entry)

    def made(self, *, unique: bool) -> Asking[_Payload]:
        self._names["always"] = self._always
        lines = ["def fit(data, record, now):"]
        if self._looks:
            lines += ["    view = View(record, now)", "    view.data = data"]
        lines += [f"    {name} = data.get({field_!r})" for field_, name in self._source.fields.items()]
        lines += ["    attributes = record.attributes", "    found = always.copy()", *self._lines]
        lines.append("    return found" if unique else "    return list(dict.fromkeys(found))")
        made: Asking[_Payload] = run_source("\n".join(lines), self._names)["fit"]
        return made

    # ------------------------------------------------------------ entries

    def _tried(self, entry: _Entry[_Payload]) -> None:
        """Try what is left of a condition."""
        if not entry.rest:
            self._always += entry.payloads
            return
        test, payloads = self._test(entry.rest), self._name("x", entry.payloads)
        self._put(f"if {test}: found += {payloads}")

    def _test(self, rest: list[Condition]) -> str:
        condition = joined(rest)
        try:
            return self._source.true(condition)
        except NoSource:
            self._looks = True
            return f"{self._name('c', self._compiler.check(condition))}(view) is True"

    def _tables(self, entries: list[_Entry[_Payload]]) -> list[_Entry[_Payload]]:
        """Write the tables and sorted lists that pay, and give back the entries that are in none."""
        for questions in (_equalities(entries), _comparisons(entries)):
            for key, members in questions.items():
                if len(members) < _FEW:
                    continue
                if isinstance(key[1], bool):
                    self._table(key[0], key[1], members)
                else:
                    self._sorted(key[0], key[1], members)
                taken = {id(entry) for _, entry in members}
                entries = [entry for entry in entries if id(entry) not in taken]
                return self._tables(entries)
        return entries

    def _table(self, field_: str, folded: bool, members: list[tuple[Condition, _Entry[_Payload]]]) -> None:
        by_value: dict[Any, list[tuple[Callable[..., bool] | None, list[_Payload]]]] = {}
        for equality, entry in members:
            rest = [one for one in entry.rest if one is not equality]
            for value in values_of(equality):
                by_value.setdefault(value, []).append((self._rest(rest), entry.payloads))
        value = self._source.field(field_)
        self._put(f"if {value} is not None:")
        key = f"fold({value})" if folded else value
        self._put(f"    for rest, payloads in {self._name('t', by_value)}.get({key}, ()):")
        self._put_rest("        ")

    def _sorted(self, field_: str, size: Comparator, members: list[tuple[Condition, _Entry[_Payload]]]) -> None:
        ordered = sorted(members, key=lambda member: limit_of(member[0]))
        limits = [limit_of(comparison) for comparison, _ in ordered]
        entries = [
            (self._rest([one for one in entry.rest if one is not comparison]), entry.payloads)
            for comparison, entry in ordered
        ]
        names, value = (self._name("l", limits), self._name("e", entries)), self._source.field(field_)
        side = {
            Comparator.MORE: f"[:left({names[0]}, {value})]",
            Comparator.AT_LEAST: f"[:right({names[0]}, {value})]",
            Comparator.LESS: f"[right({names[0]}, {value}):]",
        }.get(size, f"[left({names[0]}, {value}):]")
        nearest = limits[0] if size in {Comparator.MORE, Comparator.AT_LEAST} else limits[-1]  # mostly not reached
        self._put(f"if {value} is not None and {value} {size.value} {nearest}:")
        self._put(f"    for rest, payloads in {names[1]}{side}:")
        self._put_rest("        ")

    def _put_rest(self, indent: str) -> None:
        self._put(f"{indent}if rest is None or rest(data, attributes, record, now): found += payloads")

    def _rest(self, rest: list[Condition]) -> Callable[..., bool] | None:
        if not rest:
            return None
        condition = joined(rest)
        predicate = self._compiler.predicate(condition)
        if predicate is not None:
            return predicate
        check = self._compiler.check(condition)

        def looked(data: dict[str, Value], attributes: object, record: Record, now: int) -> bool:
            view = View(record, now)
            view.data = data
            return check(view) is True

        return looked

    def _put(self, line: str) -> None:
        self._lines.append(f"    {line}")

    def _name(self, letter: str, value: Any) -> str:
        name = f"{letter}{len(self._names)}"
        self._names[name] = value
        return name


# ------------------------------------------------------------ entries by question


_Key = tuple[str, bool | Comparator]
_Questions = dict[_Key, list[tuple[Condition, _Entry[Any]]]]


def _equalities(entries: list[_Entry[Any]]) -> _Questions:
    """By field and whether its values are folded: the entries with an equality on it (one each), most first."""
    found: _Questions = {}
    for entry in entries:
        own = {(field_of(one).name, is_folded(one)): one for one in reversed(entry.rest) if is_equality(one)}
        for key, one in own.items():
            found.setdefault(key, []).append((one, entry))
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _comparisons(entries: list[_Entry[Any]]) -> _Questions:
    """The same by field and comparison of size."""
    found: _Questions = {}
    for entry in entries:
        for one in entry.rest:
            if isinstance(one, Compare) and is_size(one):
                found.setdefault((field_of(one).name, one.operator), []).append((one, entry))
                break
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))

"""The quick way from a line to an event: structs and functions made for the event types of one vocabulary.

msgspec reads a line into the struct of its type, and a function written for the type (`streams.wire.quick_source`)
makes the event of it. Whatever is unusual is left to those who read more slowly, and say what is wrong. Where code has
been compiled, lines of the usual form do not come here: `streams.wire.scanning` reads them.

A struct says nothing of keys that stand twice, or that it does not know. But each name and each text of JSON stands
between two quotation marks: a line that has no more of them than what was read holds nothing else, however it is
spaced or escaped.
"""

from __future__ import annotations

import linecache
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, Union

import msgspec
from msgspec import UNSET, Struct

from models.events import Event
from models.types import Kind
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from streams.wire.envelope import NO_SOURCE, Envelope
from streams.wire.plans import Plan
from streams.wire.quick_source import LOOK_UP, Field, source_of
from streams.wire.remembered import Remembered
from streams.wire.scanned import Scanned
from streams.wire.sent import COMPLETING, OPTIONAL, UNUSED, can_be_sent, data_struct, fields_of, sent_struct
from streams.wire.times import TimeReader
from streams.wire.values import NumberText, Reader

#: Makes an event of what was sent, its line, its arrival if that is known, and the counts of what is passed over.
Maker = Callable[[Any, bytes, int | None, Counter[tuple[str, str]]], Event | None]

#: Names that are passed over, of a type of event, before further ones are left to those who read more slowly.
_MOST_UNKNOWN = 100
#: A whole number that is passed over is smaller than this.
_LONG = 1 << 64
#: What says where she is, whether a rule asks for it by name or not.
_POSITIONS = (Kind.POINT, Kind.CELL)


class _Type:
    """A type of event, its names on the wire, and the names of its attributes and fields that are passed over."""

    def __init__(self, plan: Plan, names: list[str], known: list[Field], expected: frozenset[str]) -> None:
        self.plan = plan
        self.names = names
        #: Its fields, each with the spellings that are read.
        self.known = known
        #: Spellings that are not read, as the first event had others; None: all are read, whatever comes.
        self.left_out: frozenset[str] | None = frozenset()
        #: Attributes that all its events have, of those that may be missing.
        self.expected = expected
        #: Whether a line of it has come.
        self.seen = False
        self.structs: list[type[Struct]] = []
        self.attributes: dict[str, str] = {}
        self.fields: dict[str, str] = {}


class QuickWay:
    """Reads the lines of one vocabulary: `makers[type(sent)](sent, line, arrived, ignored)` of `sent = read(line)`.

    What gives None, or raises MsgspecError, KeyError, ValueError or RecursionError, has to be read more slowly.
    """

    read: Callable[[bytes], Struct]

    def __init__(
        self,
        plans: Mapping[str, Plan],
        vocabulary: Vocabulary,
        times: TimeReader,
        *,
        complete: bool,
        asked: Collection[str] | None = None,
    ) -> None:
        """`plans`: by each name that a type has on the wire. `complete`: no attribute may be missing. `asked`: see
        `Decoder`.
        """
        self._asked = asked
        self.makers: dict[type[Struct], Maker] = {}
        self._vocabulary = vocabulary
        self._times = times
        self._types: dict[str, _Type] = {}
        self._texts: dict[Any, Remembered] = {}
        #: Whether an event had attributes that are not used.
        self._unused = False
        # What has no customer (`clock`) comes seldom.
        for plan in {plan.name: plan for plan in plans.values() if plan.needs_customer}.values():
            names = [name for name, other in plans.items() if other is plan]
            if can_be_sent([*names, *plan.fields]):
                expected = frozenset(COMPLETING if complete else ())
                self._types[plan.name] = _Type(plan, names, self._fields(plan), expected)
        for type_ in self._types.values():
            self._shape(type_)
        self._make_reader()

    def scanned(self) -> list[Scanned]:
        """What a scanner is to be told of the types of events."""
        return [self._scanned(type_) for type_ in self._types.values()]

    def pass_over(self, event: str, name: str, *, of_data: bool) -> None:
        """From now on an attribute, or a field of the data, that the vocabulary does not know costs little."""
        type_ = self._types.get(event)
        if type_ is None or not can_be_sent([name]):
            return
        unknown = type_.fields if of_data else type_.attributes
        if name not in unknown.values() and len(unknown) < _MOST_UNKNOWN:
            unknown[f"unknown_{len(unknown)}"] = name
            self._reshape(type_)

    def read_slowly(self, event: str, envelope: Envelope) -> None:
        """An event was read more slowly: from now on it need not be for the sake of how its producer writes."""
        type_ = self._types.get(event)
        if type_ is None:
            return
        if not self._unused and any(getattr(envelope, name) for name in UNUSED):
            self._unused = True
            self._reshape(*self._types.values())
        known = type_.known
        if type_.left_out and not type_.left_out.isdisjoint(envelope.data):
            exact = {field.name for field in known if field.exact}
            known = [field._replace(exact=field.name in exact) for field in self._fields(type_.plan)]
            type_.left_out = None
        known = [_loosened(field, envelope.data) for field in known]
        expected = frozenset(name for name in type_.expected if getattr(envelope, name))
        if known != type_.known or expected != type_.expected:
            type_.known, type_.expected = known, expected
            self._reshape(type_)

    def _scanned(self, type_: _Type) -> Scanned:
        plan, fields = type_.plan, self._fields(type_.plan)
        known = {field.name: self._remembered(plan, field.name).known for field in fields if field.form in LOOK_UP}
        kinds = {name: of.kind for name, of in plan.types.items()}
        return Scanned(plan.name, type_.names, fields, kinds, known, plan.keeps_null)

    def _fields(self, plan: Plan) -> list[Field]:
        fields, asked = fields_of(plan, self._vocabulary), self._asked
        if asked is None or plan.name in RESERVED_EVENTS:
            return fields
        return [
            field._replace(kept=field.name in asked or plan.types[field.name].kind in _POSITIONS) for field in fields
        ]

    def _expect(self, type_: _Type, sent: Any) -> None:
        """Most producers write all events of a type as they write the first: so they are read from now on."""
        type_.seen, data = True, sent.data
        known: list[Field] = []
        left_out: set[str] = set()
        for field in type_.known:
            values = {each: value for each in field.attributes if (value := getattr(data, each)) is not UNSET}
            if len(values) == 1:
                ((attribute, value),) = values.items()
                left_out.update(name for each, name in field.attributes.items() if each != attribute)
                attributes = {attribute: field.attributes[attribute]}
                known.append(field._replace(attributes=attributes, exact=field.takes(value)))
            else:
                known.append(field)
        type_.known, type_.left_out = known, frozenset(left_out)
        type_.expected = frozenset(name for name in OPTIONAL if getattr(sent, name) is not UNSET)
        self._reshape(type_)

    def _reshape(self, *types: _Type) -> None:
        for type_ in types:
            for struct in type_.structs:
                del self.makers[struct]
            self._shape(type_)
        self._make_reader()

    def _make_reader(self) -> None:
        # Numbers that are not whole come as bytes where they must not become binary fractions.
        any_of_them: Any = Union[tuple(self.makers)]  # noqa: UP007 -- of as many as there are
        self.read = msgspec.json.Decoder(any_of_them, float_hook=str.encode).decode

    def _shape(self, type_: _Type) -> None:
        """Make the structs of a type; its function when an event of it comes, as most types never do in most runs."""
        plan, fields, expected = type_.plan, type_.known, type_.expected
        data = data_struct(fields, type_.fields)
        needed = bool(plan.required)
        type_.structs = [
            sent_struct(name, data, type_.attributes, needed=needed, expected=type_.expected, unused=self._unused)
            for name in type_.names
        ]

        def first(sent: Any, line: bytes, arrived: int | None, ignored: Counter[tuple[str, str]]) -> Event | None:
            if not type_.seen and sent.data is not UNSET:
                self._expect(type_, sent)
                sent = self.read(line)
                return self.makers[type(sent)](sent, line, arrived, ignored)
            texts = {field.known: self._remembered(plan, field.name) for field in fields if field.form in LOOK_UP}
            names: dict[str, Any] = {
                "NO_DATA": None if needed else data(),
                "unused": _unused if self._unused else _escaped_quotes,
            }
            for known, remembered in texts.items():
                names |= {known: remembered.known, f"learn_{known}": remembered}
            unknown = {f"sent.{attribute}": name for attribute, name in type_.attributes.items()}
            unknown |= {f"data.{attribute}": name for attribute, name in type_.fields.items()}
            source = source_of(plan.name, fields, unknown, keeps_null=plan.keeps_null, expected=expected)
            maker = _run(source, f"<how {plan.name!r} is read>", names, self._times)
            self.makers |= dict.fromkeys(type_.structs, maker)
            return maker(sent, line, arrived, ignored)

        self.makers |= dict.fromkeys(type_.structs, first)

    def _remembered(self, plan: Plan, name: str) -> Remembered:
        """The texts of a field, shared by all fields that are read alike."""
        type_ = plan.types[name]
        key = type_.kind, type_.choices
        if key not in self._texts:
            self._texts[key] = Remembered(_of_bytes_too(plan.fields[name][1]))
        return self._texts[key]


def _loosened(field: Field, sent: Mapping[str, Any]) -> Field:
    """The field as this event needs it."""
    values = (sent.get(spelling) for spelling in field.attributes.values())
    fits = not field.exact or all(value is None or field.takes(value) for value in values)
    return field if fits else field._replace(exact=False)


def _run(source: str, file: str, known: Mapping[str, Any], times: TimeReader) -> Maker:
    names = {
        "Event": Event,
        "NO_SOURCE": NO_SOURCE,
        "UNSET": UNSET,
        "quotes_in": _quotes_in,
        "learn": times.learn,
        "seconds": times.seconds,
        "tails": times.tails,
        "whole": times.whole,
        **known,
    }
    # So that a traceback shows the lines.
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    exec(compile(source, file, "exec"), names)  # noqa: S102 -- our own text: what others have named stands in repr
    maker: Maker = names["read"]
    return maker


def _of_bytes_too(read: Reader) -> Reader:
    return lambda sent: read(sent if type(sent) is str else NumberText(sent.decode()))


_ESCAPED = re.compile(rb"\\.").findall


def _unused(sent: Struct, line: bytes) -> int:
    """The quotation marks of attributes that are not used, and those inside of texts."""
    return 4 * sum(getattr(sent, name) is not UNSET for name in UNUSED) + _escaped_quotes(sent, line)


def _escaped_quotes(sent: Struct, line: bytes) -> int:
    """The quotation marks inside of texts."""
    return _ESCAPED(line).count(b'\\"')


def _quotes_in(value: Any) -> int:
    """The quotation marks of a value that is passed over; ValueError for a number so long that it may be refused."""
    if type(value) is str:
        return 2
    if type(value) is dict:
        return sum(2 + _quotes_in(item) for item in value.values())
    if type(value) is list:
        return sum(map(_quotes_in, value))
    if type(value) is int and abs(value) >= _LONG:
        raise ValueError("a long number")
    return 0

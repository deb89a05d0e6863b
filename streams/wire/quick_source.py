"""The text of the functions that make events of what msgspec has read: one for each type of event.

`read(sent, line, arrived, ignored)` takes what was sent (`streams.wire.sent`), its line, when that arrived if it is
known, and the counts of what is passed over. It gives the event; or None, or a KeyError or ValueError, for what has to
be looked at more closely.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from models.types import NUMBER_LIMIT


class Form(Enum):
    """What is done to a value that msgspec has read."""

    #: A text that is left as it is.
    TEXT = auto()
    #: A text that is looked up.
    LOOKED_UP = auto()
    #: A text that is a moment.
    MOMENT = auto()
    #: True or false; or a text, which is looked up.
    YES_NO = auto()
    #: A whole number that is scaled; or bytes (any other number) or a text, which are looked up.
    AMOUNT = auto()
    #: A text, or a list of them, which are joined.
    TEXTS = auto()
    #: A struct of degrees.
    POINT = auto()


class Field(NamedTuple):
    """A field of a type of event, as it is sent."""

    #: Its canonical name.
    name: str
    form: Form
    required: bool
    #: Attribute of the struct -> spelling. At most one of them is set.
    attributes: dict[str, str]
    #: Of an amount: what whole numbers are greater than, and by what they are multiplied.
    low: int = 0
    grid: int = 1
    #: Of a choice: what can be chosen.
    choices: tuple[str, ...] = ()
    #: Whether the event has it; else it is only checked.
    kept: bool = True
    #: Whether msgspec is to take only whole numbers, and choices as the vocabulary writes them.
    exact: bool = False

    @property
    def known(self) -> str:
        """The name under which the function looks up texts of this field."""
        return f"known_{next(iter(self.attributes))}"

    def takes(self, value: object) -> bool:
        """Whether a value can be read where the field is exact."""
        if self.form is Form.AMOUNT:
            return type(value) is int and self.low < value < NUMBER_LIMIT
        return value in self.choices


#: Quotation marks of the attributes that every event has: type, id, subject, time; and those of each other one.
_ALWAYS, _EACH = 16, 4
#: Forms of which texts are looked up.
LOOK_UP = (Form.LOOKED_UP, Form.YES_NO, Form.AMOUNT)
#: Forms of which every value is a text.
_TEXTS = (Form.TEXT, Form.LOOKED_UP, Form.MOMENT)

#: How a time is read: see `streams.wire.times.TimeReader`.
_TIME = """\
second, point, tail = text.partition(".")
try:
    {name} = seconds[second] + tails[tail] if point else whole[text]
except KeyError:
    {name} = learn(text)
"""
_NAMES = """\
customer = sent.subject
identity = sent.id
if customer.isspace() or identity.isspace():
    return None
text = sent.time
""".splitlines()


def source_of(
    name: str, fields: Sequence[Field], unknown: Mapping[str, str], *, keeps_null: bool, expected: Collection[str]
) -> str:
    """The text of `read` for the type of event of this name.

    `unknown`: expression -> name of what is passed over; `expected`: of `specversion`, `source` and `arrived`, those
    that are never missing.
    """
    required = [field for field in fields if field.required]
    optional = [field for field in fields if not field.required]
    always = _ALWAYS + _EACH * len(expected) + 2 * bool(required) + sum(map(_quotes_of, required))
    # Quotation marks of the line that do not belong to what has been read so far.
    lines = [f"spare = line.count(b'\"') - {always}", "data = sent.data"]
    if not required:
        lines += ["if data is UNSET:", "    data = NO_DATA", "else:", "    spare -= 2"]
    for number, field in enumerate(required):
        lines += _required(field, f"value_{number}")
    values = ", ".join(f"{field.name!r}: value_{number}" for number, field in enumerate(required) if field.kept)
    lines.append(f"fields = {{{values}}}")
    for field in optional:
        lines += _optional(field, keeps_null)
    for passed_over in unknown:
        lines += [f"if {passed_over} is not UNSET:", f"    spare -= 2 + quotes_in({passed_over})"]
    lines += _envelope(expected)
    lines += ["if spare and spare != unused(sent, line):", "    return None"]
    for passed_over, called in unknown.items():
        lines += [f"if {passed_over} is not UNSET:", f"    ignored[{(name, called)!r}] += 1"]
    lines.append(f"return Event({name!r}, customer, time, arrived, source, identity, fields)")
    return "\n".join(["def read(sent, line, arrived, ignored):", *_indented(lines), ""])


def _envelope(expected: Collection[str]) -> Iterator[str]:
    yield "source = sent.source"
    if "source" not in expected:
        yield from ("if source is UNSET:", "    source = NO_SOURCE", "else:", "    spare -= 4")
    if "specversion" not in expected:
        yield from ("if sent.specversion is not UNSET:", "    spare -= 4")
    yield from _NAMES
    yield from _TIME.format(name="time").splitlines()
    stated = ["text = sent.arrived", *_TIME.format(name="arrived").splitlines()]
    if "arrived" not in expected:
        yield from ("if sent.arrived is not UNSET:", "    spare -= 4")
        stated = ["if sent.arrived is UNSET:", "    arrived = time", "else:", *_indented(stated)]
    yield from ("if arrived is None:", *_indented(stated), "elif time > arrived:", "    return None")


def _quotes_of(field: Field) -> int:
    """The quotation marks of a field that is there, but for those that depend on its value."""
    if field.form is Form.POINT:
        return 6
    return 4 if field.form in _TEXTS else 2


def _required(field: Field, value: str) -> Iterator[str]:
    yield from _taken(field, value)
    if len(field.attributes) > 1:
        yield from (f"if {value} is UNSET:", "    return None")
    yield from _converted(field, value)


def _optional(field: Field, keeps_null: bool) -> Iterator[str]:
    yield from _taken(field, "value")
    yield from ("if value is None:", "    spare -= 2")
    if keeps_null:
        yield f"    fields[{field.name!r}] = None"
    yield "elif value is not UNSET:"
    yield from _indented(_converted(field, "value"))
    yield f"    spare -= {_quotes_of(field)}"
    if field.kept:
        yield f"    fields[{field.name!r}] = value"


def _taken(field: Field, value: str) -> Iterator[str]:
    """The value of the spelling that was sent."""
    for number, (attribute, spelling) in enumerate(field.attributes.items()):
        take = f"{value} = data.{attribute}  # {spelling!r}"
        yield from (f"if {value} is UNSET:", f"    {take}") if number else (take,)


def _converted(field: Field, value: str) -> Iterable[str]:
    scaled = (f"{value} *= {field.grid}",) if field.grid > 1 else ()
    if field.exact:
        return scaled
    looked_up = (
        "try:",
        f"    {value} = {field.known}[{value}]",
        "except KeyError:",
        f"    {value} = learn_{field.known}[{value}]",
    )
    match field.form:
        case Form.TEXT:
            return ()
        case Form.LOOKED_UP:
            return looked_up
        case Form.MOMENT:
            return (f"{value} = learn({value})",)
        case Form.YES_NO:
            return (f"if type({value}) is str:", *_indented(looked_up), "    spare -= 2")
        case Form.AMOUNT:
            return (
                f"kind = type({value})",
                "if kind is int:",
                f"    if not {field.low} < {value} < {NUMBER_LIMIT}:",
                "        return None",
                *_indented(scaled),
                "elif kind is bytes:",
                *_indented(looked_up),
                "elif kind is str:",
                *_indented(looked_up),
                "    spare -= 2",
                "else:",
                "    return None",
            )
        case Form.TEXTS:
            join = (f"    spare -= 2 * len({value})", f"    {value} = ', '.join({value})")
            return (f"if type({value}) is str:", "    spare -= 2", "else:", *join)
        case Form.POINT:
            return (f"{value} = ({value}.lat, {value}.lon)",)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return ("    " + line for line in lines)

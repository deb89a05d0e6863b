"""The quick way from a line to an event: structs and functions made for the event types of one vocabulary.

msgspec reads a line into the struct of its type, and a function written for the type (`streams.wire.quick_source`)
makes the event of it. Whatever is unusual is left to those who read more slowly, and say what is wrong.

A struct says nothing of keys that stand twice, or that it does not know. But each name and each text of JSON stands
between two quotation marks: a line that has no more of them than what was read holds nothing else, however it is
spaced or escaped.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Mapping
from typing import Any, Union

import msgspec
from msgspec import UNSET, Struct

from models.events import Event
from models.vocabulary import Vocabulary
from streams.wire.envelope import NO_SOURCE
from streams.wire.plans import Plan
from streams.wire.quick_source import source_of
from streams.wire.remembered import Remembered
from streams.wire.sent import UNUSED, can_be_sent, data_struct, fields_of, sent_struct
from streams.wire.times import HOUR, TAIL, WITHIN_HOUR, WITHIN_HOURS, TimeReader
from streams.wire.values import NumberText, Reader

#: Makes an event of what was sent, its line, and its arrival if that is known.
Maker = Callable[[Any, bytes, int | None], Event | None]


class QuickWay:
    """Reads the lines of one vocabulary: `makers[type(sent)](sent, line, arrived)`, where `sent` is `read(line)`.

    What gives None, or raises MsgspecError, KeyError, ValueError or RecursionError, has to be read more slowly.
    """

    def __init__(self, plans: Mapping[str, Plan], vocabulary: Vocabulary, times: TimeReader) -> None:
        """`plans`: by each name that a type has on the wire."""
        self.makers: dict[type[Struct], Maker] = {}
        # What has no customer (`clock`) comes seldom.
        for plan in {plan.name: plan for plan in plans.values() if plan.needs_customer}.values():
            names = [name for name, other in plans.items() if other is plan]
            if can_be_sent([*names, *plan.fields]):
                self._add(plan, names, vocabulary, times)
        # Numbers that are not whole come as bytes where they must not become binary fractions.
        any_of_them: Any = Union[tuple(self.makers)]  # noqa: UP007 -- of as many as there are
        self.read: Callable[[bytes], Struct] = msgspec.json.Decoder(any_of_them, float_hook=str.encode).decode

    def _add(self, plan: Plan, names: list[str], vocabulary: Vocabulary, times: TimeReader) -> None:
        fields = fields_of(plan, vocabulary)
        data = data_struct(plan, fields)
        needed = bool(plan.required)
        structs = [sent_struct(name, data, needed=needed) for name in names]

        def first(sent: Any, line: bytes, arrived: int | None) -> Event | None:
            # Most types of a vocabulary do not come in most runs, so a function is written when one comes.
            known: dict[str, Any] = {
                field.known: Remembered(_of_bytes_too(plan.fields[field.name][1])) for field in fields
            }
            if not needed:
                known["NO_DATA"] = data()
            source = source_of(plan.name, fields, keeps_null=plan.keeps_null)
            maker = _run(source, f"<how {plan.name!r} is read>", known, times)
            self.makers |= dict.fromkeys(structs, maker)
            return maker(sent, line, arrived)

        self.makers |= dict.fromkeys(structs, first)


def _run(source: str, file: str, known: Mapping[str, Any], times: TimeReader) -> Maker:
    names = {
        "Event": Event,
        "HOUR": HOUR,
        "NO_SOURCE": NO_SOURCE,
        "TAIL": TAIL,
        "UNSET": UNSET,
        "WITHIN_HOUR": WITHIN_HOUR,
        "WITHIN_HOURS": WITHIN_HOURS,
        "hours": times.hours,
        "tails": times.tails,
        "unused": _unused,
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
    return 4 * sum(getattr(sent, name) is not UNSET for name in UNUSED) + _ESCAPED(line).count(b'\\"')

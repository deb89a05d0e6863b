"""The lines of a test, and its customer: times, events, fields, values, expectations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from models.text import fold
from models.types import Kind, Type
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType
from rules.formatting.edits import Edit, rewritten
from rules.formatting.wanted import Wanted
from rules.language import tree
from rules.language.located import Located
from rules.language.parse import Start, parse
from rules.language.print import print_phrase
from rules.language.words import Words
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_source import Source
from rules.workspace.reading import is_empty, plain
from rules.workspace.typed_values import canonical

#: The time of a line, if it has one, and what follows.
_LINE: Final = re.compile(
    r"(?P<time>[+＋]\s*\d+(?:\.\d+)?\s*[^\W\d]+|\d{4}-\d\d-\d\d[ T]\S+)?\s*(?P<rest>.*)", re.DOTALL
)
_EVERY: Final = re.compile(r"(?P<event>.+?)\s+every\s+(?P<step>\d.*?)\s*[,，]\s*(?P<count>\d+)\s+times")
_STOPPED: Final = re.compile(r"(?P<before>expect\s+nothing\s*[,，]\s*stopped\s+by\s+)(?P<line>.+)", re.DOTALL)
_QUOTED: Final = re.compile(r"""(["“”][^"“”]*["“”])""")


@dataclass(frozen=True, slots=True)
class StoryLines:
    """Rewrites the tests of one rule. `lines` leads from its conditions as they were to what they are now."""

    source: Source
    words: Words
    wanted: Wanted
    lines: Mapping[str, str]

    def attributes(self, node: Node) -> Iterator[Edit]:
        """`{plan: M, allowance: 10 GB}`."""
        yield from self._values(node, {**RESERVED_ATTRIBUTES, **self.wanted.vocabulary.customer}, flow=False)

    def story(self, node: Node) -> Iterator[Edit]:
        """Each line: a text, or `EVENT: {..}`."""
        if not isinstance(node, Items):
            return
        for item in node.items:
            if isinstance(item, Scalar):
                yield from self._set(item, self._head(item)[0], node.flow)
            elif isinstance(item, MappingNode):
                for key, value in item.pairs:
                    text, event = self._head(key)
                    yield from self._set(key, text, node.flow or item.flow)
                    if event is not None:
                        yield from self._values(value, self._fields(event), flow=node.flow or item.flow)

    # ---------------------------------------------------------------- heads

    def _head(self, scalar: Scalar) -> tuple[str, str | None]:
        """The text of a line in canonical words, and the event it tells of."""
        match = _LINE.fullmatch(scalar.text.strip())
        assert match is not None, "every text is a line"
        time, rest = match["time"] or "", match["rest"]
        if rest == "expect" or rest.startswith(("expect ", "expect\t")):
            return self._joined(time, self._expectation(rest)), None
        every = _EVERY.fullmatch(rest)
        written = every["event"] if every else rest
        name = canonical(written, self._events(), self.wanted.vocabulary)
        if name is None:
            return scalar.text, None
        event = self.wanted.name(name, self.wanted.of(written))
        if every:
            event = f"{event} every {self._amount(every['step'])}, {every['count']} times"
        return self._joined(time, event), name

    def _joined(self, time: str, said: str) -> str:
        later = time.removeprefix("+").removeprefix("＋")
        if later != time:
            time = f"+{self._amount(later.strip())}"
        return f"{time} {said}" if time else said

    def _expectation(self, text: str) -> str:
        """Spaces between its words are single; the line that stopped the rule is as the rule has it now."""
        stopped = _STOPPED.fullmatch(text)
        if stopped is not None:
            line = self.lines.get(fold(plain(stopped["line"])), plain(stopped["line"]))
            return f"expect nothing, stopped by {line}"
        parts = _QUOTED.split(text)
        return "".join(part if number % 2 else re.sub(r"\s+", " ", part) for number, part in enumerate(parts)).strip()

    # --------------------------------------------------------------- values

    def _values(self, node: Node, types: Mapping[str, Type], *, flow: bool) -> Iterator[Edit]:
        """`{amount: 7 GB, network: home}`: names and values whose meaning the vocabulary knows."""
        if not isinstance(node, MappingNode):
            return
        inside = flow or node.flow
        for key, value in node.pairs:
            name = canonical(key.text, types, self.wanted.vocabulary)
            if name is None:
                continue
            yield from self._set(key, self.wanted.name(name, self.wanted.of(key.text)), inside)
            if isinstance(value, Scalar) and not is_empty(value):
                yield from self._set(value, self._value(value.text, types[name]), inside)

    def _value(self, text: str, type_: Type) -> str:
        match type_.kind:
            case Kind.CHOICE:
                choices = dict.fromkeys(type_.choices)
                own = canonical(text, choices, self.wanted.vocabulary)
                return text if own is None else self.wanted.name(own, self.wanted.of(text))
            case Kind.MONEY | Kind.DATA | Kind.DURATION | Kind.LENGTH:
                return self._amount(text)
            case _:
                return text

    def _amount(self, text: str) -> str:
        """A number with its unit; another text as it is."""
        parsed, problems = parse(Start.EXPRESSION, Located(text, "", 1, 1), self.words)
        if problems or not isinstance(parsed, tree.Quantity):
            return text
        return print_phrase(parsed, self.wanted.of(text))

    def _fields(self, event: str) -> Mapping[str, Type]:
        if event == "customer changed":
            return {**RESERVED_ATTRIBUTES, **self.wanted.vocabulary.customer}
        return self._events()[event].fields

    def _events(self) -> Mapping[str, EventType]:
        return {**self.wanted.vocabulary.events, **RESERVED_EVENTS}

    @staticmethod
    def _set(scalar: Scalar, text: str, flow: bool) -> Iterator[Edit]:
        edit = rewritten(scalar, text, flow=flow)
        if edit is not None:
            yield edit

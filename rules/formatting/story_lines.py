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
from rules.language.keys import word_in, word_of
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.parse import Start, parse
from rules.language.print import print_phrase
from rules.language.words import Words
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_source import Source
from rules.workspace.reading import TRUTHS, is_empty, plain
from rules.workspace.story_forms import (
    FORMS,
    expected_in,
    language_of_expectation,
    later_of,
    read_expectation,
    read_stop,
    repeated_in,
    stop_in,
)
from rules.workspace.typed_values import canonical

#: The date and time of a line, and what follows.
_ABSOLUTE: Final = re.compile(r"(\d{4}-\d\d-\d\d[ T]\S+)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StoryLines:
    """Rewrites the tests of one rule. `lines` and `caps` lead from its conditions and its lines of `at most`, as they
    were, to what they are now."""

    source: Source
    words: Words
    wanted: Wanted
    lines: Mapping[str, str]
    caps: Mapping[str, str]

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
        time, rest = self._time(scalar.text.strip())
        language = language_of_expectation(rest)
        if language is not None:
            return time + self._expectation(rest, language), None
        every = next(filter(None, (forms.every.fullmatch(rest) for forms in FORMS.values())), None)
        written = every["event"] if every else rest
        name = canonical(written, self._events(), self.wanted.vocabulary)
        if name is None:
            return scalar.text, None
        event = self.wanted.name(name, self.wanted.of(written))
        if every:
            event = repeated_in(self.wanted.of(every[0]), event, self._amount(every["step"]), every["count"])
        return time + event, name

    def _time(self, text: str) -> tuple[str, str]:
        """The time of a line with a space behind it, if it has one, and what follows."""
        later = later_of(text)
        if later is not None:
            return f"+{self._amount(later[0])} ", later[1]
        match = _ABSOLUTE.fullmatch(text)
        return (f"{match[1]} ", match[2]) if match else ("", text)

    def _expectation(self, text: str, language: Language) -> str:
        """The line that stopped the rule is as the rule has it now; one that is not understood stays as it is."""
        expected = read_expectation(text, language)
        if expected is None:
            return text
        wanted = self.wanted.language or language
        line = expected.part("line")
        return expected_in(wanted, expected, None if line is None else self._stop(plain(line), wanted))

    def _stop(self, said: str, language: Language) -> str:
        stop = read_stop(said)
        if stop is not None:
            return stop_in(language, stop[0], self.caps.get(fold(stop[1]), stop[1]))
        return self.lines.get(fold(said), said)

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
            case Kind.YES_NO:
                word = word_of(plain(text), TRUTHS)
                return text if word is None else word_in("yes" if TRUTHS[word] else "no", self.wanted.of(text))
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

"""The edits that bring one file into canonical form, phrase by phrase and key by key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, assert_never

from models.speech import say
from models.text import fold
from rules.formatting import settings, shapes
from rules.formatting.edits import Edit, rewritten
from rules.formatting.shapes import Leaf, Phrase, Record, Shape, Word
from rules.formatting.story_lines import StoryLines
from rules.formatting.wanted import Wanted
from rules.language import tree
from rules.language.keys import key_in, key_of, word_in, word_of
from rules.language.located import Located
from rules.language.own_names import channel_in
from rules.language.parse import Start, parse, step_names, written_in
from rules.language.print import print_phrase
from rules.language.words import Words
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_source import Source
from rules.problems import Problem
from rules.workspace.fact_list import fact_name, names_of
from rules.workspace.policy_file import CAP
from rules.workspace.reading import is_empty, plain

#: What stands behind a key that is no phrase, and has words of its own.
Setting = Literal[Leaf.RUNS, Leaf.TYPE, Leaf.ORDER, Leaf.RATE, Leaf.FALLBACK, Leaf.CHOOSE]


class MeaningChanged(Exception):
    """What would be written means something else: a mistake of this program, for which nothing is written."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The edits of a file, and the phrases that cannot be read: with any of these it is left as it is."""

    edits: list[Edit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rewrite(source: Source, shape: Record, words: Words, wanted: Wanted) -> Rewritten:
    """The edits of a file whose root has this shape. `words` are those of its workspace."""
    found = Rewritten()
    if source.root is not None:
        _Rewriter(source, words, wanted, found).node(source.root, shape, flow=False)
    return found


class _Rewriter:
    """Walks a file along its shape. `words` grow by the names that a rule gives to facts and steps."""

    def __init__(self, source: Source, words: Words, wanted: Wanted, found: Rewritten) -> None:
        self.source = source
        self.words = words
        self.wanted = wanted
        self.found = found
        #: Conditions and caps of the rule: as they were -> as they are now, for `stopped by`.
        self.lines: dict[str, str] = {}
        self.caps: dict[str, str] = {}

    def node(self, node: Node, shape: Shape, *, flow: bool) -> None:
        """Rewrites what stands behind a key; what has not the shape is left as it is."""
        match shape:
            case Record():
                self._record(node, shape, flow)
            case Phrase(start):
                for scalar, inside in _scalars(node, flow):
                    self._phrase(scalar, start, inside)
            case Word(words):
                self._each(node, flow, lambda scalar: self._word(scalar.text, words))
            case Leaf():
                self._leaf(node, shape, flow)
            case _:
                assert_never(shape)

    def _leaf(self, node: Node, leaf: Leaf, flow: bool) -> None:
        match leaf:
            case Leaf.TEXT:
                pass
            case Leaf.FACTS:
                if isinstance(node, MappingNode):
                    self.words = self.words.with_names(names_of(node, self.wanted.vocabulary))
                self._record(node, shapes.FACTS, flow)
            case Leaf.SITUATION:
                self._situation(node, flow)
            case Leaf.STORY | Leaf.ATTRIBUTES:
                lines = StoryLines(self.source, self.words, self.wanted, self.lines, self.caps)
                self.found.edits.extend(lines.story(node) if leaf is Leaf.STORY else lines.attributes(node))
            case Leaf.NAME:
                self._each(node, flow, lambda scalar: self._name(scalar.text))
            case Leaf.FACT_NAME:
                self._each(node, flow, lambda scalar: self._fact_name(scalar.text))
            case Leaf.WHO:
                self._each(node, flow, lambda scalar: self._who(scalar.text))
            case Leaf.AMOUNT:
                self._each(node, flow, lambda scalar: self._amount(scalar.text))
            case Leaf.CHANNELS:
                self._each(node, flow, lambda scalar: self._channels(scalar.text))
                self._listed_in_chinese(node)
            case Leaf.RUNS | Leaf.TYPE | Leaf.ORDER | Leaf.RATE | Leaf.FALLBACK | Leaf.CHOOSE:
                self._each(node, flow, lambda scalar: self._setting(scalar.text, leaf))
            case Leaf.POLICY_CAP:
                self._each(node, flow, self._policy_cap)
            case _:
                assert_never(leaf)

    def _record(self, node: Node, shape: Record, flow: bool) -> None:
        if isinstance(node, Items):
            for item in node.items:
                if isinstance(item, MappingNode):
                    self._record(item, shape, flow or node.flow)
            return
        if not isinstance(node, MappingNode):
            return
        inside = flow or node.flow
        for key, name, value in sorted(self._read(node, shape), key=lambda entry: _place(entry[1], shape)):
            if name is not None:
                self._set(key, key_in(name, self.wanted.of(key.text)), inside)
            elif shape.named is not None:
                self._leaf(key, shape.named, inside)
            found = shape.others if name is None else shape.keys[name]
            if found is not None and not is_empty(value):
                self.node(value, found, flow=inside)

    @staticmethod
    def _read(node: MappingNode, shape: Record) -> Iterator[tuple[Scalar, str | None, Node]]:
        """The pairs, with the known key that each is."""
        for key, value in node.pairs:
            yield key, key_of(plain(key.text), shape.keys), value

    def _set(self, scalar: Scalar, text: str, flow: bool) -> None:
        edit = rewritten(scalar, text, flow=flow)
        if edit is not None:
            self.found.edits.append(edit)

    # ------------------------------------------------------------- phrases

    def _phrase(self, scalar: Scalar, start: Start, flow: bool) -> None:
        printed = self._printed(start, self.source.located(scalar))
        if printed is None:
            return
        if start is Start.CONDITION or start is Start.CAP:
            self._remember(start, scalar.text, printed)
        self._set(scalar, printed, flow)

    def _remember(self, start: Start, line: str, printed: str) -> None:
        """A test may name a line as it was, or in canonical words of any language."""
        parsed, _ = parse(start, Located(line, "", 1, 1), self.words)
        said = [print_phrase(parsed, each, names) for each, names in self.wanted.names.items()] if parsed else []
        known = self.lines if start is Start.CONDITION else self.caps
        known |= {fold(plain(text)): printed for text in (line, *said)}

    def _printed(self, start: Start, text: Located) -> str | None:
        """The phrase in canonical words; None if it cannot be read, which is kept as a problem.

        What is printed must read as the same tree: a phrase is never written that would mean something else.
        """
        parsed, problems = parse(start, text, self.words)
        self.found.problems.extend(problems)
        if parsed is None:
            return None
        language = self.wanted.language or written_in(text, self.words)
        printed = print_phrase(parsed, language, self.wanted.names[language])
        again, _ = parse(start, Located(printed, text.file, text.line, text.column), self.words)
        if again != parsed:
            raise MeaningChanged(
                say('"{text}" would become "{printed}", which does not mean the same', text=text.text, printed=printed)
            )
        return printed

    def _situation(self, node: Node, flow: bool) -> None:
        if isinstance(node, Items):
            steps = list(_scalars(node, flow))
            self.words = self.words.with_names(step_names([self.source.located(step) for step, _ in steps], self.words))
            for step, inside in steps:
                self._phrase(step, Start.STEP, inside)
        else:
            self.node(node, Phrase(Start.SITUATION), flow=flow)

    # ---------------------------------------------------- what is no phrase

    def _each(self, node: Node, flow: bool, rewrite: Callable[[Scalar], str | None]) -> None:
        for scalar, inside in _scalars(node, flow):
            text = rewrite(scalar)
            if text is not None:
                self._set(scalar, text, inside)

    def _name(self, text: str) -> str | None:
        own = self.words.at(plain(text), 0)
        known = own is not None and own.spelling == plain(text)
        return self.wanted.name(own.canonical, self.wanted.of(text)) if own and known else None

    def _fact_name(self, text: str) -> str | None:
        name = fact_name(text, self.wanted.vocabulary)
        spelled = self.wanted.name(name, self.wanted.of(text))
        return None if spelled == plain(text) else spelled

    def _who(self, text: str) -> str | None:
        return None if plain(text) in self.wanted.roles else self._name(text)

    def _amount(self, text: str) -> str | None:
        """A number with its unit; what is none is left to its reader."""
        parsed, problems = parse(Start.EXPRESSION, Located(text.strip(), "", 1, 1), self.words)
        quantity = not problems and isinstance(parsed, tree.Quantity)
        return print_phrase(parsed, self.wanted.of(text)) if quantity and parsed is not None else None

    def _channels(self, text: str) -> str | None:
        parsed, problems = parse(Start.CHANNELS, Located(text.strip(), "", 1, 1), self.words)
        if problems or parsed is None:
            return None
        language = self.wanted.of(text)
        return print_phrase(parsed, language, {name.text: channel_in(name.text, language) for name in parsed.names})

    def _listed_in_chinese(self, node: Node) -> None:
        """`[应用、短信]`: for YAML that is one text."""
        for scalar in node.items if isinstance(node, Items) and node.flow else ():
            if isinstance(scalar, Scalar) and not scalar.style and len(parts := re.split("[，、]", scalar.text)) > 1:
                channels = [self._channels(part) or plain(part) for part in parts]
                self.found.edits.append(Edit(scalar.start, scalar.end, ", ".join(channels)))

    def _word(self, text: str, words: Iterable[str]) -> str | None:
        word = word_of(plain(text), words)
        return None if word is None else word_in(word, self.wanted.of(text))

    def _setting(self, text: str, leaf: Setting) -> str | None:
        language = self.wanted.of(text)
        match leaf:
            case Leaf.RUNS:
                return settings.runs(text, language)
            case Leaf.TYPE:
                return settings.type_(text, language)
            case Leaf.ORDER:
                return settings.order(text, language)
            case Leaf.RATE:
                return settings.rate(text, language)
            case Leaf.FALLBACK:
                return settings.fallback(text, language, lambda length: self._amount(length) or length)
            case Leaf.CHOOSE:
                return settings.choose(text, language, lambda length: self._amount(length) or length)
            case _:
                assert_never(leaf)

    def _policy_cap(self, scalar: Scalar) -> str | None:
        found = CAP.fullmatch(scalar.text.rstrip())
        if found is None:
            return None
        cap = self._printed(Start.CAP, self.source.part(scalar, found.start(2), found.end(2)))
        language = self.wanted.of(scalar.text)
        return None if cap is None else f"{settings.capped(plain(found[1]), language)} {cap}"


def _place(name: str | None, shape: Record) -> int:
    """Where a key is read among the others."""
    names = tuple(shape.keys)
    return len(names) if name is None else names.index(name)


def _scalars(node: Node, flow: bool) -> Iterator[tuple[Scalar, bool]]:
    """A text, or the texts of a list, that are not empty; each with whether it stands inside { } or [ ]."""
    items = node.items if isinstance(node, Items) else (node,)
    inside = flow or (isinstance(node, Items) and node.flow)
    for item in items:
        if isinstance(item, Scalar) and not is_empty(item):
            yield item, inside

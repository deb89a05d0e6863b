"""What a workspace says and where it is written: typed trees side by side with the nodes of their files.

The typed trees carry no positions. Of a rule with errors some parts could not be read; what was read is found again by
its text, in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from functools import cached_property, lru_cache

from msgspec import Struct

from models import speech
from rules.language.keys import key_of
from rules.language.yaml_nodes import Items, Mapping, Node, Scalar
from rules.problems import Problem, Severity
from rules.typed import Aggregate, Block, Cap, Crosses, Happens, Line, Moment, Named, Pattern, Sequence, Step, Visits
from rules.walk import nodes
from rules.workspace import reading
from rules.workspace.fact_list import fact_name
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import FACTS, Workspace

_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTICE}


class Place(Struct, frozen=True, eq=False, gc=False):
    """A node of a file of the workspace."""

    workspace: Workspace
    file: str
    node: Node

    @property
    def text(self) -> str:
        """The node's text, without needless spaces; empty if it is no text."""
        return reading.plain(self.node.text) if isinstance(self.node, Scalar) else ""

    def get(self, *keys: str) -> Place | None:
        """The place of the value behind these keys, one inside the other."""
        found: Place | None = self
        for key in keys:
            pair = found.pair(key) if found else None
            found = pair[1] if pair else None
        return found

    def pair(self, key: str) -> tuple[Place, Place] | None:
        """The places of a key, in whatever language it is written, and its value."""
        pairs = self.node.pairs if isinstance(self.node, Mapping) else ()
        for name, value in pairs:
            if name.text == key:
                return self._at(name), self._at(value)
        for name, value in pairs:
            if (" " in name.text or not name.text.isascii()) and key_of(reading.plain(name.text), (key,)):
                return self._at(name), self._at(value)
        return None

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """The places of all keys and values of a mapping."""
        for key, value in self.node.pairs if isinstance(self.node, Mapping) else ():
            yield self._at(key), self._at(value)

    def items(self) -> list[Place]:
        """The places of the members of a list; a single node counts as a list of one."""
        return [self._at(item) for item in self.node.items] if isinstance(self.node, Items) else [self]

    def _at(self, node: Node) -> Place:
        return Place(self.workspace, self.file, node)

    def problem(self, code: str, message: str, hint: str | None = None) -> Problem:
        """A problem here; its code says how severe it is."""
        node = self.node
        length = len(self.workspace.sources[self.file].raw(node).partition("\n")[0]) or 1
        return Problem(self.file, node.line, node.column, code, _SEVERITIES[code[0]], message, hint, length)


class WrittenLine(Struct, frozen=True, eq=False, gc=False):
    """A line of `only if` or (`unless`) of `unless`."""

    place: Place
    line: Line
    unless: bool


class WrittenFact(Struct, frozen=True, eq=False, gc=False):
    """A fact where it is defined."""

    key: Place
    place: Place
    fact: Named


class WrittenBlock(Struct, frozen=True, eq=False, dict=True):
    """A block of `then`."""

    place: Place
    block: Block

    @cached_property
    def lines(self) -> tuple[WrittenLine, ...]:
        """Its own lines of `only if` and `unless`."""
        return _lines(self.place, self.block.only_if, self.block.unless)


class WrittenRule(Struct, frozen=True, eq=False, dict=True):
    """A rule with the places of its parts, each looked for once: many checks ask for them."""

    workspace: Workspace
    file: RuleFile

    @cached_property
    def place(self) -> Place:
        """The place of the whole rule. Its file is read again for it, where the rule itself was kept from before."""
        place = root(self.workspace, self.file.path)
        assert place is not None, self.file.path
        return place

    @cached_property
    def facts(self) -> tuple[WrittenFact, ...]:
        """The facts of its own."""
        return _facts(self.place.get("facts"), self.file.facts) if self.file.facts else ()

    @cached_property
    def lines(self) -> tuple[WrittenLine, ...]:
        """Its lines of `only if` and `unless`, in the order of the rule."""
        return _lines(self.place, self.file.rule.only_if, self.file.rule.unless)

    @cached_property
    def blocks(self) -> tuple[WrittenBlock, ...]:
        """Its blocks."""
        then = self.place.get("then")
        items = then.items() if then else []
        items = [item for item in items if isinstance(item.node, Mapping)]
        return tuple(WrittenBlock(*pair) for pair in zip(items, self.file.rule.blocks, strict=True))

    @cached_property
    def situation(self) -> tuple[tuple[Place, Happens | Crosses | Visits | Moment | Step], ...]:
        """Its situation; of a sequence each step at its own line."""
        when = self.place.get("when")
        assert when is not None
        situation = self.file.rule.situation
        if isinstance(situation, Sequence):
            return tuple(zip(when.items(), situation.steps, strict=True))
        return ((when, situation),)

    @cached_property
    def caps(self) -> tuple[tuple[Place, Cap], ...]:
        """Its lines of `at most`."""
        at_most = self.place.get("at most") if self.file.rule.at_most else None
        return tuple(zip(at_most.items(), self.file.rule.at_most, strict=True)) if at_most and self.file.sound else ()

    @cached_property
    def stop_when(self) -> tuple[tuple[Place, tuple[Pattern, ...]], ...]:
        """Its `stop when`: each line with its events (all of them where lines hold several)."""
        patterns = self.file.rule.stop_when
        place = self.place.get("stop when") if patterns else None
        items = place.items() if place and patterns else []
        if len(items) == len(patterns):
            return tuple((item, (pattern,)) for item, pattern in zip(items, patterns, strict=True))
        return ((items[0], patterns),) if items else ()

    @cached_property
    def phrases(self) -> tuple[tuple[Place, object], ...]:
        """Every phrase with what it means: facts, situation, lines, blocks, ends."""
        return tuple(self._phrases())

    def _phrases(self) -> Iterator[tuple[Place, object]]:
        for fact in self.facts:
            yield fact.place, fact.fact
        yield from self.situation
        for line in self.lines:
            yield line.place, line.line
        for block in self.blocks:
            for line in block.lines:
                yield line.place, line.line
            after = block.place.get("after") if block.block.after is not None else None
            if after is not None and block.block.after is not None:
                yield after, block.block.after
        yield from self.stop_when


def _facts(place: Place | None, facts: Table[str, Named]) -> tuple[WrittenFact, ...]:
    found = []
    for key, value in place.pairs() if place else ():
        fact = facts.get(fact_name(key.text, key.workspace.vocabulary))
        if fact is not None:
            found.append(WrittenFact(key, value, fact))
    return tuple(found)


def _lines(place: Place, only_if: tuple[Line, ...], unless: tuple[Line, ...]) -> tuple[WrittenLine, ...]:
    found: list[WrittenLine] = []
    for key, lines in (("only if", only_if), ("unless", unless)):
        at = place.get(key) if lines else None
        items = at.items() if at else []
        texts = [line.text for line in lines]
        # in a rule with errors, some items are no lines
        read = items if len(items) == len(lines) else [item for item in items if item.text in texts]
        found += [WrittenLine(item, line, key == "unless") for item, line in zip(read, lines, strict=False)]
    return tuple(found)


def quoted(phrase: str) -> str:
    """A phrase as messages show it: in quotes, or in backticks if it holds quotes itself."""
    return f"`{phrase}`" if '"' in phrase else speech.quoted(phrase)


def root(workspace: Workspace, file: str) -> Place | None:
    """The place of a whole file; None if the workspace has no such file."""
    source = workspace.sources.get(file)
    return None if source is None or source.root is None else Place(workspace, file, source.root)


@lru_cache(maxsize=1)
def rules(workspace: Workspace) -> tuple[WrittenRule, ...]:
    """All rules, with their places; the last workspace's are kept, as one check after the other asks for them."""
    return tuple(WrittenRule(workspace, file) for file in workspace.rules)


def shared_facts(workspace: Workspace) -> tuple[WrittenFact, ...]:
    """The facts of facts.yaml."""
    return _facts(root(workspace, FACTS), {fact.name: fact for fact in workspace.facts})


def phrases(workspace: Workspace) -> Iterator[tuple[Place, object]]:
    """Every phrase of facts.yaml and of the rules, with what it means."""
    for fact in shared_facts(workspace):
        yield fact.place, fact.fact
    for rule in rules(workspace):
        yield from rule.phrases


def own_aggregates(meaning: object) -> Iterator[Aggregate]:
    """The aggregates a phrase spells out itself; those of facts it names are theirs."""
    yield from (node for node in own_nodes(meaning) if isinstance(node, Aggregate))


@lru_cache(maxsize=65_536)
def own_nodes(meaning: object) -> tuple[object, ...]:
    """The nodes of a phrase without the definitions of the facts it names; several checks ask for them."""
    inner = meaning.of if isinstance(meaning, Named) else meaning
    return tuple(nodes(inner, (Named,)))

"""`then`: one block or a list of blocks, each with actions and what holds for them."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from dataclasses import dataclass

from msgspec import structs

from models.decisions import ActionKind, said_action
from models.policy import Policy
from models.speech import quoted, say
from models.types import Kind, said_type
from models.vocabulary import RESERVED_ATTRIBUTES, Vocabulary
from rules.language.own_names import channel_of
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.offers import OfferTerms
from rules.typed import After, Attribute, Block, Grant, Guide, Line, Offer, Placeholder, Task, Template
from rules.workspace import reading
from rules.workspace.findings import Findings, nearest
from rules.workspace.message import template, texts_by_language
from rules.workspace.phrases import Phrases
from rules.workspace.reading import Keys
from rules.workspace.typed_values import canonical

KEYS = ("guide", "offer", "grant", "task", "after", "only if", "unless", "by", "good for")
TASK_KEYS = ("who", "what", "why", "due", "worth")

_ALL_OF = re.compile(r"(?:all\s+of|全部)\s*\[(.*)\]")


@dataclass(frozen=True, slots=True)
class Actors:
    """What actions may name. None where a file could not be read: then any name is believed."""

    vocabulary: Vocabulary
    offers: Table[str, OfferTerms] | None
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A block, and its canonical text for the rule's version."""

    block: Block
    text: str


def read_blocks(node: Node, findings: Findings, actors: Actors, phrases: Phrases) -> list[ReadBlock]:
    """The blocks of `then`; what is wrong is reported and left out."""
    nodes = node.items if isinstance(node, Items) else (node,)
    blocks = []
    for item in nodes:
        section = reading.mapping(item, findings, quoted("then"))
        if section is not None:
            blocks.append(_BlockReader(Keys(section, findings, KEYS, quoted("then")), findings, actors, phrases).read())
    if isinstance(node, Items) and not node.items:
        findings.error(node, "E104", say('"then" is empty.'), say("Write at least one guide, offer, grant or task."))
    return blocks


def lines(node: Node, findings: Findings, phrases: Phrases, what: str) -> tuple[tuple[Line, ...], list[str]]:
    """The lines of `only if` or `unless`, and their canonical texts."""
    found, said = [], []
    for scalar in reading.texts(node, findings, what):
        condition = phrases.condition(findings.located(scalar))
        if condition is not None:
            found.append(Line(reading.plain(scalar.text), condition.meaning))
            said.append(condition.text)
    return tuple(found), said


class _BlockReader:
    """Reads one block; `said` collects its canonical text."""

    def __init__(self, keys: Keys, findings: Findings, actors: Actors, phrases: Phrases) -> None:
        self.keys = keys
        self.findings = findings
        self.actors = actors
        self.phrases = phrases
        self.said: list[str] = []

    def read(self) -> ReadBlock:
        after = self._after()
        only_if = self._lines("only if")
        unless = self._lines("unless")
        actions = [action for action in (self._guide(), self._offer(), self._grant(), self._task()) if action]
        by, by_all = self._by()
        good_for = self.keys.text("good for")
        lasting = self.phrases.duration(self.findings.located(good_for)) if good_for else None
        if lasting:
            self.said.append(f"good for: {lasting.text}")
        acts = any(self.keys.get(kind) is not None for kind in ("guide", "offer", "grant", "task"))
        if not acts and not list(self.keys.others()):
            message = say('"then" has no action.')
            self.findings.error(self.keys.node, "E102", message, say("Write a guide, an offer, a grant or a task."))
        block = Block(tuple(actions), only_if, unless, after, by, by_all, lasting.meaning if lasting else None)
        return ReadBlock(block, "\n".join(self.said))

    def _after(self) -> After | None:
        found = self.keys.text("after")
        after = self.phrases.after(self.findings.located(found)) if found else None
        if after is None:
            return None
        self.said.append(f"after: {after.text}")
        return after.meaning

    def _lines(self, name: str) -> tuple[Line, ...]:
        node = self.keys.get(name)
        if node is None:
            return ()
        found, said = lines(node, self.findings, self.phrases, quoted(name))
        self.said += [f"{name}: {text}" for text in said]
        return found

    def _guide(self) -> Guide | None:
        node = self.keys.get("guide")
        if node is None:
            return None
        languages = self.actors.vocabulary.languages
        texts = texts_by_language(node, self.findings, quoted("guide"), languages, self.phrases.placeholder)
        self.said += [f"guide {language}: {self._canonical(text)}" for language, text in texts]
        return Guide(texts) if texts else None

    def _canonical(self, text: Template) -> str:
        """A text with the vocabulary's own names."""
        name = self.phrases.canonical_name
        parts = (part if isinstance(part, str) else structs.replace(part, name=name(part.name)) for part in text)
        return written(tuple(parts))

    def _offer(self) -> Offer | None:
        name = self._of_offers("offer", ActionKind.OFFER)
        terms = (self.actors.offers or {}).get(name or "")
        return Offer(name, terms.worth() if terms else None) if name else None

    def _grant(self) -> Grant | None:
        name = self._of_offers("grant", ActionKind.GRANT)
        return Grant(name) if name else None

    def _of_offers(self, key: str, kind: ActionKind) -> str | None:
        """The name of an offer or grant of offers.yaml."""
        found = self.keys.text(key)
        if found is None:
            return None
        name = reading.plain(found.text)
        self.said.append(f"{key}: {name}")
        if self.actors.offers is None:
            return name
        terms = self.actors.offers.get(name)
        if terms is None:
            fitting = [other.name for other in self.actors.offers.values() if other.kind is kind]
            hint = nearest(name, fitting) or say(
                "Add it to offers.yaml: {name}: {{kind: {kind}, title: ..}}", name=name, kind=kind
            )
            self.findings.error(
                found,
                "E201",
                say('there is no {kind} "{name}" in offers.yaml.', kind=said_action(kind), name=name),
                hint,
            )
        elif terms.kind is not kind:
            message = say('"{name}" of offers.yaml is of the kind {kind}.', name=name, kind=said_action(terms.kind))
            self.findings.error(found, "E215", message, say("Write {kind}: {name}", kind=terms.kind, name=name))
        return name

    def _task(self) -> Task | None:
        section = self.keys.read("task", reading.mapping)
        if section is None:
            return None
        keys = Keys(section, self.findings, TASK_KEYS, quoted("task"))
        who = self._who(keys.text("who", needed=True))
        what = self._template(keys, "what", needed=True)
        why = self._template(keys, "why")
        due = keys.text("due")
        worth = keys.text("worth")
        lasting = self.phrases.duration(self.findings.located(due)) if due else None
        amount = self.phrases.amount(self.findings.located(worth), Kind.MONEY) if worth else None
        self.said += [f"due: {lasting.text}"] if lasting else []
        self.said += [f"worth: {amount.text}"] if amount else []
        if who is None or what is None:
            return None
        return Task(who, what, why, lasting.meaning if lasting else None, amount.meaning if amount else None)

    def _template(self, keys: Keys, name: str, *, needed: bool = False) -> Template | None:
        node = keys.need(name) if needed else keys.get(name)
        if node is None:
            return None
        found = template(node, self.findings, quoted(name), self.phrases.placeholder)
        if found is not None:
            self.said.append(f"{name}: {self._canonical(found)}")
        return found

    def _who(self, node: Scalar | None) -> str | Attribute | None:
        """A role of policy.yaml, or an attribute whose value is the person."""
        if node is None:
            return None
        vocabulary, policy = self.actors.vocabulary, self.actors.policy
        name = reading.plain(node.text)
        roles = policy.role_names() if policy else ()
        attributes = {**RESERVED_ATTRIBUTES, **vocabulary.customer}
        attribute = None if name in roles else canonical(name, attributes, vocabulary)
        self.said.append(f"who: {attribute or name}")
        if name in roles:
            return name
        if attribute is not None:
            type_ = attributes[attribute]
            if type_.kind is not Kind.TEXT:
                self.findings.error(
                    node,
                    "E215",
                    say(
                        'the attribute "{attribute}" is {type}, and names nobody.',
                        attribute=attribute,
                        type=said_type(type_),
                    ),
                )
            return Attribute(attribute, type_)
        if policy is None:
            return name
        texts = [other for other, type_ in vocabulary.customer.items() if type_.kind is Kind.TEXT]
        hint = (
            nearest(name, (*roles, *texts))
            if roles
            else say("Add it to policy.yaml: roles: {{{name}: {{}}}}", name=name)
        )
        message = say('"{name}" is neither a role of policy.yaml nor an attribute that names a person.', name=name)
        self.findings.error(node, "E201", message, hint)
        return name

    def _by(self) -> tuple[tuple[str, ...], bool]:
        """`app`, `[app, sms]`, `all of [app, sms]`."""
        node = self.keys.get("by")
        if node is None:
            return (), False
        names: list[str] = []
        match = _ALL_OF.fullmatch(node.text.strip()) if isinstance(node, Scalar) else None
        if match:
            said = [(node, part) for part in re.split("[,，、]", match[1])]
        else:
            items = reading.texts(node, self.findings, quoted("by"))
            said = [(item, part) for item in items for part in re.split("[，、]", item.text.strip("[] "))]
        for item, text in said:
            name = channel_of(reading.plain(text))
            self._channel(item, name, names)
            names.append(name)
        self.said.append(f"by: {'all of ' if match else ''}{', '.join(names)}")
        return tuple(names), match is not None

    def _channel(self, node: Node, name: str, before: list[str]) -> None:
        channels = self.actors.policy.channels if self.actors.policy else None
        if name in before:
            self.findings.error(
                node, "E108", say('the channel "{name}" stands here twice.', name=name), say("Keep one of them.")
            )
        elif channels is not None and name not in channels:
            self.findings.unknown(node, "E201", say('"{name}" is no channel of the policy.', name=name), name, channels)


def written(text: Template) -> str:
    """A template as a file writes it."""
    return "".join(part if isinstance(part, str) else _placeholder(part) for part in text)


def _placeholder(part: Placeholder) -> str:
    return f"{{{part.name}}}" if part.otherwise is None else f'{{{part.name}, else "{part.otherwise}"}}'

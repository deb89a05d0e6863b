"""offers.yaml: what can be offered or granted, with titles and terms."""

from __future__ import annotations

from collections.abc import Mapping as Table
from types import MappingProxyType

from models.decisions import ActionKind
from models.speech import quoted, say
from models.types import Kind
from models.vocabulary import Vocabulary
from rules.language.keys import word_of
from rules.language.yaml_nodes import Mapping, Node
from rules.offers import OfferTerms
from rules.typed import Expression
from rules.workspace import quantities, reading
from rules.workspace.findings import Findings
from rules.workspace.message import by_language
from rules.workspace.phrases import Phrases
from rules.workspace.reading import Keys

KEYS = (
    "kind",
    "title",
    "cost",
    "value",
    "likelihood",
    "for customer",
    "partner",
    "stock",
    "good for",
    "at risk",
    "limit",
    "recover",
)
LIMIT_KEYS = ("customer", "total")
_GRANT_ONLY = ("at risk", "limit", "recover")


def read_offers(findings: Findings, vocabulary: Vocabulary, phrases: Phrases) -> Table[str, OfferTerms]:
    """The offers of a file by name; of one that cannot be read at all there is only the name."""
    root = findings.source.root
    node = reading.mapping(root, findings, say("the list of offers")) if root is not None else None
    offers: dict[str, OfferTerms] = {}
    for key, value in node.pairs if node else ():
        name = reading.plain(key.text)
        section = reading.mapping(value, findings, say('the offer "{name}"', name=name))
        if section is None:
            # Rules that name it are not to blame.
            offers[name] = OfferTerms(name, ActionKind.OFFER)
        else:
            keys = Keys(section, findings, KEYS, say('the offer "{name}"', name=name))
            offers[name] = _Terms(name, keys, findings, vocabulary, phrases).read()
    return MappingProxyType(offers)


class _Terms:
    """Reads one offer."""

    def __init__(self, name: str, keys: Keys, findings: Findings, vocabulary: Vocabulary, phrases: Phrases) -> None:
        self.name = name
        self.keys = keys
        self.findings = findings
        self.vocabulary = vocabulary
        self.phrases = phrases

    def read(self) -> OfferTerms:
        """The terms; what is wrong is reported and left out."""
        kind = self._kind()
        limits = self._limit()
        recover = self.keys.text("recover")
        partner = self.keys.text("partner")
        return OfferTerms(
            name=self.name,
            kind=kind,
            titles=self._titles(),
            cost=self._money("cost"),
            value=self._money("value"),
            likelihood=self._amount("likelihood", Kind.NUMBER),
            for_customer=self._money("for customer"),
            partner=partner.text if partner else None,
            stock=self.keys.read("stock", _count),
            good_for=self.keys.read("good for", quantities.duration),
            at_risk=self._money("at risk"),
            limit_customer=limits.get("customer"),
            limit_total=limits.get("total"),
            recover=self.phrases.success(self.findings.located(recover)) if recover else None,
        )

    def _kind(self) -> ActionKind:
        found = self.keys.text("kind")
        word = word_of(found.text.strip(), ("offer", "grant")) if found is not None else None
        if found is not None and word is None:
            message = say('"{found}" is neither offer nor grant.', found=found.text)
            self.findings.unknown(found, "E105", message, found.text, ("offer", "grant"))
            return ActionKind.GRANT
        kind = ActionKind(word) if word else ActionKind.OFFER
        for part in _GRANT_ONLY if kind is ActionKind.OFFER else ():
            if self.keys.get(part) is not None:
                message = say('"{part}" belongs to a grant; "{value}" is an offer.', part=part, value=self.name)
                self.findings.error(self.keys.key(part), "E101", message, say("Write kind: grant, or leave it out."))
        return kind

    def _titles(self) -> tuple[tuple[str, str], ...]:
        node = self.keys.get("title")
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            found = reading.text(node, self.findings, quoted("title"))
            return ((self.vocabulary.languages[0], found.text.strip()),) if found else ()
        titles: dict[str, str] = {}
        for language, value in by_language(node, self.findings, self.vocabulary.languages):
            found = reading.text(value, self.findings, say('the title in "{language}"', language=language))
            if found and "{" in found.text:
                self.findings.error(
                    found, "E113", say("a title has no placeholders."), say("Write a guide that says the value.")
                )
            elif found:
                titles[language] = found.text.strip()
        return tuple((language, titles[language]) for language in self.vocabulary.languages if language in titles)

    def _money(self, key: str) -> Expression | None:
        return self._amount(key, Kind.MONEY)

    def _amount(self, key: str, kind: Kind) -> Expression | None:
        found = self.keys.text(key)
        amount = self.phrases.amount(self.findings.located(found), kind) if found else None
        return amount.meaning if amount else None

    def _limit(self) -> dict[str, int]:
        section = self.keys.read("limit", reading.mapping)
        if section is None:
            return {}
        keys = Keys(section, self.findings, LIMIT_KEYS, quoted("limit"))
        found = {}
        for name in LIMIT_KEYS:
            node = keys.get(name)
            if node is not None:
                value = quantities.amount(node, self.findings, quoted(name), Kind.MONEY, self.vocabulary.currency)
                if value is not None:
                    found[name] = value
        return found


def _count(node: Node, findings: Findings, what: str) -> int | None:
    value = quantities.amount(node, findings, what, Kind.WHOLE)
    if value is not None and value < 0:
        findings.error(node, "E111", say("{what} cannot be less than nothing.", what=what))
        return None
    return value

"""How the nodes of a file are taken apart: the shape that was expected, or a problem that says what was found.

Each function returns None where it has reported a problem; its caller leaves that part out and reads on, so that
one mistake is one problem and all mistakes are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from models.speech import quoted, say
from rules.language.keys import key_in, key_of, word_of
from rules.language.keywords import Language
from rules.language.language_of import language_of
from rules.language.yaml_nodes import Items, Mapping, Node, Scalar
from rules.language.yaml_traps import in_quotes, value_of
from rules.problems import did_you_mean
from rules.workspace.findings import Findings

T = TypeVar("T")
#: The words for yes and no.
TRUTHS: Final = MappingProxyType({"yes": True, "true": True, "no": False, "false": False})


def kind_of(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, Scalar):
        return say("nothing") if is_empty(node) else say("a text")
    return say("a list") if isinstance(node, Items) else say("a mapping (`key: value`)")


def is_empty(node: Node | None) -> bool:
    """Whether nothing stands behind a key."""
    return node is None or (isinstance(node, Scalar) and not node.text.strip() and not node.style)


def text(node: Node, findings: Findings, what: str) -> Scalar | None:
    """The node, if it is a text that is not empty."""
    if isinstance(node, Scalar) and not is_empty(node):
        return node
    if isinstance(node, Scalar):
        findings.error(
            node, "E104", say("{what} is missing behind its key.", what=what), say("Write it, or delete the key.")
        )
    elif not _meant_as_text(node, findings):
        findings.error(
            node, "E104", say("{what} must be a text; here stands {kind_of}.", what=what, kind_of=kind_of(node))
        )
    return None


def _meant_as_text(node: Mapping | Items, findings: Findings) -> bool:
    """Reports braces, brackets or a colon that YAML took for its own although a text was meant."""
    line = findings.source.line(node.line)
    if node.flow:
        raw = findings.source.raw(node)
        if "\n" in raw:
            return False
        sign = raw[0]
        why = say(
            "a value that begins with {sign} must stand in quotes, or YAML reads the {sign} as its own sign.", sign=sign
        )
        findings.error(
            node,
            "E003",
            why,
            say("Write: {line}", line=line[: node.column - 1].lstrip() + in_quotes(raw)),
        )
        return True
    found = value_of(line[node.column - 1 :])
    if isinstance(node, Mapping) and found and len(node.pairs) == 1 and line[: node.column - 1].strip() in {"-", ""}:
        rest = line[node.column - 1 :].rstrip()
        why = say('a text that holds ": " must stand in quotes, or YAML reads it as a key of its own.')
        findings.error(
            node,
            "E003",
            why,
            say("Write: {line}", line=line[: node.column - 1].lstrip() + in_quotes(rest)),
        )
        return True
    return False


def texts(node: Node, findings: Findings, what: str) -> list[Scalar]:
    """One text, or a list of texts; what is not a text is reported and left out."""
    nodes = node.items if isinstance(node, Items) else (node,)
    found = [text(item, findings, what) for item in nodes]
    return [item for item in found if item is not None]


def mapping(node: Node, findings: Findings, what: str) -> Mapping | None:
    """The node, if it is a mapping."""
    if isinstance(node, Mapping):
        return node
    if is_empty(node):
        findings.error(
            node,
            "E104",
            say("{what} is empty.", what=what),
            say("Write `key: value` lines under it, or delete the key."),
        )
        return None
    hint = None
    if isinstance(node, Scalar) and "：" in node.text:
        key, _, value = node.text.partition("：")
        hint = say(
            "A full-width colon is no colon for YAML. Write: {key}: {value}", key=key.strip(), value=value.strip()
        )
    findings.error(
        node,
        "E104",
        say("{what} must be a mapping (`key: value`); here stands {kind_of}.", what=what, kind_of=kind_of(node)),
        hint,
    )
    return None


def items(node: Node, findings: Findings, what: str) -> Sequence[Node] | None:
    """The members of a list."""
    if isinstance(node, Items):
        return node.items
    findings.error(
        node,
        "E104",
        say("{what} must be a list; here stands {kind_of}.", what=what, kind_of=kind_of(node)),
        say("Begin each item with `- `."),
    )
    return None


class Keys:
    """A mapping read by known keys: an unknown key is a problem, found when the mapping is opened.

    `what` is the thing the mapping describes ("a rule"); `open_ended` leaves other keys to `others`.
    """

    def __init__(
        self, node: Mapping, findings: Findings, known: Sequence[str], what: str, *, open_ended: bool = False
    ) -> None:
        self.node = node
        self.what = what
        self._findings = findings
        self._known = known
        self._pairs: dict[str, tuple[Scalar, Node]] = {}
        self._others: list[tuple[Scalar, Node]] = []
        for key, value in node.pairs:
            name = key_of(plain(key.text), known)
            if name is None:
                self._others.append((key, value))
            elif name in self._pairs:
                findings.error(
                    key,
                    "E006",
                    say('the key "{key}" stands here twice.', key=plain(key.text)),
                    say("Keep one of them."),
                )
            else:
                self._pairs[name] = (key, value)
        if not open_ended:
            for key, _ in self._others:
                named = [key_in(name, language_of(key.text)) for name in known]
                findings.unknown(
                    key, "E101", say('unknown key "{key}" in {what}.', key=key.text, what=what), plain(key.text), named
                )

    @property
    def language(self) -> Language:
        """The language of the first key."""
        return language_of(self.node.pairs[0][0].text) if self.node.pairs else Language.ENGLISH

    def get(self, name: str) -> Node | None:
        """The value of a key, or None if it is not there."""
        assert name in self._known, name
        pair = self._pairs.get(name)
        return pair[1] if pair else None

    def misspelled(self, name: str) -> bool:
        """Whether an unknown key seems to mean this one."""
        for key, _ in self._others:
            language = language_of(key.text)
            named = [key_in(known, language) for known in self._known]
            if key_in(name, language) in did_you_mean(plain(key.text), named):
                return True
        return False

    def key(self, name: str) -> Scalar:
        """The node of a key that is there."""
        return self._pairs[name][0]

    def need(self, name: str) -> Node | None:
        """The value of a key that must be there; a problem if it is not (nor misspelled, which has been said)."""
        value = self.get(name)
        if value is None and not self.misspelled(name):
            written = key_in(name, self.language)
            self._findings.error(
                self.node,
                "E102",
                say('{what} needs the key "{written}".', what=self.what, written=written),
                say("Add: {written}: ..", written=written),
            )
        return value

    def text(self, name: str, *, needed: bool = False) -> Scalar | None:
        """The text of a key, or None if it is not there or not a text."""
        return self.read(name, text, needed=needed)

    def read(self, name: str, reader: Callable[[Node, Findings, str], T | None], *, needed: bool = False) -> T | None:
        """The value of a key, read by `reader(node, findings, what)`; None if it is not there."""
        value = self.need(name) if needed else self.get(name)
        return None if value is None else reader(value, self._findings, quoted(name))

    def others(self) -> Iterator[tuple[Scalar, Node]]:
        """The pairs whose key is not a known one."""
        return iter(self._others)

    def present(self) -> list[str]:
        """The known keys that are there."""
        return list(self._pairs)


def plain(name: str) -> str:
    """A name without needless spaces."""
    return " ".join(name.split())


def yes_no(node: Node, findings: Findings, what: str) -> bool | None:
    """`yes` or `no`."""
    found = text(node, findings, what)
    if found is None:
        return None
    word = word_of(found.text.strip().lower(), TRUTHS)
    answer = None if word is None else TRUTHS[word]
    if answer is None:
        findings.error(
            node,
            "E105",
            say('{what} is yes or no; here stands "{found}".', what=what, found=found.text),
            say("Write yes or no."),
        )
    return answer

"""The texts of messages: templates with `{name}` and `{name, else "text"}` (`{name，否则“text”}`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from models.speech import listed, say, sentence
from rules.language.located import Located
from rules.language.yaml_nodes import Mapping, Node, Scalar
from rules.typed import Expression, Placeholder, Template
from rules.workspace import reading
from rules.workspace.findings import Findings

#: The value of a placeholder's name, or None where its problem has been reported.
ReadName = Callable[[Located], Expression | None]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ELSE = re.compile(r"""\s*(?P<name>[^,，"“”]*?)\s*[,，]\s*(?:else|否则)\s*["“”](?P<text>[^"“”]*)["“”]\s*""")
_CONTROL = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
#: Line breaks, and the sign that joins emoji.
_HARMLESS = "\n\u200d"
_HOW = sentence('Write {{name}}, or {{name, else "text"}}.')


def template(node: Node, findings: Findings, what: str, read_name: ReadName) -> Template | None:
    """The template in a text; None if it is no text. A placeholder that cannot be read is reported and left out."""
    found = reading.text(node, findings, what)
    if found is None:
        return None
    text = found.text.rstrip("\n")
    _refuse_control(found, text, findings, what)
    parts: list[str | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        _between(text, end, match.start(), found, findings, parts)
        if placeholder := _placeholder(match, found, findings, read_name):
            parts.append(placeholder)
        end = match.end()
    _between(text, end, len(text), found, findings, parts)
    return tuple(parts)


def _between(text: str, start: int, end: int, node: Scalar, findings: Findings, parts: list[str | Placeholder]) -> None:
    """The plain text between two placeholders, in which no brace may stand alone."""
    plain = text[start:end]
    alone = re.search(r"[{}]", plain)
    if alone:
        at = start + alone.start()
        message = say("the brace {alone} has no partner.", alone=alone[0])
        findings.problems.append(findings.source.part(node, at, at + 1).problem("E113", message, say(_HOW)))
    if plain:
        parts.append(plain)


def _placeholder(match: re.Match[str], node: Scalar, findings: Findings, read_name: ReadName) -> Placeholder | None:
    inside, start = match[1], match.start(1)
    otherwise = None
    name = inside
    if substitute := _ELSE.fullmatch(inside):
        name, start, otherwise = substitute["name"], start + substitute.start("name"), substitute["text"]
    else:
        start += len(inside) - len(inside.lstrip())
        name = inside.strip()
    if not name or re.search(r"[,，\"“”]", name):
        message = say('the placeholder "{{{inside}}}" is not understood.', inside=inside)
        findings.problems.append(
            findings.source.part(node, match.start(), match.end()).problem("E113", message, say(_HOW))
        )
        return None
    of = read_name(findings.source.part(node, start, start + len(name)))
    return Placeholder(reading.plain(name), of, otherwise) if of is not None else None


def _refuse_control(node: Scalar, text: str, findings: Findings, what: str) -> None:
    """Control characters reach neither a phone nor a terminal; line breaks may stand in a text."""
    if text.isprintable():
        return
    for at, sign in enumerate(text):
        if unicodedata.category(sign) in _CONTROL and sign not in _HARMLESS:
            message = say("{what} holds the control character U+{code:04X}.", what=what, code=ord(sign))
            findings.problems.append(findings.source.part(node, at, at + 1).problem("E113", message, say("Delete it.")))
            return


def texts_by_language(
    node: Node, findings: Findings, what: str, languages: Sequence[str], read_name: ReadName
) -> tuple[tuple[str, Template], ...]:
    """`{en: .., zh: ..}` in the order of the vocabulary's languages; one text where it has one language."""
    if not isinstance(node, Mapping):
        if len(languages) > 1 and isinstance(node, Scalar) and not reading.is_empty(node):
            message = say("{what} needs a text for each language: {names}.", what=what, names=listed(languages))
            hint = say(
                "Write {first}: .. and {second}: .. on lines of their own.",
                first=languages[0],
                second=languages[1],
            )
            findings.error(node, "E104", message, hint)
            return ()
        found = template(node, findings, what, read_name)
        return ((languages[0], found),) if found else ()
    if _only_braces(node):
        template(node, findings, what, read_name)
        return ()
    texts: dict[str, Template] = {}
    for language, value in by_language(node, findings, languages):
        if found := template(value, findings, say('{what} in "{language}"', what=what, language=language), read_name):
            texts[language] = found
    return tuple((language, texts[language]) for language in languages if language in texts)


def by_language(node: Mapping, findings: Findings, languages: Sequence[str]) -> list[tuple[str, Node]]:
    """The values of a mapping whose keys are languages; another key is reported."""
    found = []
    for key, value in node.pairs:
        language = key.text.strip()
        if language in languages:
            found.append((language, value))
        else:
            message = say('"{key}" is not one of the languages of the vocabulary.', key=key.text)
            findings.unknown(key, "E110", message, language, languages)
    return found


def _only_braces(node: Mapping) -> bool:
    """`{used}` alone: YAML reads a mapping whose key has no value."""
    return node.flow and all(reading.is_empty(value) for _, value in node.pairs)

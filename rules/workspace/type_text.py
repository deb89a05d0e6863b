"""The types a vocabulary writes: `data`, `yes/no`, `S | M | L`, `text, optional`."""

from __future__ import annotations

import re

from models.speech import say
from models.text import fold
from models.types import Kind, Type
from rules.language.keys import word_in, word_of
from rules.language.keywords import Language
from rules.language.yaml_nodes import Node, Scalar
from rules.workspace import reading
from rules.workspace.findings import Findings

#: What a vocabulary may write, `length` included: distances are measured too.
WORDS = {kind.value: kind for kind in Kind if kind is not Kind.CHOICE}

_WORDS_FOR_OPTIONAL = "|".join(word_in("optional", language) for language in Language)
#: A type that may be missing, in any language.
OPTIONAL = re.compile(rf"(?P<type>.*)[,，]\s*(?:{_WORDS_FOR_OPTIONAL})\s*", re.DOTALL)

#: Words people write for a type that has another name here.
_OTHERWISE = {
    "bool": "yes/no",
    "boolean": "yes/no",
    "string": "text",
    "str": "text",
    "int": "whole number",
    "integer": "whole number",
    "float": "number",
    "decimal": "number",
    "datetime": "moment",
    "time": "moment",
    "timestamp": "moment",
    "bytes": "data",
    "location": "point",
    "currency": "money",
}


def type_of(node: Node, findings: Findings, what: str) -> Type | None:
    """The type a text names."""
    found = reading.text(node, findings, what)
    if found is None:
        return None
    optional = OPTIONAL.fullmatch(found.text)
    if optional is not None:
        read = _named(found, reading.plain(optional["type"]), findings, what)
        return Type(read.kind, read.choices, optional=True) if read else None
    return _named(found, reading.plain(found.text), findings, what)


def _named(node: Scalar, written: str, findings: Findings, what: str) -> Type | None:
    if "|" in written:
        return _choice(node, written, findings, what)
    word = word_of(written, WORDS)
    if word is not None:
        return Type(WORDS[word])
    hint = None
    if better := _OTHERWISE.get(written.lower()):
        hint = say('Write "{better}".', better=better)
    message = say('{what} has the unknown type "{written}".', what=what, written=written)
    if hint:
        findings.error(node, "E106", message, hint)
    else:
        findings.unknown(node, "E106", message, written, [*WORDS, "a | b | c"])
    return None


def _choice(node: Scalar, written: str, findings: Findings, what: str) -> Type | None:
    choices = tuple(reading.plain(choice) for choice in written.split("|"))
    if not all(choices):
        findings.error(node, "E106", say("{what}: a choice has an empty place.", what=what), say("Write a | b | c."))
        return None
    folded = [fold(choice) for choice in choices]
    for choice, key in zip(choices, folded, strict=True):
        if folded.count(key) > 1:
            message = say(
                '{what}: the choice "{choice}" stands twice; case and width make no difference.',
                what=what,
                choice=choice,
            )
            findings.error(node, "E106", message)
            return None
    return Type(Kind.CHOICE, choices)

"""The shapes that keys of files have, as JSON Schema (draft 7, which the YAML extension of VS Code reads).

Every value is text for `rules.workspace`, but an editor reads YAML: `12` is a number there, `true` a truth. A shape
that is one thing or a list of them says so in one schema, so that a mistake is underlined where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from models.vocabulary import Vocabulary
from rules.file_schemas.names import Names
from rules.language.keys import key_in, word_in
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.parse import Start, parse
from rules.language.print import print_phrase
from rules.language.words import words_of

Schema = dict[str, Any]

#: What a text may look like to an editor. (A text that reads as a truth is so rare that suggesting one would mislead.)
SCALAR: Final = ("string", "number")
_DIGIT: Final = "[0-9０-９]"
_NO_NAMES: Final = words_of(Vocabulary({}, {}))


@dataclass(frozen=True, slots=True)
class Shapes:
    """Makes schemas for files in a language, with the names of a workspace."""

    language: Language = Language.ENGLISH
    names: Names = field(default_factory=Names)

    def closed(self, keys: Sequence[str], values: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
        """A mapping with these keys and no others. Those of the language are suggested, of the others read, too.

        ValueError if the values are not those of the keys: a reader has learnt a key, or forgotten one.
        """
        if set(keys) != set(values):
            raise ValueError(f"keys without a schema, or schemas without a key: {set(keys) ^ set(values)}")
        needed = [{"anyOf": [{"required": [spelling]} for spelling in _spellings(key)]} for key in required]
        return {
            "type": "object",
            "properties": {key_in(key, self.language): values[key] for key in keys},
            "patternProperties": {
                f"^{key_in(key, other)}$": values[key]
                for key in keys
                for other in Language
                if key_in(key, other) != key_in(key, self.language)
            },
            "additionalProperties": False,
            **({"allOf": needed} if needed else {}),
        }

    def word(self, says: str, *words: str) -> Schema:
        """One of some words; those of the language come first."""
        mine = [word_in(word, self.language) for word in words]
        others = [word_in(word, other) for word in words for other in Language]
        return {"description": says, "enum": list(dict.fromkeys([*mine, *others]))}

    def truth(self, says: str) -> Schema:
        """`yes` or `no`."""
        word = self.word(says, "yes", "no")
        return {**word, "enum": [*word["enum"], True, False]}

    def phrase(self, says: str, start: Start, *examples: str) -> Schema:
        """A phrase, with examples in the language."""
        return text(says, *(self.said(start, example) for example in examples))

    def phrases(self, says: str, start: Start, *examples: str) -> Schema:
        """A phrase, or a list of them."""
        return listed(self.phrase(says, start, *examples))

    def said(self, start: Start, english: str) -> str:
        """A phrase of literals as the language says it."""
        node, problems = parse(start, Located(english, "", 1, 1), _NO_NAMES)
        if node is None:
            raise ValueError(problems[0].message)
        return print_phrase(node, self.language)

    def amount(self, says: str, start: Start, *examples: str) -> Schema:
        """A phrase that has a number in it, such as a length of time."""
        return {**self.phrase(says, start, *examples), "pattern": _DIGIT, "patternErrorMessage": says}


def _spellings(key: str) -> list[str]:
    return list(dict.fromkeys(key_in(key, language) for language in Language))


def text(says: str, *examples: str) -> Schema:
    """A text; what is suggested is not all that may stand there."""
    return {"description": says, "type": list(SCALAR), **({"examples": list(examples)} if examples else {})}


def listed(one: Schema) -> Schema:
    """One such text, or a list of them."""
    return {**one, "type": [*one["type"], "array"], "items": one}


def one_or_more(name: str, one: Schema) -> Schema:
    """A mapping that is defined under `name`, or a list of such mappings."""
    return {**one, "type": ["object", "array"], "minItems": 1, "items": {"$ref": f"#/definitions/{name}"}}


def each(says: str, value: Schema) -> Schema:
    """A mapping from names of the workspace's own to values of one shape."""
    return {"description": says, "type": "object", "additionalProperties": value}


def suggested(says: str, names: Mapping[str, Schema], other: Schema) -> Schema:
    """A mapping in which some names are suggested, and others may stand."""
    return {"description": says, "type": "object", "properties": dict(names), "additionalProperties": other}


def described(says: str, schema: Schema) -> Schema:
    """The schema with a description."""
    return {"description": says, **schema}


def nullable(schema: Schema) -> Schema:
    """The same, or nothing behind the key."""
    kinds = schema["type"]
    return {**schema, "type": [*([kinds] if isinstance(kinds, str) else kinds), "null"]}

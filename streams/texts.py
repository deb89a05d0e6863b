"""The words of a message: a template filled with values, in her language."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from msgspec import Struct

from models.formatting import format_value
from models.types import Value
from models.visible import visible
from models.vocabulary import Vocabulary
from rules.typed import Expression, Placeholder, Template


class NoValue(Exception):
    """A placeholder has no value and no `else`: its name is the argument."""


class Writer(Struct, frozen=True):
    """Fills templates for one customer at one moment."""

    vocabulary: Vocabulary
    language: str
    zone: ZoneInfo
    value: Callable[[Expression], Value]

    def fill(self, template: Template) -> str:
        """The text; raises `NoValue`."""
        return "".join(part if isinstance(part, str) else self._placeholder(part) for part in template)

    def _placeholder(self, part: Placeholder) -> str:
        found = self.value(part.of)
        if found is None:
            if part.otherwise is None:
                raise NoValue(part.name)
            return part.otherwise
        return visible(self.show(part.of, found))

    def show(self, of: Expression, found: Value) -> str:
        """A value as she reads it."""
        vocabulary = self.vocabulary
        return format_value(found, of.type, self.language, vocabulary.currency, vocabulary.data_unit, self.zone)


def language_of(attribute: Value, languages: tuple[str, ...]) -> str:
    """Her language if the vocabulary has it (`zh-CN` finds `zh`), else the vocabulary's first."""
    if isinstance(attribute, str):
        wanted = attribute.replace("_", "-").lower()
        for language in languages:
            if wanted == language.lower() or wanted.split("-")[0] == language.lower():
                return language
    return languages[0]

"""What files are brought into: canonical words, of one language or of the language each phrase has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from models.vocabulary import Vocabulary
from rules.language.keywords import Language
from rules.language.language_of import language_of
from rules.language.words import names_in


@dataclass(frozen=True)
class Wanted:
    """What files are brought into: the vocabulary's names in `language`, or each phrase in the language it has."""

    vocabulary: Vocabulary
    language: Language | None = None
    #: Roles of the policy, whose names have no other spelling.
    roles: tuple[str, ...] = ()

    def of(self, text: str) -> Language:
        """The language that a name or an amount is written in from now on."""
        return self.language or language_of(text)

    def name(self, own: str, language: Language) -> str:
        """A name of the vocabulary as that language spells it."""
        return self.names[language].get(own, own)

    @cached_property
    def names(self) -> Mapping[Language, Mapping[str, str]]:
        """Language -> the vocabulary's own names -> their spellings in it."""
        return {language: names_in(self.vocabulary, language) for language in Language}

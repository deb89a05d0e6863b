"""What an explanation is made of, whatever its language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The questions an explanation answers, in order."""

    STATE = "state"
    WHEN = "when"
    FOR_WHOM = "for whom"
    NOT_FOR_WHOM = "not for whom"
    SENT = "what is sent"
    LATER = "what follows later"
    HOW_OFTEN = "how often"
    MEASURED = "what is measured"
    FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and those that belong to it."""

    text: str
    under: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The answer to one question, under a heading."""

    part: Part
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule told in sentences of a language. Parts that have nothing to say are left out."""

    rule: str
    language: str
    title: str
    owner: str
    because: str
    sections: tuple[Section, ...]

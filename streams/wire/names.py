"""The names under which producers may send an event type or a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.vocabulary import Vocabulary


def spellings(names: Iterable[str], vocabulary: Vocabulary, snake_case: bool) -> dict[str, str]:
    """Spelling -> canonical name: as it is, as each language has it, and in snake_case if that is asked for.

    A canonical name wins over another's translation, which wins over another's snake_case.
    """
    known = list(names)
    spelled: dict[str, str] = {}
    if snake_case:
        spelled |= {to_snake_case(name): name for name in reversed(known)}
    for translations in vocabulary.names.values():
        spelled |= _translated(known, translations, snake_case)
    return spelled | {name: name for name in known}


def to_snake_case(name: str) -> str:
    """`seats free` -> `seats_free`."""
    return name.replace(" ", "_").replace("-", "_")


def _translated(names: list[str], translations: Mapping[str, str], snake_case: bool) -> dict[str, str]:
    known = {translations[name]: name for name in names if name in translations}
    return {to_snake_case(name): canonical for name, canonical in known.items()} | known if snake_case else known

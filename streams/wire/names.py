"""The names under which producers may send an event type or a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from string import ascii_letters, digits

from models.vocabulary import Vocabulary

#: What stands for itself in a plain name.
_PLAIN = frozenset(ascii_letters + digits + "_")


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


def to_plain_name(name: str) -> str:
    """A name for programs that take only Latin letters, digits, underscore and dot: `call centre` -> `call_centre`.

    Other characters are written as their bytes in UTF-8: `.e7.9f.ad`.
    """
    return "".join(
        character if character in _PLAIN else "".join(f".{byte:02x}" for byte in character.encode())
        for character in to_snake_case(name)
    )


def apart(names: Iterable[str], form: Callable[[str], str]) -> dict[str, str]:
    """Name -> its form, where no two are the same: `data used` and `data-used` are `data_used` and `data_used_2`."""
    formed: dict[str, str] = {}
    for name in sorted(names):
        text = form(name)
        while text in formed.values():
            text += "_2"
        formed[name] = text
    return formed


def to_snake_case(name: str) -> str:
    """`seats free` -> `seats_free`."""
    return name.replace(" ", "_").replace("-", "_")


def _translated(names: list[str], translations: Mapping[str, str], snake_case: bool) -> dict[str, str]:
    known = {translations[name]: name for name in names if name in translations}
    return {to_snake_case(name): canonical for name, canonical in known.items()} | known if snake_case else known

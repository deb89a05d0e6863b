"""How many SMS a text takes: GSM 7-bit (3GPP TS 23.038) where its signs allow, else UCS-2.

One SMS holds 160 signs of the GSM alphabet or 70 of UCS-2; a text that needs several gives up the room of a header in
each: 153 or 67. Signs of the extension table count twice, those beyond the Basic Multilingual Plane (most emoji) too,
and neither is cut in two. The two tables have not changed since 1999; a library for them would be larger than they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_LAST_OF_ONE_UNIT = "\uffff"


@dataclass(frozen=True, slots=True)
class Segments:
    """How many SMS a text takes; `outside` are its signs outside the GSM alphabet, each once: they cost the most."""

    count: int
    outside: tuple[str, ...]


def segments(text: str) -> Segments:
    """How many SMS a text takes. An empty text takes one."""
    outside = tuple(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _EXTENSION))
    if outside:
        return Segments(_parts((1 + (sign > _LAST_OF_ONE_UNIT) for sign in text), 70, 67), outside)
    return Segments(_parts((1 + (sign in _EXTENSION) for sign in text), 160, 153), ())


def _parts(widths: Iterable[int], alone: int, in_several: int) -> int:
    """How many parts signs of these widths fill, none of them cut in two."""
    signs = list(widths)
    if sum(signs) <= alone:
        return 1
    parts, room = 1, in_several
    for width in signs:
        if width > room:
            parts, room = parts + 1, in_several
        room -= width
    return parts

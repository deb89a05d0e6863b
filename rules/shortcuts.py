"""Short ways to which patterns an event fits: one field says it, or says that there is nothing to be asked.

Most patterns look at little: a choice is one of some values, a text holds one of some words, an amount is large. So
for most events a look at one field will do, and compiled code takes it (`streams.fits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rules.conjuncts import field_of, is_equality, is_folded, is_size, limit_of, values_of, words_of
from rules.typed import Comparator, Compare, Condition

_Payload = TypeVar("_Payload")
#: The conjuncts of a pattern, and what it leads to.
Conjuncts = tuple[list[Condition], list[_Payload]]


@dataclass(frozen=True, slots=True)
class Shortcut(Generic[_Payload]):
    """What one field says. Of `answers`, `words` and `least` there is one."""

    #: None where no pattern looks at anything.
    field: str | None
    #: What every event fits, and all that one fits without the field. (No answer is ever changed: they are shared.)
    always: list[_Payload]
    #: All that an event fits, by the value of the field: folded, where that is how it compares.
    answers: dict[Any, list[_Payload]] | None = None
    folded: bool = False
    #: Folded words, and what an event fits, too, whose text holds one of them.
    words: list[tuple[tuple[str, ...], list[_Payload]]] | None = None
    #: Below this an event fits nothing else; from there on it must be asked.
    least: int | None = None


def shortcut(patterns: Sequence[Conjuncts[_Payload]]) -> Shortcut[_Payload] | None:
    """The short way for these patterns; None if there is none. Its answers are in the order of a generated function."""
    always = [payload for rest, payloads in patterns if not rest for payload in payloads]
    asked = [(rest, payloads) for rest, payloads in patterns if rest]
    if not asked:
        return Shortcut(None, list(dict.fromkeys(always)), {})
    return _by_value(always, asked) or _by_words(always, asked) or _from_least(always, asked)


def _by_value(always: list[_Payload], asked: list[Conjuncts[_Payload]]) -> Shortcut[_Payload] | None:
    """Each pattern is one equality, all with the same field."""
    if not all(len(rest) == 1 and is_equality(rest[0]) for rest, _ in asked):
        return None
    if len({(field_of(rest[0]).name, is_folded(rest[0])) for rest, _ in asked}) > 1:
        return None
    answers: dict[Any, list[_Payload]] = {}
    for rest, payloads in asked:
        for value in values_of(rest[0]):
            answers.setdefault(value, always.copy()).extend(payloads)
    answers = {value: list(dict.fromkeys(answer)) for value, answer in answers.items()}
    first = asked[0][0][0]
    return Shortcut(field_of(first).name, list(dict.fromkeys(always)), answers, folded=is_folded(first))


def _by_words(always: list[_Payload], asked: list[Conjuncts[_Payload]]) -> Shortcut[_Payload] | None:
    """Each pattern says that the same text holds some words, and leads to what no other does."""
    payloads = always + [payload for _, payloads in asked for payload in payloads]
    found = [words_of(rest[0]) if len(rest) == 1 else None for rest, _ in asked]
    known = [one for one in found if one is not None]
    if len(known) < len(found) or len({name for name, _ in known}) > 1 or len(set(payloads)) < len(payloads):
        return None
    words = [(texts, payloads) for (_, texts), (_, payloads) in zip(known, asked, strict=True)]
    return Shortcut(known[0][0], always, words=words)


def _from_least(always: list[_Payload], asked: list[Conjuncts[_Payload]]) -> Shortcut[_Payload] | None:
    """Each pattern says that the same field is large, whatever else it says."""
    bounds = [_bounds(rest) for rest, _ in asked]
    for name in bounds[0]:
        limits = [bound[name] for bound in bounds if name in bound]
        if len(limits) == len(bounds):
            return Shortcut(name, list(dict.fromkeys(always)), least=min(limits))
    return None


def _bounds(rest: list[Condition]) -> dict[str, int]:
    """What fields must at least be."""
    found: dict[str, int] = {}
    for one in rest:
        if isinstance(one, Compare) and is_size(one) and one.operator in {Comparator.MORE, Comparator.AT_LEAST}:
            name = field_of(one).name
            found[name] = max(limit_of(one), found.get(name, limit_of(one)))
    return found

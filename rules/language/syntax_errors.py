"""What to say where a phrase cannot be read: what was expected, in the words of its language, and what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.speech import say
from rules.language.chinese_mistakes import chinese_mistake
from rules.language.english_mistakes import english_mistake
from rules.language.expected import expectation
from rules.language.grammar import Stuck, accepted
from rules.language.keywords import Language
from rules.language.located import Located
from rules.language.stop import Stop
from rules.language.token import Token
from rules.language.words import Words
from rules.problems import Problem

_MISTAKES: Final[Mapping[Language, Callable[[Stop], Problem | None]]] = MappingProxyType(
    {Language.ENGLISH: english_mistake, Language.CHINESE: chinese_mistake}
)


def explain(
    start: str, tokens: Sequence[Token], stuck: Stuck, source: Located, words: Words, language: Language
) -> Problem:
    """The problem of a phrase that stops making sense at a token (or at its end)."""
    shape = [token.type for token in tokens]
    stop = Stop(start, source, words, language, tokens, stuck.at, accepted(language, start, shape))
    return _MISTAKES[language](stop) or _unexpected(stop)


def _unexpected(stop: Stop) -> Problem:
    """What is said if nothing better is known."""
    expected = expectation(stop.accepted, stop.language)
    if stop.token is None:
        end = len(stop.source.text.rstrip())
        before = "" if stop.before is None else stop.before.text
        said = say('The phrase ends too early: after "{before}" comes {expected}.', before=before, expected=expected)
        return stop.source.span(end, end).problem("E301", said)
    values = {"expected": expected, "found": stop.token.text}
    if stop.before is None:
        return stop.token.at.problem("E301", say('A phrase here begins with {expected}; found "{found}".', **values))
    return stop.token.at.problem(
        "E301",
        say('After "{before}" comes {expected}; found "{found}".', before=stop.before.text, **values),
    )

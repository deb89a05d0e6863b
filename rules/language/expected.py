"""What could stand at a place of a phrase, in the words of its language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.speech import any_of, quoted, say, sentence
from rules.language.keywords import KEYWORDS_OF, SIGNS, Language
from rules.language.neighbours import begins

_COMPARISONS: Final = frozenset(
    {"IS", "IS_NOT", "LESS", "AT_MOST", "MORE", "AT_LEAST", "IS_ONE_OF", "IS_NOT_ONE_OF", "CONTAINS", "IS_KNOWN"}
    | {"IS_NOT_KNOWN"}
)
#: Language -> the tokens with which a comparison goes on behind its first value.
COMPARISONS: Final[Mapping[Language, frozenset[str]]] = MappingProxyType(
    {
        Language.ENGLISH: _COMPARISONS | {"BETWEEN", "CONTAINS_ONE_OF", "STARTS_WITH"},
        Language.CHINESE: _COMPARISONS | {"IN", "WITH"},
    }
)
_ARITHMETIC: Final = frozenset({"PLUS", "MINUS", "TIMES", "DIVIDE"})
#: What else may stand behind any value in Chinese, and is said only where nothing else is.
_BEHIND_VALUES: Final = frozenset({"OF", "ROUND", "TOGETHER_WITH", "DAYS_SINCE", "AGE_OF"})
_SUCH_AS: Final = MappingProxyType(
    {
        Language.ENGLISH: sentence('a comparison such as "is" or ">="'),
        Language.CHINESE: sentence('a comparison such as "是" or "不低于"'),
    }
)
_SIGNS: Final = MappingProxyType({Language.ENGLISH: "+ - * /", Language.CHINESE: "+ - × ÷"})
#: How literals are named.
_LITERALS: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType(
    {
        Language.ENGLISH: MappingProxyType(
            {
                "NAME": sentence("a name"),
                "NUMBER": sentence("a number"),
                "PERCENT": sentence("a percentage such as 10%"),
                "QUANTITY": sentence("a length of time such as 30 minutes"),
                "CLOCK": sentence("a time of day such as 09:00"),
                "DAY_NAME": sentence("a day such as Monday"),
            }
        ),
        Language.CHINESE: MappingProxyType(
            {
                "NAME": sentence("a name"),
                "NUMBER": sentence("a number"),
                "PERCENT": sentence("a percentage such as 10%"),
                "QUANTITY": sentence("a length of time such as 30分钟"),
                "CLOCK": sentence("a time of day such as 09:00"),
                "DAY_NAME": sentence("a day such as 周一"),
            }
        ),
    }
)
_UNITS: Final = MappingProxyType(
    {
        Language.ENGLISH: (
            ("DAY", "WEEK", "MONTH", "BILLING_CYCLE"),
            sentence("day, week, month or billing cycle"),
        ),
        Language.CHINESE: (
            ("EVERY_DAY", "EVERY_WEEK", "EVERY_MONTH", "EVERY_CYCLE"),
            sentence("每天, 每周, 每月 or 每账期"),
        ),
    }
)
_WIDE: Final = MappingProxyType({"(": "（", ")": "）", ",": "，"})
_SIGN_OF: Final = {token: sign for sign, token in reversed(tuple(SIGNS.items()))}


def expectation(accepted: frozenset[str], language: Language) -> str:
    """What could stand where these tokens are accepted: `a comparison such as "is" or ">=", or "reaches"`."""
    rest = set(accepted)
    parts = []
    if {"NAME", "NUMBER", "QUOTED"} <= rest:
        parts.append(say("a value"))
        rest -= begins(language, "condition")
    if rest & COMPARISONS[language]:
        parts.append(say(_SUCH_AS[language]))
        rest -= {*COMPARISONS[language], *_ARITHMETIC, *_BEHIND_VALUES}
    elif language is Language.CHINESE and rest > _ARITHMETIC | _BEHIND_VALUES:
        rest -= _ARITHMETIC | _BEHIND_VALUES
    elif rest >= _ARITHMETIC:
        parts.append(say("one of {signs}", signs=_SIGNS[language]))
        rest -= _ARITHMETIC
    units, named = _UNITS[language]
    if rest.issuperset(units[:3]):
        parts.append(say(named))
        rest.difference_update(units)
    literals = _LITERALS[language]
    parts += [say(literals[token]) for token in literals if token in rest]
    keywords = KEYWORDS_OF[language]
    parts += [quoted(keywords[token][0]) for token in keywords if token in rest]
    wide = _WIDE if language is Language.CHINESE else {}
    parts += [quoted(wide.get(sign, sign)) for token, sign in _SIGN_OF.items() if token in rest - {"DOT"}]
    if "$END" in rest:
        parts.append(say("the end"))
    return any_of(parts, commas=True) or say("nothing more")

"""What could stand at a place of a phrase, in the words of its language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from rules.language.keywords import CHINESE_DAYS, ENGLISH_DAYS, KEYWORDS_OF, SIGNS, Language
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
_COMPARISONS_SUCH_AS: Final = MappingProxyType({Language.ENGLISH: '"is" or ">="', Language.CHINESE: '"是" or "不低于"'})
_SIGNS: Final = MappingProxyType({Language.ENGLISH: "+ - * /", Language.CHINESE: "+ - × ÷"})
#: How literals are named.
_LITERALS: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType(
    {
        language: MappingProxyType(
            {
                "NAME": "a name",
                "NUMBER": "a number",
                "PERCENT": "a percentage such as 10%",
                "QUANTITY": f"a length of time such as {length}",
                "CLOCK": "a time of day such as 09:00",
                "DAY_NAME": f"a day such as {day}",
            }
        )
        for language, length, day in (
            (Language.ENGLISH, "30 minutes", ENGLISH_DAYS[0]),
            (Language.CHINESE, "30分钟", CHINESE_DAYS[0][0]),
        )
    }
)
_UNITS: Final = MappingProxyType(
    {
        Language.ENGLISH: (("DAY", "WEEK", "MONTH", "BILLING_CYCLE"), "day, week, month or billing cycle"),
        Language.CHINESE: (("EVERY_DAY", "EVERY_WEEK", "EVERY_MONTH", "EVERY_CYCLE"), "每天, 每周, 每月 or 每账期"),
    }
)
_WIDE: Final = MappingProxyType({"(": "（", ")": "）", ",": "，"})
_SIGN_OF: Final = {token: sign for sign, token in reversed(tuple(SIGNS.items()))}


def expectation(accepted: frozenset[str], language: Language) -> str:
    """What could stand where these tokens are accepted: `a comparison such as "is" or ">=", or "reaches"`."""
    rest = set(accepted)
    parts = []
    if {"NAME", "NUMBER", "QUOTED"} <= rest:
        parts.append("a value")
        rest -= begins(language, "condition")
    if rest & COMPARISONS[language]:
        parts.append(f"a comparison such as {_COMPARISONS_SUCH_AS[language]}")
        rest -= {*COMPARISONS[language], *_ARITHMETIC, *_BEHIND_VALUES}
    elif language is Language.CHINESE and rest > _ARITHMETIC | _BEHIND_VALUES:
        rest -= _ARITHMETIC | _BEHIND_VALUES
    elif rest >= _ARITHMETIC:
        parts.append(f"one of {_SIGNS[language]}")
        rest -= _ARITHMETIC
    units, named = _UNITS[language]
    if rest.issuperset(units[:3]):
        parts.append(named)
        rest.difference_update(units)
    literals = _LITERALS[language]
    parts += [literals[token] for token in literals if token in rest]
    keywords = KEYWORDS_OF[language]
    parts += [f'"{keywords[token][0]}"' for token in keywords if token in rest]
    wide = _WIDE if language is Language.CHINESE else {}
    parts += [f'"{wide.get(sign, sign)}"' for token, sign in _SIGN_OF.items() if token in rest - {"DOT"}]
    if "$END" in rest:
        parts.append("the end")
    return _joined(parts)


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}" if parts else "nothing more"

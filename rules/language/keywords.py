"""The keywords of the rule language: one table from token to spelling, for every language of phrases.

The first spelling of a token is the one that is printed. The tokenizer, the reference and the messages of errors
all read this table; grammars know the tokens only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Token -> English spellings.
ENGLISH: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # events and places
        "WHERE": ("where",),
        "ENTERS": ("enters",),
        "LEAVES": ("leaves",),
        "STAYS_IN": ("stays in",),
        # lines
        "REACHES": ("reaches",),
        "FALLS_BELOW": ("falls below",),
        "BECOMES": ("becomes",),
        # sequences, and what follows a match
        "THEN": ("then",),
        "WITHOUT": ("without",),
        "WITHIN": ("within",),
        "FOR": ("for",),
        "AS": ("as",),
        "AFTER": ("after",),
        # moments
        "EVERY": ("every",),
        "EVERY_DAY": ("every day",),
        "EVERY_YEAR_ON": ("every year on",),
        "ON_DAY": ("on day",),
        "AT": ("at",),
        "BEFORE": ("before",),
        # conditions
        "AND": ("and",),
        "OR": ("or",),
        "NOT": ("not",),
        "IS": ("is",),
        "IS_NOT": ("is not",),
        "IS_ONE_OF": ("is one of",),
        "IS_NOT_ONE_OF": ("is not one of",),
        "IS_KNOWN": ("is known",),
        "IS_NOT_KNOWN": ("is not known",),
        "BETWEEN": ("between",),
        "CONTAINS": ("contains",),
        "CONTAINS_ONE_OF": ("contains one of",),
        "STARTS_WITH": ("starts with",),
        # aggregates and windows
        "COUNT_OF": ("count of",),
        "SUM_OF": ("sum of",),
        "AVERAGE_OF": ("average of",),
        "LOWEST_OF": ("lowest of",),
        "HIGHEST_OF": ("highest of",),
        "DISTINCT_OF": ("distinct of",),
        "FIRST_OF": ("first of",),
        "LAST_OF": ("last of",),
        "AVERAGE_TIME_BETWEEN": ("average time between",),
        "TIME_SINCE_LAST": ("time since last",),
        "OF": ("of",),
        "OVER": ("over",),
        "LAST": ("last",),
        "ENDING": ("ending",),
        "AGO": ("ago",),
        "TODAY": ("today",),
        "THIS": ("this",),
        "PREVIOUS": ("previous",),
        "EVER": ("ever",),
        "PER": ("per",),
        "DAY": ("day",),
        "WEEK": ("week",),
        "MONTH": ("month",),
        "BILLING_CYCLE": ("billing cycle",),
        "BILLING_CYCLES": ("billing cycles",),
        # functions
        "HOUR": ("hour",),
        "WEEKDAY": ("weekday",),
        "DAY_OF_BILLING_CYCLE": ("day of billing cycle",),
        "DAYS_IN_BILLING_CYCLE": ("days in billing cycle",),
        "DAYS_UNTIL": ("days until",),
        "DAYS_SINCE": ("days since",),
        "AGE_OF": ("age of",),
        "DISTANCE_TO": ("distance to",),
        "NPS_GROUP_OF": ("nps group of",),
        "LOWER_OF": ("lower of",),
        "HIGHER_OF": ("higher of",),
        "ROUND": ("round",),
        # channels
        "ALL_OF": ("all of",),
    }
)

#: Names of the days, Monday first: token DAY_NAME.
ENGLISH_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: Signs, the same in every language; full-width ones are read as these.
SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "<=": "AT_MOST",
        ">=": "AT_LEAST",
        "≤": "AT_MOST",
        "≥": "AT_LEAST",
        "<": "LESS",
        ">": "MORE",
        "+": "PLUS",
        "-": "MINUS",
        "−": "MINUS",
        "*": "TIMES",
        "×": "TIMES",
        "/": "DIVIDE",
        "÷": "DIVIDE",
        "(": "LPAR",
        ")": "RPAR",
        "[": "LBRACKET",
        "]": "RBRACKET",
        ",": "COMMA",
        ".": "DOT",
    }
)

"""The keywords of the rule language: one table from token to spelling, for every language of phrases.

The first spelling of a token is the one that is printed. The tokenizer, the reference and the messages of errors
all read this table; grammars know the tokens only.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Language(StrEnum):
    """A language of phrases."""

    ENGLISH = "en"
    CHINESE = "zh"


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

#: Token -> Chinese spellings. What English says by one word may take two here, with something between them
#: (`在 .. 到 .. 之间`), and the other way round, so some tokens are of one language only.
CHINESE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # events and places
        "WHERE": ("其中",),
        "ENTERS": ("进入",),
        "LEAVES": ("离开",),
        "IN": ("在",),
        "STAYS_IN": ("停留",),
        # lines
        "REACHES": ("达到",),
        "FALLS_BELOW": ("跌破",),
        "BECOMES": ("变为", "成为", "变成"),
        # sequences, and what follows a match
        "THEN": ("然后",),
        "WITHOUT": ("没有",),
        "WITHIN": ("内", "之内"),
        "AS": ("记为",),
        "AFTER": ("后", "之后"),
        # moments, and how often
        "EVERY_DAY": ("每天", "每日"),
        "EVERY_WEEK": ("每周", "每星期"),
        "EVERY_MONTH": ("每月", "每个月"),
        "EVERY_CYCLE": ("每账期", "每个账期"),
        "ON_DAY": ("每账期第", "每个账期第"),
        "EVERY_YEAR_ON": ("每年",),
        "ON_THAT_DAY": ("当天", "当日"),
        "BEFORE": ("前", "之前"),
        "PER": ("每",),
        "TIMES_OVER": ("次",),
        # conditions
        "AND": ("且", "并且", "而且"),
        "OR": ("或", "或者"),
        "NOT": ("并非",),
        "IS": ("是", "等于"),
        "IS_NOT": ("不是", "不等于"),
        "LESS": ("低于", "小于", "少于", "早于", "不足"),
        "AT_MOST": ("不高于", "不大于", "不多于", "不晚于", "不超过", "小于等于", "至多"),
        "MORE": ("高于", "大于", "多于", "晚于", "超过"),
        "AT_LEAST": ("不低于", "不小于", "不少于", "不早于", "大于等于", "至少"),
        "UP_TO": ("到",),
        "BETWEEN": ("之间",),
        "IS_ONE_OF": ("属于",),
        "IS_NOT_ONE_OF": ("不属于",),
        "CONTAINS": ("包含",),
        "ANY_ONE": ("之一",),
        "WITH": ("以",),
        "STARTS_WITH": ("开头",),
        "IS_KNOWN": ("不为空",),
        "IS_NOT_KNOWN": ("为空",),
        # aggregates and windows
        "OF": ("的",),
        "COUNT_OF": ("次数",),
        "SUM_OF": ("合计",),
        "AVERAGE_OF": ("平均值",),
        "LOWEST_OF": ("最小值", "最低值"),
        "HIGHEST_OF": ("最大值", "最高值"),
        "DISTINCT_OF": ("去重数",),
        "FIRST_OF": ("首次", "第一次"),
        "LAST_OF": ("最近一次", "最后一次"),
        "AVERAGE_TIME_BETWEEN": ("平均间隔",),
        "SINCE": ("距",),
        "LAST_TIME": ("上次",),
        "LAST": ("近", "最近"),
        "ENDING": ("截至",),
        "TODAY": ("今天", "今日"),
        "YESTERDAY": ("昨天", "昨日"),
        "THIS_WEEK": ("本周",),
        "THIS_MONTH": ("本月",),
        "THIS_CYCLE": ("本账期",),
        "PREVIOUS_WEEK": ("上周",),
        "PREVIOUS_MONTH": ("上月", "上个月"),
        "PREVIOUS_CYCLE": ("上一账期", "上个账期", "上一个账期"),
        "BILLING_CYCLES": ("个账期",),
        "EVER": ("累计",),
        # functions
        "HOUR": ("当前小时",),
        "WEEKDAY": ("星期几", "周几"),
        "DAY_OF_BILLING_CYCLE": ("账期第几天",),
        "DAYS_IN_BILLING_CYCLE": ("账期天数",),
        "DAYS_SINCE": ("至今的天数", "至今天数"),
        "AGE_OF": ("至今的年数", "至今年数"),
        "NPS_GROUP_OF": ("NPS分组",),
        "TOGETHER_WITH": ("与",),
        "LOWER_OF": ("中较低者", "中较小者"),
        "HIGHER_OF": ("中较高者", "中较大者"),
        "ROUND": ("取整",),
        "FOLD": ("倍",),
        # channels
        "ALL_OF": ("全部",),
    }
)

#: What may stand at the end of `距X的..`. They are good names for fields too, so they are words behind `的` only.
DAYS, DISTANCE, LENGTH_OF_TIME = "天数", "距离", "时长"

#: Language -> token -> spellings.
KEYWORDS_OF: Final[Mapping[Language, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}
)

#: Names of the days in Chinese, Monday first; the first is printed. Behind `每` they are token EVERY_DAY_NAME.
CHINESE_DAYS: Final[tuple[tuple[str, ...], ...]] = tuple(
    (f"周{day}", f"星期{day}", f"礼拜{day}", *(("周天", "星期天") if day == "日" else ())) for day in "一二三四五六日"
)

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

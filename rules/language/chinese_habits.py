"""Words in Chinese phrases that nobody knows: habits of everyday Chinese, and what is nearly a known word.

A phrase without spaces has no unknown *words*: what is not known is cut at whatever is known inside it. So both are
looked for in the text around the place where reading stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final

from models.speech import any_of, quoted, say
from rules.language.keywords import CHINESE
from rules.language.language_of import UNSPACED
from rules.language.stop import Stop
from rules.language.tree import Name
from rules.language.words import KEYWORDS
from rules.problems import Problem, did_you_mean

#: Words people write for words of the language.
_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "等同于": "是",
        "属于其中": "属于[..]",
        "为空值": "为空",
        "有值": "不为空",
        "已知": "不为空",
        "没有值": "为空",
        "未知": "为空",
        "缺失": "为空",
        "达至": "达到",
        "涨到": "达到",
        "升到": "达到",
        "升至": "达到",
        "超出": "高于",
        "多过": "高于",
        "低过": "低于",
        "少过": "低于",
        "最多": "不高于",
        "最少": "不低于",
        "降到": "跌破",
        "降至": "跌破",
        "跌至": "跌破",
        "跌到": "跌破",
        "掉到": "跌破",
        "含有": "包含",
        "包括": "包含",
        "开始于": "以..开头",
        "到达": "进入",
        "抵达": "进入",
        "来到": "进入",
        "走出": "离开",
        "逗留": "停留",
        "待了": "停留",
        "接着": "然后",
        "随后": "然后",
        "之后再": "然后",
        "未曾": "没有",
        "从未": "没有",
        "不曾": "没有",
        "命名为": "记为",
        "记作": "记为",
        "称为": "记为",
        "同时": "且",
        "以及": "且",
        "并": "且",
        "和": "且",
        "要么": "或",
        "不满足": "并非",
        "除了": "并非",
        "如果": "其中",
        "假如": "其中",
        "总数": "次数",
        "个数": "次数",
        "几次": "次数",
        "笔数": "次数",
        "总和": "合计",
        "总计": "合计",
        "总额": "合计",
        "之和": "合计",
        "求和": "合计",
        "均值": "平均值",
        "平均数": "平均值",
        "平均": "平均值",
        "最小": "最小值",
        "最低": "最小值",
        "最大": "最大值",
        "最高": "最大值",
        "种类数": "去重数",
        "不同数": "去重数",
        "间隔": "平均间隔",
        "过去": "近",
        "最后": "最近一次",
        "当月": "本月",
        "当周": "本周",
        "这周": "本周",
        "这个月": "本月",
        "当期": "本账期",
        "本期": "本账期",
        "上期": "上一账期",
        "上一周": "上周",
        "上个周": "上周",
        "上一月": "上月",
        "一直以来": "累计",
        "至今为止": "累计",
        "翻倍": "的2倍",
        "百分之": "%",
        "四舍五入": "取整",
        "较小值": "中较低者",
        "较大值": "中较高者",
        "加上": "+",
        "减去": "-",
        "乘以": "×",
        "除以": "÷",
        "所有": "全部",
    }
)
#: Words that need not be said before a situation or a condition.
_NEEDLESS_AT_FIRST: Final = frozenset({"如果", "假如"})
#: Those that are printed come first.
_KEYWORDS: Final = (*(spellings[0] for spellings in CHINESE.values()), *KEYWORDS)
_RUN: Final = re.compile(rf"[{UNSPACED}A-Za-z0-9_-]+")
#: A name that is nearly written has at least this much in common with what is.
_NEAR: Final = 0.6
_PAIR: Final = 2
_PAIR_BONUS: Final = 0.15
_LONGEST: Final = 20
_MOST_NEAR: Final = 3


def habit(stop: Stop) -> Problem | None:
    """A word of everyday Chinese where the language has another, or none."""
    text = stop.source.text
    found = (match for word in _INSTEAD for match in re.finditer(re.escape(word), text) if around(stop, match))
    places = [match for match in found if not _inside_known(stop, match)]
    if not places:
        return None
    best = max(places, key=lambda match: len(match.group()))
    span = stop.source.span(*best.span())
    instead = _INSTEAD[span.text]
    needless = (span.text in _NEEDLESS_AT_FIRST and best.start() == 0) or (stop.start == "cap" and instead == "不高于")
    hint = say("Leave it out.") if needless else say('Write "{instead}".', instead=instead)
    return span.problem("E201", say('"{text}" is not a word of the rule language.', text=span.text), hint)


def near_name(stop: Stop) -> Problem | None:
    """A word that nobody knows, with the name or keyword that it nearly is."""
    unknown = next((token for token in (stop.token, stop.before) if stop.unknown(token) is not None), None)
    if unknown is None:
        return None
    start, end, near = _nearest(stop, unknown.start, unknown.end)
    if not near:
        if unknown is not stop.token and stop.token is not None:
            return None
        # Perhaps the end of a name whose beginning is known.
        before = stop.before
        joined = before is not None and before.end == unknown.start and isinstance(before.leaf, Name)
        start = before.start if joined and before is not None else start
    span = stop.source.span(start, end)
    hint = say("Did you mean {names}?", names=any_of(map(quoted, near))) if near else None
    return span.problem("E201", say('"{text}" is not known here.', text=span.text), hint)


def _nearest(stop: Stop, start: int, end: int) -> tuple[int, int, list[str]]:
    """The piece of the text around an unknown word that is nearest to known ones, and those; else the word itself."""
    text = stop.source.text
    run = next((run for run in _RUN.finditer(text) if run.start() <= start < run.end()), None)
    if run is None:
        return start, end, did_you_mean(text[start:end], (*KEYWORDS, *stop.words.names), most=1)
    fitting = {spelling for token in stop.accepted for spelling in CHINESE.get(token, ()) if len(spelling) == _PAIR}
    known = [token for token in stop.tokens if stop.unknown(token) is None and token.end - token.start > 1]
    best = _NEAR
    place, near = (start, end), list[str]()
    for name in _alike(run.group(), (*_KEYWORDS, *stop.words.spellings)):
        for at, to in _windows(run, len(name), start, end):
            piece = text[at:to]
            if name in piece or any(at <= token.start and token.end <= to and token.text in name for token in known):
                continue
            likeness = SequenceMatcher(None, piece, name).ratio()
            # Of two signs one may be wrong, if a keyword can stand here.
            likeness += _PAIR_BONUS if name in fitting and to - at == _PAIR and at == start else 0
            if likeness > best:
                best, place, near = likeness, (at, to), [name]
            elif near and likeness == best and place == (at, to) and len(near) < _MOST_NEAR:
                near.append(name)
    return *place, near


def _alike(run: str, names: tuple[str, ...]) -> Iterator[str]:
    """The names of which all signs but one are in a text."""
    signs = set(run)
    for name in dict.fromkeys(names):
        if 1 < len(name) <= _LONGEST and len(set(name) - signs) <= 1 and not name.isascii():
            yield name


def _windows(run: re.Match[str], length: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of a run, about as long as a name, that touch an unknown word."""
    for at in range(run.start(), run.end()):
        for to in range(at + length - 1, at + length + 2):
            if at < end and start < to <= run.end() and to - at > 1:
                yield at, to


def around(stop: Stop, match: re.Match[str]) -> bool:
    """Whether a piece of the text touches the token before the stop, or the one at it."""
    start = stop.before.start if stop.before is not None else 0
    end = stop.token.end if stop.token is not None else len(stop.source.text)
    return match.start() < end and match.end() > start


def _inside_known(stop: Stop, match: re.Match[str]) -> bool:
    """Whether a piece of the text lies inside a known word or a text in quotes."""
    for token in stop.tokens:
        if token.start <= match.start() and match.end() <= token.end and stop.unknown(token) is None:
            return True
    return False

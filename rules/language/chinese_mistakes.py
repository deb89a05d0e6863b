"""What people write for Chinese phrases, out of habit, and what to write instead.

A phrase without spaces has no unknown *words*: what is not known is cut at whatever is known inside it. So habits and
near names are looked for in the text around the place where reading stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final

from rules.language.expected import COMPARISONS
from rules.language.keywords import CHINESE, Language
from rules.language.language_of import UNSPACED
from rules.language.second_where import second_where
from rules.language.stop import Stop
from rules.language.tree import Name, Number, Quantity
from rules.language.words import KEYWORDS
from rules.problems import Problem, did_you_mean, quoted

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
#: What is written for a line crossed where only a state can stand.
_STATES: Final = MappingProxyType({"REACHES": "不低于", "FALLS_BELOW": "低于", "BECOMES": "是"})
_NUMERAL: Final = re.compile(r"[零一二两三四五六七八九十百]+(?=次|倍|天|周|秒|元|分钟|个?小时|个账期|个月)")
_NUMERALS: Final = {numeral: number for number, numeral in enumerate("零一二三四五六七八九十")} | {"两": 2}
#: Those that are printed come first.
_KEYWORDS: Final = (*(spellings[0] for spellings in CHINESE.values()), *KEYWORDS)
_RUN: Final = re.compile(rf"[{UNSPACED}A-Za-z0-9_-]+")
#: A name that is nearly written has at least this much in common with what is.
_NEAR: Final = 0.6
_PAIR: Final = 2
_PAIR_BONUS: Final = 0.15
_LONGEST: Final = 20
_MOST_NEAR: Final = 3


def chinese_mistake(stop: Stop) -> Problem | None:
    """The mistake that a phrase stops at, if it is one of those that people make; None if it is not."""
    return next((problem for rule in _RULES if (problem := rule(stop)) is not None), None)


# -------------------------------------------------------------- in particular


def _second_where(stop: Stop) -> Problem | None:
    """`A，其中c或B，其中d`."""
    return second_where(stop.tokens, stop.at) if stop.token is not None else None


def _numeral(stop: Stop) -> Problem | None:
    """`三天`, `每周一次`: numbers are written in digits."""
    for found in _NUMERAL.finditer(stop.source.text):
        if _around(stop, found):
            number = _NUMERALS.get(found.group())
            written = f"Write {number}" if number is not None else "Write 1, 2, .."
            span = stop.source.span(*found.span())
            return span.problem("E305", f'"{span.text}": numbers are written in digits.', f"{written}.")
    return None


def _no_unit(stop: Stop) -> Problem | None:
    before, token = stop.before, stop.token
    if before is not None and isinstance(before.leaf, Number) and "BILLING_CYCLES" in stop.accepted:
        hint = f"Write {before.text}天, or {before.text}个账期."
        return before.at.problem("E213", f"{before.text} has no unit.", hint)
    if token is None or not isinstance(token.leaf, Number):
        return None
    if "QUANTITY" not in stop.accepted or "NUMBER" in stop.accepted:
        return None
    said = f"{token.text} has no unit; a length of time is expected."
    return token.at.problem("E213", said, f"Write {token.text}小时, or {token.text}天.")


def _unknown_unit(stop: Stop) -> Problem | None:
    before, token = stop.before, stop.token
    if before is None or token is None or not isinstance(before.leaf, Number) or stop.unknown(token) is None:
        return None
    hint = "Units are 秒, 分钟, 小时, 天, 周; KB, MB, GB, TB; 米, 公里; a currency such as 元; %."
    return token.at.problem("E207", f'"{token.text}" is not a unit.', hint)


def _missing_quantity(stop: Stop) -> Problem | None:
    token = stop.token
    if token is None or not isinstance(token.leaf, Quantity) or "NUMBER" not in stop.accepted:
        return None
    if "QUANTITY" in stop.accepted:
        return None
    return token.at.problem("E305", f'A number without a unit is expected; found "{token.text}".')


def _no_clock(stop: Stop) -> Problem | None:
    token = stop.token
    if token is None or not isinstance(token.leaf, Number) or "CLOCK" not in stop.accepted or "NUMBER" in stop.accepted:
        return None
    hour = token.leaf.value
    hint = f"Write {int(hour):02}:00" if 0 <= hour < 24 else "Write 09:00"
    return token.at.problem("E306", f"{token.text} is not a time of day.", hint)


def _every(stop: Stop) -> Problem | None:
    """`每30天`, `每月1日` as a moment."""
    token = stop.token
    if token is None or stop.before is not None or stop.start != "situation":
        return None
    if token.type not in {"PER", "EVERY_WEEK", "EVERY_MONTH", "EVERY_CYCLE"}:
        return None
    hint = "Write 每天09:00, 每周一09:00, 每账期第20天09:00 or 每年X当天09:00."
    return token.at.problem("E301", f'There is no moment "{token.text}..".', hint)


def _within(stop: Stop) -> Problem | None:
    """`然后48小时进入机场`, `进入机场内48小时`, `完成支付3天内`."""
    token, before = stop.token, stop.before
    if token is None or before is None:
        return None
    if isinstance(before.leaf, Quantity) and "WITHIN" in stop.accepted:
        return token.at.problem("E301", f'After "{before.text}" comes "内"; found "{token.text}".')
    if token.type == "WITHIN" or (isinstance(token.leaf, Quantity) and stop.start in {"step", "success"}):
        without = any(each.type == "WITHOUT" for each in stop.tokens)
        written = "2小时内没有EVENT" if without else "然后48小时内EVENT" if stop.start == "step" else "3天内EVENT"
        return token.at.problem("E301", "A length of time stands before what happens in it.", f"Write {written}")
    return None


def _dotted(stop: Stop) -> Problem | None:
    """`客户的套餐`."""
    if stop.token is None or stop.at < 2 or not isinstance(stop.token.leaf, Name):
        return None
    owner, of = stop.tokens[stop.at - 2], stop.tokens[stop.at - 1]
    if of.type != "OF" or not isinstance(owner.leaf, Name) or "PERCENT" not in stop.accepted:
        return None
    span = stop.source.span(owner.start, stop.token.end)
    said = f'"{span.text}": whose it is stands before a point, as in 客户.套餐.'
    return span.problem("E301", said, f"Write {owner.text}.{stop.token.text}")


def _counted_where(stop: Stop) -> Problem | None:
    """`近30天完成支付，其中..次数`."""
    if stop.token is None or stop.token.type not in {"COMMA", "WHERE"} or "COUNT_OF" not in stop.accepted:
        return None
    hint = "Write 近30天（EVENT，其中..）次数."
    said = "An event with a condition stands in brackets, where it is counted."
    return stop.token.at.problem("E307", said, hint)


def _where(stop: Stop) -> Problem | None:
    if stop.token is None:
        return None
    ahead = stop.tokens[stop.at : stop.at + 2]
    where = next((token for token in ahead[-1:] if token.type == "WHERE"), None)
    if stop.token.type == "WHERE":
        where = stop.token
    if where is None or stop.token.type not in {"COMMA", "WHERE"}:
        return None
    if any(token.type == "LAST_TIME" for token in stop.tokens[: stop.at]):
        said = "The event of `距上次..的时长` needs brackets when it has a condition."
        return where.at.problem("E307", said, "Write 距上次（EVENT，其中..）的时长.")
    counted = "近30天（EVENT，其中..）次数, or 距上次（EVENT，其中..）的时长"
    hint = f"Join conditions with 且; an event has its 其中 in {counted}."
    return where.at.problem("E406", '"其中" cannot stand here.', hint)


def _single_step(stop: Stop) -> Problem | None:
    """Words of sequences in a `when` of one line."""
    token = stop.token
    if token is None or stop.start != "situation" or token.type not in {"THEN", "WITHOUT", "AS", "WITHIN"}:
        return None
    hint = "Write the steps as a list, each on a line that begins with a hyphen."
    return token.at.problem("E301", f'"{token.text}" belongs to a step of a sequence.', hint)


def _comma(stop: Stop) -> Problem | None:
    """`套餐是M，vip`; in a list it is another mistake."""
    token = stop.token
    if token is None or token.type != "COMMA" or "AND" not in stop.accepted or _in_list(stop):
        return None
    return token.at.problem("E301", "A comma does not join conditions.", "Write 且, or 或.")


def _in_list(stop: Stop) -> bool:
    return any(token.type in {"IS_ONE_OF", "IS_NOT_ONE_OF", "CONTAINS"} for token in stop.tokens[: stop.at][-3:])


def _no_brackets(stop: Stop) -> Problem | None:
    token, before = stop.token, stop.before
    if token is None or before is None:
        return None
    if token.type == "COMMA" and token.type not in stop.accepted and (_in_list(stop) or stop.start == "channels"):
        return token.at.problem("E307", "A list stands in square brackets.", f"Write [{before.text}、..]")
    if stop.accepted == {"LBRACKET"}:
        return token.at.problem("E307", "A list stands in square brackets.", f"Write [{token.text}、..]")
    return None


def _state(stop: Stop) -> Problem | None:
    """A line crossed where a condition stands."""
    token = stop.token
    if token is None or token.type not in _STATES or stop.before is None:
        return None
    said = f'"{token.text}" is something that happens; it belongs to when.'
    return token.at.problem("E402", said, f'Write "{_STATES[token.type]}".')


def _after_is(stop: Stop) -> Problem | None:
    """`是低于`, `是[a、b]`."""
    token, before = stop.token, stop.before
    if token is None or before is None or before.type not in {"IS", "IS_NOT"}:
        return None
    if token.type == "LBRACKET":
        instead = "属于" if before.type == "IS" else "不属于"
        return before.at.problem("E301", f'"{before.text}" takes one value.', f'Write "{instead}".')
    if token.type in COMPARISONS[Language.CHINESE]:
        return before.at.problem("E301", f'"{token.text}" stands alone.', f'Leave out "{before.text}".')
    return None


def _third_side(stop: Stop) -> Problem | None:
    """`10 < x < 20`."""
    if stop.token is None or stop.token.type not in COMPARISONS[Language.CHINESE] or "AND" not in stop.accepted:
        return None
    hint = "Join two comparisons with 且, or write X在A到B之间."
    return stop.token.at.problem("E301", "A comparison has two sides.", hint)


# ----------------------------------------------------- habits and near names


def _habit(stop: Stop) -> Problem | None:
    """A word of everyday Chinese where the language has another, or none."""
    text = stop.source.text
    found = (match for word in _INSTEAD for match in re.finditer(re.escape(word), text) if _around(stop, match))
    places = [match for match in found if not _inside_known(stop, match)]
    if not places:
        return None
    best = max(places, key=lambda match: len(match.group()))
    span = stop.source.span(*best.span())
    instead = _INSTEAD[span.text]
    needless = (span.text in _NEEDLESS_AT_FIRST and best.start() == 0) or (stop.start == "cap" and instead == "不高于")
    hint = "Leave it out." if needless else f'Write "{instead}".'
    return span.problem("E201", f'"{span.text}" is not a word of the rule language.', hint)


def _near(stop: Stop) -> Problem | None:
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
    hint = f"Did you mean {' or '.join(map(quoted, near))}?" if near else None
    return span.problem("E201", f'"{span.text}" is not known here.', hint)


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


def _around(stop: Stop, match: re.Match[str]) -> bool:
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


_RULES: Final[tuple[Callable[[Stop], Problem | None], ...]] = (
    _numeral,
    _every,
    _no_unit,
    _missing_quantity,
    _no_clock,
    _dotted,
    _counted_where,
    _second_where,
    _within,
    _single_step,
    _where,
    _no_brackets,
    _habit,
    _unknown_unit,
    _state,
    _after_is,
    _third_side,
    _comma,
    _near,
)

"""What people put together wrongly in Chinese phrases, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from models.speech import say
from rules.language.chinese_habits import around, habit, near_name
from rules.language.expected import COMPARISONS
from rules.language.keywords import Language
from rules.language.second_where import second_where
from rules.language.stop import Stop
from rules.language.tree import Name, Number, Quantity
from rules.problems import Problem

#: What is written for a line crossed where only a state can stand.
_STATES: Final = MappingProxyType({"REACHES": "不低于", "FALLS_BELOW": "低于", "BECOMES": "是"})
_NUMERAL: Final = re.compile(r"[零一二两三四五六七八九十百]+(?=次|倍|天|周|秒|元|分钟|个?小时|个账期|个月)")
_NUMERALS: Final = {numeral: number for number, numeral in enumerate("零一二三四五六七八九十")} | {"两": 2}


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
        if around(stop, found):
            number = _NUMERALS.get(found.group())
            written = say("Write {number}", number=number) if number is not None else say("Write 1, 2, ..")
            span = stop.source.span(*found.span())
            return span.problem(
                "E305",
                say('"{text}": numbers are written in digits.', text=span.text),
                say("{written}.", written=written),
            )
    return None


def _no_unit(stop: Stop) -> Problem | None:
    before, token = stop.before, stop.token
    if before is not None and isinstance(before.leaf, Number) and "BILLING_CYCLES" in stop.accepted:
        hint = say("Write {before}天, or {before}个账期.", before=before.text)
        return before.at.problem("E213", say("{before} has no unit.", before=before.text), hint)
    if token is None or not isinstance(token.leaf, Number):
        return None
    if "QUANTITY" not in stop.accepted or "NUMBER" in stop.accepted:
        return None
    said = say("{word} has no unit; a length of time is expected.", word=token.text)
    return token.at.problem("E213", said, say("Write {word}小时, or {word}天.", word=token.text))


def _unknown_unit(stop: Stop) -> Problem | None:
    before, token = stop.before, stop.token
    if before is None or token is None or not isinstance(before.leaf, Number) or stop.unknown(token) is None:
        return None
    hint = say("Units are 秒, 分钟, 小时, 天, 周; KB, MB, GB, TB; 米, 公里; a currency such as 元; %.")
    return token.at.problem("E207", say('"{word}" is not a unit.', word=token.text), hint)


def _missing_quantity(stop: Stop) -> Problem | None:
    token = stop.token
    if token is None or not isinstance(token.leaf, Quantity) or "NUMBER" not in stop.accepted:
        return None
    if "QUANTITY" in stop.accepted:
        return None
    return token.at.problem("E305", say('A number without a unit is expected; found "{word}".', word=token.text))


def _no_clock(stop: Stop) -> Problem | None:
    token = stop.token
    if token is None or not isinstance(token.leaf, Number) or "CLOCK" not in stop.accepted or "NUMBER" in stop.accepted:
        return None
    hour = token.leaf.value
    hint = say("Write {hour:02}:00", hour=int(hour)) if 0 <= hour < 24 else say("Write 09:00")
    return token.at.problem("E306", say("{word} is not a time of day.", word=token.text), hint)


def _every(stop: Stop) -> Problem | None:
    """`每30天`, `每月1日` as a moment."""
    token = stop.token
    if token is None or stop.before is not None or stop.start != "situation":
        return None
    if token.type not in {"PER", "EVERY_WEEK", "EVERY_MONTH", "EVERY_CYCLE"}:
        return None
    hint = say("Write 每天09:00, 每周一09:00, 每账期第20天09:00 or 每年X当天09:00.")
    return token.at.problem("E301", say('There is no moment "{word}..".', word=token.text), hint)


def _within(stop: Stop) -> Problem | None:
    """`然后48小时进入机场`, `进入机场内48小时`, `完成支付3天内`."""
    token, before = stop.token, stop.before
    if token is None or before is None:
        return None
    if isinstance(before.leaf, Quantity) and "WITHIN" in stop.accepted:
        return token.at.problem(
            "E301", say('After "{before}" comes "内"; found "{found}".', before=before.text, found=token.text)
        )
    if token.type == "WITHIN" or (isinstance(token.leaf, Quantity) and stop.start in {"step", "success"}):
        without = any(each.type == "WITHOUT" for each in stop.tokens)
        written = "2小时内没有EVENT" if without else "然后48小时内EVENT" if stop.start == "step" else "3天内EVENT"
        return token.at.problem(
            "E301", say("A length of time stands before what happens in it."), say("Write {written}", written=written)
        )
    return None


def _dotted(stop: Stop) -> Problem | None:
    """`客户的套餐`."""
    if stop.token is None or stop.at < 2 or not isinstance(stop.token.leaf, Name):
        return None
    owner, of = stop.tokens[stop.at - 2], stop.tokens[stop.at - 1]
    if of.type != "OF" or not isinstance(owner.leaf, Name) or "PERCENT" not in stop.accepted:
        return None
    span = stop.source.span(owner.start, stop.token.end)
    said = say('"{text}": whose it is stands before a point, as in 客户.套餐.', text=span.text)
    return span.problem("E301", said, say("Write {owner}.{word}", owner=owner.text, word=stop.token.text))


def _counted_where(stop: Stop) -> Problem | None:
    """`近30天完成支付，其中..次数`."""
    if stop.token is None or stop.token.type not in {"COMMA", "WHERE"} or "COUNT_OF" not in stop.accepted:
        return None
    hint = say("Write 近30天（EVENT，其中..）次数.")
    said = say("An event with a condition stands in brackets, where it is counted.")
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
        said = say("The event of `距上次..的时长` needs brackets when it has a condition.")
        return where.at.problem("E307", said, say("Write 距上次（EVENT，其中..）的时长."))
    counted = say("近30天（EVENT，其中..）次数, or 距上次（EVENT，其中..）的时长")
    hint = say("Join conditions with 且; an event has its 其中 in {counted}.", counted=counted)
    return where.at.problem("E406", say('"其中" cannot stand here.'), hint)


def _single_step(stop: Stop) -> Problem | None:
    """Words of sequences in a `when` of one line."""
    token = stop.token
    if token is None or stop.start != "situation" or token.type not in {"THEN", "WITHOUT", "AS", "WITHIN"}:
        return None
    hint = say("Write the steps as a list, each on a line that begins with a hyphen.")
    return token.at.problem("E301", say('"{word}" belongs to a step of a sequence.', word=token.text), hint)


def _comma(stop: Stop) -> Problem | None:
    """`套餐是M，vip`; in a list it is another mistake."""
    token = stop.token
    if token is None or token.type != "COMMA" or "AND" not in stop.accepted or _in_list(stop):
        return None
    return token.at.problem("E301", say("A comma does not join conditions."), say("Write 且, or 或."))


def _in_list(stop: Stop) -> bool:
    return any(token.type in {"IS_ONE_OF", "IS_NOT_ONE_OF", "CONTAINS"} for token in stop.tokens[: stop.at][-3:])


def _no_brackets(stop: Stop) -> Problem | None:
    token, before = stop.token, stop.before
    if token is None or before is None:
        return None
    if token.type == "COMMA" and token.type not in stop.accepted and (_in_list(stop) or stop.start == "channels"):
        return token.at.problem(
            "E307", say("A list stands in square brackets."), say("Write [{before}、..]", before=before.text)
        )
    if stop.accepted == {"LBRACKET"}:
        return token.at.problem(
            "E307", say("A list stands in square brackets."), say("Write [{word}、..]", word=token.text)
        )
    return None


def _state(stop: Stop) -> Problem | None:
    """A line crossed where a condition stands."""
    token = stop.token
    if token is None or token.type not in _STATES or stop.before is None:
        return None
    said = say('"{word}" is something that happens; it belongs to when.', word=token.text)
    return token.at.problem("E402", said, say('Write "{states}".', states=_STATES[token.type]))


def _after_is(stop: Stop) -> Problem | None:
    """`是低于`, `是[a、b]`."""
    token, before = stop.token, stop.before
    if token is None or before is None or before.type not in {"IS", "IS_NOT"}:
        return None
    if token.type == "LBRACKET":
        instead = "属于" if before.type == "IS" else "不属于"
        return before.at.problem(
            "E301", say('"{before}" takes one value.', before=before.text), say('Write "{instead}".', instead=instead)
        )
    if token.type in COMPARISONS[Language.CHINESE]:
        return before.at.problem(
            "E301", say('"{word}" stands alone.', word=token.text), say('Leave out "{before}".', before=before.text)
        )
    return None


def _third_side(stop: Stop) -> Problem | None:
    """`10 < x < 20`."""
    if stop.token is None or stop.token.type not in COMPARISONS[Language.CHINESE] or "AND" not in stop.accepted:
        return None
    hint = say("Join two comparisons with 且, or write X在A到B之间.")
    return stop.token.at.problem("E301", say("A comparison has two sides."), hint)


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
    habit,
    _unknown_unit,
    _state,
    _after_is,
    _third_side,
    _comma,
    near_name,
)

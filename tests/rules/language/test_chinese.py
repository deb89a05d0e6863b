"""Every form of the design's table, and what people write for it, says the same in Chinese as in English."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from models.vocabulary import Vocabulary
from rules.language.keywords import CHINESE, Language
from rules.language.located import Located
from rules.language.parse import Start, parse, step_names
from rules.language.print import print_phrase
from rules.language.words import Words, names_in, words_of
from rules.workspace.workspace import load_texts

#: Phrases: (read as, English, Chinese as it is printed, other ways to write it).
SAME: list[tuple[Start, str, str, tuple[str, ...]]] = [
    # events, lines, places
    (
        Start.SITUATION,
        "data used where network is roaming",
        "使用流量，其中所在网络是漫游",
        ("使用流量其中所在网络是漫游", "使用流量, 其中 所在网络 是 漫游"),
    ),
    (
        Start.SITUATION,
        "paid or basket where price > 3 CNY",
        "付款或购物，其中金额高于3元",
        ("付款或者购物，其中金额大于３元", "付款或购物，其中金额 > ¥3"),
    ),
    (
        Start.SITUATION,
        "(paid where price > 3 CNY) or searched",
        "（付款，其中金额高于3元）或搜索",
        ("(付款，其中金额高于3元)或搜索",),
    ),
    (
        Start.SITUATION,
        "used reaches 80% of allowance",
        "已用达到套餐流量的80%",
        ("已用 达到 套餐流量 的 80%", "已用达到套餐流量的８０％"),
    ),
    (Start.SITUATION, "balance falls below 2 * usual", "余额跌破日常的2倍", ()),
    (
        Start.SITUATION,
        "count of call dropped over last 30 minutes reaches 3",
        "近30分钟通话中断次数达到3",
        ("最近30分钟的通话中断次数达到3", "近30分钟通话中断的次数达到3"),
    ),
    (Start.SITUATION, "tier becomes gold", "等级变为金卡", ("等级变成金卡", "等级成为金卡")),
    (Start.SITUATION, "becomes heavy user", "成为重度用户", ()),
    (Start.SITUATION, "vip becomes yes", "vip变为是", ()),
    (Start.SITUATION, "enters airport", "进入机场", ()),
    (Start.SITUATION, "leaves old town", "离开老城", ()),
    (Start.SITUATION, "stays in airport for 30 minutes", "在机场停留30分钟", ()),
    (Start.SITUATION, "enters airport or searched", "进入机场或搜索", ()),
    # moments
    (Start.SITUATION, "every day at 09:00", "每天09:00", ("每日9:00", "每天 09：00", "每天9点", "每天9点00分")),
    (Start.SITUATION, "every day at 20:30", "每天20:30", ("每天20点30分", "每天20点半")),
    (Start.SITUATION, "every Monday at 09:00", "每周一09:00", ("每星期一 09:00", "每礼拜一9点")),
    (Start.SITUATION, "every Sunday at 09:00", "每周日09:00", ("每星期天09:00",)),
    (Start.SITUATION, "on day 20 of billing cycle at 09:00", "每账期第20天09:00", ("每个账期第20天 09:00",)),
    (Start.SITUATION, "every year on birthday at 09:00", "每年生日当天09:00", ("每年生日当日9点",)),
    (Start.SITUATION, "3 days before contract ends at 09:00", "合约到期日前3天09:00", ("合约到期日之前3天 09:00",)),
    (Start.SITUATION, "10 days after activated", "激活时间后10天", ()),
    (
        Start.SITUATION,
        "2 hours before flight booked.departs",
        "预订航班.起飞时间前2小时",
        ("预订航班.起飞时间前2个小时",),
    ),
    # sequences
    (
        Start.STEP,
        'searched as 查询 where query contains "roaming"',
        "搜索，其中搜索词包含“roaming”，记为查询",
        ("搜索，记为查询，其中搜索词包含“roaming”",),
    ),
    (Start.STEP, "searched as 去机场的人", "搜索，记为去机场的人", ("搜索记为去机场的人",)),
    (Start.STEP, "then enters airport within 48 hours", "然后48小时内进入机场", ("然后 48小时 之内，进入 机场",)),
    (Start.STEP, "then enters airport within 48 hours after searched", "然后搜索后48小时内进入机场", ()),
    (Start.STEP, 'without paid where product is "pass" for 2 hours', "2小时内没有付款，其中产品是“pass”", ()),
    (Start.STEP, "without paid for 2 hours after searched", "搜索后2小时内没有付款", ()),
    # aggregates and windows
    (
        Start.FACT,
        "sum of amount of data used over this billing cycle",
        "本账期使用流量的用量合计",
        ("本账期 使用流量 的 用量 合计",),
    ),
    (Start.FACT, 'count of paid where product is "x" over last 30 days', "近30天（付款，其中产品是“x”）次数", ()),
    (Start.FACT, "count of paid or basket over today", "今天付款或购物次数", ("今日（付款或购物）次数",)),
    (Start.FACT, "average of items of basket over last 3 weeks", "近3周购物的件数平均值", ("近3星期购物的件数平均值",)),
    (Start.FACT, "lowest of price of paid over ever", "累计付款的金额最小值", ()),
    (Start.FACT, "highest of price of paid over previous month", "上月付款的金额最大值", ("上个月付款的金额最高值",)),
    (Start.FACT, "distinct of product of paid over this month", "本月付款的产品去重数", ()),
    (Start.FACT, "first of product of paid over ever", "首次付款的产品", ("累计首次付款的产品", "第一次付款的产品")),
    (Start.FACT, "last of network of data used over last 3 billing cycles", "近3个账期最近一次使用流量的所在网络", ()),
    (Start.FACT, "count of paid over this week", "本周付款次数", ()),
    (Start.FACT, "count of paid over previous week", "上周付款次数", ()),
    (Start.FACT, "count of paid over previous billing cycle", "上一账期付款次数", ("上个账期付款次数",)),
    (Start.FACT, "count of paid over previous day", "昨天付款次数", ("昨日付款次数",)),
    (Start.FACT, "count of paid over last 30 days ending 30 days ago", "截至30天前的近30天付款次数", ()),
    (Start.FACT, "average time between basket over last 180 days", "近180天购物平均间隔", ("近180天购物的平均间隔",)),
    (Start.FACT, "time since last paid", "距上次付款的时长", ()),
    (Start.FACT, "time since last (paid where price > 3 CNY)", "距上次（付款，其中金额高于3元）的时长", ()),
    (
        Start.FACT,
        "used / day of billing cycle * days in billing cycle",
        "已用 ÷ 账期第几天 × 账期天数",
        ("已用/账期第几天*账期天数",),
    ),
    # functions and arithmetic
    (Start.EXPRESSION, "10% of used * 2", "已用的10% × 2", ()),
    (Start.EXPRESSION, "2 * (used + 1 GB)", "（已用 + 1 GB）的2倍", ("（已用+1GB）的2倍",)),
    (Start.EXPRESSION, "round used / 3", "（已用 ÷ 3）取整", ("已用÷3取整",)),
    (Start.EXPRESSION, "lower of used and allowance", "已用与套餐流量中较低者", ("已用与套餐流量中较小者",)),
    (Start.EXPRESSION, "higher of used / 3 and 10 GB", "已用 ÷ 3与10 GB中较高者", ()),
    (Start.EXPRESSION, "-5 CNY + balance", "-5元 + 余额", ()),
    (Start.CONDITION, "distance to airport < 5 km", "距机场的距离低于5公里", ("距机场的距离小于5千米",)),
    (Start.CONDITION, "days until contract ends < 60", "距合约到期日的天数低于60", ()),
    (Start.CONDITION, "days since activated <= 30", "激活时间至今的天数不高于30", ("激活时间至今天数≤30",)),
    (Start.CONDITION, "age of birthday >= 18", "生日至今的年数不低于18", ()),
    (Start.CONDITION, "nps group of nps is detractor", "nps的NPS分组是贬损者", ()),
    (
        Start.CONDITION,
        "weekday is one of [Saturday, Sunday] and hour < 9",
        "星期几属于[周六、周日]且当前小时低于9",
        ("周几属于[星期六，星期日]并且当前小时<9",),
    ),
    # conditions
    (Start.CONDITION, "plan is M", "套餐是M", ("套餐等于M", "套餐 是 M")),
    (Start.CONDITION, "plan is not unlimited", "套餐不是unlimited", ("套餐不等于unlimited",)),
    (Start.CONDITION, "vip is no", "vip等于否", ("vip是否",)),
    (Start.CONDITION, "vip is not yes", "vip不等于是", ("vip不是是",)),
    (
        Start.CONDITION,
        "used >= 2 GB and used <= 5 GB",
        "已用不低于2 GB且已用不高于5 GB",
        ("已用不少于2GB且已用不超过5GB", "已用≥２GB且已用≤5GB"),
    ),
    (Start.CONDITION, "used > 2 GB or used < 1 GB", "已用高于2 GB或已用低于1 GB", ("已用超过2GB或已用不足1GB",)),
    (Start.CONDITION, "contract ends > 2026-03-01", "合约到期日晚于2026-03-01", ("合约到期日晚于2026年3月1日",)),
    (
        Start.CONDITION,
        "activated < 2026-03-01 20:00",
        "激活时间早于2026-03-01 20:00",
        ("激活时间早于2026年3月1日20点",),
    ),
    (Start.CONDITION, "used between 2 GB and 3.5 GB", "已用在2 GB到3.5 GB之间", ()),
    (Start.CONDITION, "plan is one of [S, M]", "套餐属于[S、M]", ("套餐属于[S，M]", "套餐属于［S, M］")),
    (Start.CONDITION, "plan is not one of [S, M]", "套餐不属于[S、M]", ()),
    (Start.CONDITION, 'manager contains "i"', "经理包含“i”", ("经理包含「i」",)),
    (Start.CONDITION, 'manager contains one of ["Li", "Wang"]', "经理包含[“Li”、“Wang”]之一", ()),
    (Start.CONDITION, 'manager starts with "O"', "经理以“O”开头", ()),
    (Start.CONDITION, "manager is known", "经理不为空", ()),
    (Start.CONDITION, "manager is not known", "经理为空", ()),
    (Start.CONDITION, "not (plan is S or plan is M) and vip", "并非（套餐是S或套餐是M）且vip", ()),
    (Start.CONDITION, "customer.plan is L", "客户.套餐是L", ()),
    (
        Start.CONDITION,
        "time since last paid > 14 days",
        "距上次付款的时长高于14天",
        ("距上次付款的时长超过14天",),
    ),
    # what stands beside a when
    (Start.CAP, "1 per billing cycle", "每账期1次", ("每个账期1次",)),
    (Start.CAP, "3 per 7 days", "每7天3次", ("每 7天 3次",)),
    (Start.CAP, "1 per day", "每天1次", ()),
    (Start.CAP, "2 per week", "每周2次", ()),
    (Start.CAP, "2 per month", "每月2次", ("每个月2次",)),
    (Start.CAP, "1 ever", "累计1次", ()),
    (Start.AFTER, "4 hours", "4小时", ("4个小时",)),
    (Start.AFTER, "4 hours without complaint progressed", "4小时内没有投诉有进展", ()),
    (Start.DURATION, "90 minutes", "90分钟", ()),
    (Start.DURATION, "1.5 days", "1.5天", ()),
    (Start.SUCCESS, 'paid where product is "x" within 3 days', "3天内付款，其中产品是“x”", ()),
    (Start.SHARE, "10%", "10%", ()),
    (Start.SHARE, "10% of guidance and tasks", "提醒、任务的10%", ("提醒与任务的10%",)),
    (Start.CHANNELS, "app", "应用", ("app",)),
    (Start.CHANNELS, "[app, sms]", "[应用、短信]", ("[应用，短信]",)),
    (Start.CHANNELS, "all of [app, sms]", "全部[应用、短信]", ()),
    (Start.PATTERNS, "complaint closed", "投诉办结", ()),
]
_NAMES = {
    "data used": "使用流量",
    "amount": "用量",
    "network": "所在网络",
    "roaming": "漫游",
    "paid": "付款",
    "price": "金额",
    "product": "产品",
    "basket": "购物",
    "items": "件数",
    "searched": "搜索",
    "query": "搜索词",
    "call dropped": "通话中断",
    "flight booked": "预订航班",
    "departs": "起飞时间",
    "complaint progressed": "投诉有进展",
    "complaint closed": "投诉办结",
    "plan": "套餐",
    "allowance": "套餐流量",
    "tier": "等级",
    "gold": "金卡",
    "balance": "余额",
    "manager": "经理",
    "birthday": "生日",
    "contract ends": "合约到期日",
    "activated": "激活时间",
    "airport": "机场",
    "old town": "老城",
    "used": "已用",
    "usual": "日常",
    "heavy user": "重度用户",
}


@pytest.fixture(scope="module")
def bilingual(vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary of the tests with a Chinese name for most of its names."""
    return Vocabulary(vocabulary.events, vocabulary.customer, vocabulary.places, names={"zh": _NAMES}, currency="CNY")


@pytest.fixture(scope="module")
def words(bilingual: Vocabulary) -> Words:
    """Its words, with three facts and two channels."""
    return words_of(bilingual, ["used", "usual", "heavy user"], roles=["app", "sms"])


def read(start: Start, text: str, words: Words) -> Any:
    """The tree of a phrase that has no mistake."""
    line = Located(text, "f", 1, 1)
    if start is Start.STEP:
        words = words.with_names(step_names([line], words))
    node, problems = parse(start, line, words)
    assert not problems, [str(problem) for problem in problems]
    return node


@pytest.mark.parametrize(("start", "english", "chinese", "others"), SAME, ids=[row[2] for row in SAME])
def test_a_phrase_says_the_same_in_both_languages(
    start: Start, english: str, chinese: str, others: tuple[str, ...], words: Words, bilingual: Vocabulary
) -> None:
    """One tree, from every way to write it; and it is printed as each language writes it."""
    node = read(start, english, words)
    for text in (chinese, *others):
        assert read(start, text, words) == node, text
    assert print_phrase(node, Language.CHINESE, names_in(bilingual, Language.CHINESE)) == chinese
    assert print_phrase(node, Language.ENGLISH) == english


def test_every_chinese_keyword_is_read_somewhere() -> None:
    """The table above has each of them, and each of its spellings that is no mere variant of another."""
    written = " ".join(text for _, _, chinese, others in SAME for text in (chinese, *others))
    assert [spellings[0] for spellings in CHINESE.values() if spellings[0] not in written] == []


# ---------------------------------------------------------------- the page

PAGE = (Path(__file__).parents[3] / "docs" / "chinese.md").read_text(encoding="utf-8")


def test_the_rule_of_the_page_is_a_rule() -> None:
    """Without a mistake, in a vocabulary that has its names."""
    (rule,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    vocabulary = """
currency: CNY
languages: [zh]
customer: {套餐: S | unlimited, 套餐流量: data}
events:
  使用流量: {family: consumption, 用量: data}
  付款: {family: consumption, 产品: text}
"""
    loaded = load_texts({"vocabulary.yaml": vocabulary, "rules/one.yaml": rule})
    assert [str(problem) for problem in loaded.problems] == []

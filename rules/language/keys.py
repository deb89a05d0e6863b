"""The keys of a workspace's files, and the words that stand behind some of them, in every language.

English is what the code speaks of them by. A Chinese word may mean another key in another file (`价值` is the worth of
a task and the value of an offer), so it is read among the keys that are known at its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rules.language.keywords import Language

#: Key -> Chinese spellings; the first is the one that is written.
CHINESE_KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # a rule
        "title": ("标题",),
        "owner": ("负责人",),
        "because": ("原因",),
        "runs": ("执行期",),
        "paused": ("暂停",),
        "each": ("分别按",),
        "facts": ("指标",),
        "when": ("当",),
        "only if": ("仅当",),
        "unless": ("除非",),
        "then": ("则",),
        "stop when": ("停止条件",),
        "at most": ("最多",),
        "choose": ("择优",),
        "measure": ("评估",),
        "success": ("成效",),
        "harm": ("负面",),
        "control": ("对照组",),
        # a block
        "guide": ("提醒",),
        "offer": ("优惠",),
        "grant": ("特批",),
        "task": ("任务",),
        "after": ("过后",),
        "by": ("渠道",),
        "good for": ("有效期",),
        "who": ("执行人",),
        "what": ("事项",),
        "why": ("事由",),
        "due": ("时限",),
        "worth": ("价值",),
        # a test
        "tests": ("测试",),
        "it": ("名称",),
        "customer": ("客户",),
        "story": ("经过",),
        "policy": ("策略",),
        # offers.yaml
        "kind": ("类型",),
        "cost": ("成本",),
        "value": ("价值",),
        "likelihood": ("接受率",),
        "for customer": ("客户所得",),
        "partner": ("合作方",),
        "stock": ("库存",),
        "at risk": ("风险额",),
        "limit": ("限额",),
        "total": ("总计",),
        "recover": ("回收",),
        # vocabulary.yaml
        "time zone": ("时区",),
        "currency": ("货币",),
        "languages": ("语言",),
        "data unit": ("流量进制",),
        "settle": ("等待乱序",),
        "stale after": ("过时",),
        "history": ("历史保留",),
        "position fades": ("位置失效",),
        "events": ("事件",),
        "places": ("地点",),
        "things": ("事物",),
        "names": ("名称",),
        "family": ("事件类别",),
        "as": ("报文名称",),
        "arrives within": ("最迟到达",),
        "about": ("所指事物",),
        "near": ("中心",),
        "within": ("半径",),
        "each of": ("逐个取自",),
        "cell": ("小区",),
        "area": ("区域",),
        "held by": ("持有凭据",),
        "until": ("截止",),
        # policy.yaml
        "consent": ("授权",),
        "quiet hours": ("免打扰",),
        "caps": ("频次上限",),
        "gap between messages": ("消息间隔",),
        "no marketing while": ("停止营销",),
        "person first when": ("优先人工",),
        "costs": ("代价",),
        "order": ("顺序",),
        "channels": ("渠道",),
        "roles": ("角色",),
        "marketing": ("营销",),
        "service": ("服务",),
        "global": ("全局",),
        "working hours": ("工作时间",),
        "rate": ("速率",),
        "fallback": ("备用",),
        "segments": ("分段",),
    }
)

#: Words behind keys: English -> Chinese spellings; the first is the one that is written.
CHINESE_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "yes": ("是",),
        "no": ("否",),
        "on": ("开",),
        "off": ("关",),
        "now": ("立即",),
        "none": ("无",),
        "required": ("必需",),
        "assumed": ("默认",),
        # kinds of action, of event, of message
        "offer": ("优惠",),
        "grant": ("特批",),
        "guidance": ("提醒",),
        "tasks": ("任务",),
        "offers": ("优惠",),
        "grants": ("特批",),
        "consumption": ("消费",),
        "location": ("位置",),
        "behavior": ("行为",),
        "service": ("服务",),
        "marketing": ("营销",),
        # types
        "yes/no": ("是否",),
        "text": ("文本",),
        "number": ("数字",),
        "whole number": ("整数",),
        "money": ("金额",),
        "data": ("流量",),
        "duration": ("时长",),
        "length": ("距离",),
        "date": ("日期",),
        "moment": ("时刻",),
        "point": ("坐标",),
        "cell": ("小区",),
        "optional": ("可选",),
    }
)


def key_in(key: str, language: Language) -> str:
    """A key as a language writes it; itself if the language has no word for it."""
    return _written(CHINESE_KEYS, key, language)


def key_of(written: str, known: Iterable[str]) -> str | None:
    """The one of the known keys that a text is, in any language; None if it is none of them."""
    return _read(CHINESE_KEYS, written, known)


def word_in(word: str, language: Language) -> str:
    """A word behind a key as a language writes it; itself if the language has none for it."""
    return _written(CHINESE_WORDS, word, language)


def word_of(written: str, known: Iterable[str]) -> str | None:
    """The one of the known words that a text is, in any language; None if it is none of them."""
    return _read(CHINESE_WORDS, written, known)


def _written(table: Mapping[str, tuple[str, ...]], own: str, language: Language) -> str:
    return table[own][0] if language is Language.CHINESE and own in table else own


def _read(table: Mapping[str, tuple[str, ...]], written: str, known: Iterable[str]) -> str | None:
    names = known if isinstance(known, Mapping | frozenset | set) else tuple(known)
    if written in names:
        return written
    if written.isascii():
        return None
    return next((own for own in names if written in table.get(own, ())), None)

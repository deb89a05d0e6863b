"""Chinese for the names that no vocabulary has to give: reserved events and attributes, and words of the language.

A vocabulary that uses one of these spellings for a name of its own has the first claim to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.language.keywords import Language

_CHANNELS: Final[Mapping[str, str]] = MappingProxyType({"app": "应用", "sms": "短信", "email": "邮件", "call": "电话"})
_CHANNEL_OF: Final = MappingProxyType({spelling: name for name, spelling in _CHANNELS.items()})

#: Canonical name -> Chinese spelling.
OWN_CHINESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # owners in dotted names, and the values of yes/no
        "customer": "客户",
        "step": "事件",
        "yes": "是",
        "no": "否",
        # values of `nps group of`
        "promoter": "推荐者",
        "passive": "中立者",
        "detractor": "贬损者",
        # kinds of action, in `control`
        "guidance": "提醒",
        "offers": "优惠",
        "grants": "特批",
        "tasks": "任务",
        **_CHANNELS,
        # reserved attributes
        "time zone": "时区",
        "language": "语言",
        "channel": "首选渠道",
        "reachable by": "可达渠道",
        "bill day": "账单日",
        # reserved events and their fields
        "customer changed": "客户变更",
        "consent changed": "授权变更",
        "message receipt": "消息回执",
        "message replied": "回复消息",
        "contacted": "已联系",
        "task done": "任务完成",
        "granted": "已特批",
        "grant recovered": "特批已收回",
        "grant written off": "特批已核销",
        "clock": "时钟",
        "marketing": "营销",
        "service": "服务",
        "decision": "决定",
        "status": "状态",
        "text": "文本",
        "topic": "主题",
        "result": "结果",
    }
)


def channel_in(name: str, language: Language) -> str:
    """A channel as a language writes it; itself if the language has no word for it."""
    return _CHANNELS.get(name, name) if language is Language.CHINESE else name


def channel_of(written: str) -> str:
    """The channel of this name: `短信` is `sms`; names of a firm's own channels are what they are."""
    return _CHANNEL_OF.get(written, written)

"""Every file of a workspace says the same in Chinese as in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msgspec import structs

from rules.workspace.workspace import Workspace, load_texts

ENGLISH = {
    "vocabulary.yaml": """
currency: CNY
languages: [zh]
customer: {plan: S | M, allowance: data, manager: text}
events:
  data used: {family: consumption, amount: data}
  paid: {family: consumption, price: money, product: text}
names:
  zh: {plan: 套餐, allowance: 套餐流量, data used: 使用流量, amount: 用量, paid: 完成支付, price: 金额, product: 产品}
""",
    "policy.yaml": """
channels: {app: {rate: 50 per second}, sms: {fallback: app after 30 minutes, segments: 2}}
roles: {desk: {working hours: 08:00-20:00}}
caps: [marketing 1 per day, sms 2 per 7 days, topic roaming 1 per 3 days]
choose: 1 offer within 10 minutes
order: grants, guidance, tasks, offers by worth
consent: {marketing: required}
quiet hours: {marketing: 20:00-09:00, service: none}
gap between messages: 2 hours
control: {global: 5%}
""",
    "offers.yaml": """
pack: {kind: offer, title: {zh: 包}, value: 5 CNY, cost: 10% of 3 CNY, likelihood: 12%, good for: 30 days}
""",
    "rules/one.yaml": """
title: t
facts:
  used: sum of amount of data used over today
when: used reaches 80% of allowance
only if: plan is M
unless:
  - count of paid over last 30 days >= 3
then:
  - guide: {zh: "已用{used}"}
    offer: pack
    by: [app, sms]
    good for: 24 hours
  - after: 2 hours without paid
    task: {who: desk, what: call, due: 1 hour}
stop when: paid
at most: 1 per 7 days
measure: {control: 10% of guidance, success: paid within 3 days}
tests:
  - it: x
    customer: {plan: M, allowance: 10 GB}
    story:
      - 2026-03-02 09:00 data used: {amount: 9 GB}
      - expect guidance with offer pack by app
      - +2 hours expect task for desk
""",
}
CHINESE = {
    "vocabulary.yaml": """
货币: CNY
语言: [zh]
客户: {plan: S | M, allowance: 流量, manager: 文本}
事件:
  data used: {事件类别: 消费, amount: 流量}
  paid: {事件类别: 消费, price: 金额, product: 文本}
名称:
  zh: {plan: 套餐, allowance: 套餐流量, data used: 使用流量, amount: 用量, paid: 完成支付, price: 金额, product: 产品}
""",
    "policy.yaml": """
渠道: {应用: {速率: 每秒50条}, 短信: {备用: 30分钟后应用, 分段: 2}}
角色: {desk: {工作时间: 08:00-20:00}}
频次上限: [营销每天1次, 短信 每7天2次, 主题roaming 每3天1次]
择优: 10分钟内1个优惠
顺序: 特批、提醒、任务、优惠按价值
授权: {营销: 必需}
免打扰: {营销: 20:00-09:00, 服务: 无}
消息间隔: 2小时
对照组: {全局: 5%}
""",
    "offers.yaml": """
pack: {类型: 优惠, 标题: {zh: 包}, 价值: 5元, 成本: 3元的10%, 接受率: 12%, 有效期: 30天}
""",
    "rules/one.yaml": """
标题: t
指标:
  used: 今天使用流量的用量合计
当: used达到套餐流量的80%
仅当: 套餐是M
除非:
  - 近30天完成支付次数不低于3
则:
  - 提醒: {zh: "已用{used}"}
    优惠: pack
    渠道: [应用、短信]
    有效期: 24小时
  - 过后: 2小时内没有完成支付
    任务: {执行人: desk, 事项: call, 时限: 1小时}
停止条件: 完成支付
最多: 每7天1次
评估: {对照组: 提醒的10%, 成效: 3天内完成支付}
测试:
  - 名称: x
    客户: {套餐: M, 套餐流量: 10 GB}
    经过:
      - 2026-03-02 09:00 使用流量: {用量: 9 GB}
      - 预期提醒，附优惠pack，渠道应用
      - +2小时 预期任务，执行人desk
""",
}


def read(files: Mapping[str, str]) -> Workspace:
    """The workspace of files without mistakes; what is not built yet is named."""
    loaded = load_texts(files)
    assert {problem.code for problem in loaded.problems} <= {"N602"}, [str(problem) for problem in loaded.problems]
    assert loaded.workspace is not None
    return loaded.workspace


def test_every_file_says_the_same_in_both_languages() -> None:
    """Vocabulary, policy, offers, rule and story; only the texts that reasons quote are as they were written."""
    english, chinese = read(ENGLISH), read(CHINESE)
    assert english.vocabulary == chinese.vocabulary
    assert wordless(english.policy) == wordless(chinese.policy)
    assert english.offers == chinese.offers
    (one,), (other,) = english.rules, chinese.rules
    assert one.rule.version == other.rule.version
    assert [wordless(line) for line in one.tests[0].lines] == [wordless(line) for line in other.tests[0].lines]
    assert one.tests[0].customer == other.tests[0].customer


def wordless(said: Any) -> Any:
    """The same without the words it was said in, and the lines it stands in."""
    if hasattr(said, "caps"):
        return replace(said, caps=tuple(replace(cap, text="") for cap in said.caps))
    return structs.replace(said, line=0, **({"text": ""} if hasattr(said, "text") else {}))


def test_files_may_mix_languages_file_by_file_and_line_by_line() -> None:
    """A Chinese rule in an English workspace, and English lines in a Chinese rule."""
    mixed = {**ENGLISH, "rules/one.yaml": CHINESE["rules/one.yaml"].replace("仅当: 套餐是M", "only if: plan is M")}
    assert read(mixed).rules[0].rule.version == read(ENGLISH).rules[0].rule.version


def test_a_key_that_is_unknown_is_compared_with_keys_of_its_language() -> None:
    """`标提` is nearly `标题`; what is missing is asked for in the language of the file."""
    broken = CHINESE["rules/one.yaml"].replace("标题:", "标提:").replace("则:", "则则:")
    problems = load_texts({**CHINESE, "rules/one.yaml": broken}).problems
    said = [f"{problem.message} {problem.hint}" for problem in problems if problem.code in {"E101", "E102"}]
    assert said == [
        'unknown key "标提" in a rule. Did you mean "标题" or "指标"?',
        'unknown key "则则" in a rule. Did you mean "则"?',
    ]

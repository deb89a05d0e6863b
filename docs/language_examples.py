"""What the language reference says besides what the code knows: an example of each form, and words about it.

The examples are in English, and read with the vocabulary of `docs/reference/example`; the pages print them in every
language. A meaning is said in English and in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rules.language.parse import Start


@dataclass(frozen=True, slots=True)
class Said:
    """The same in both languages of the pages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Row:
    """An example of a form, and what it means."""

    phrase: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Section:
    """Forms of one kind: where they stand, what they are read as, and an example of each."""

    title: Said
    where: Said
    start: Start
    rows: tuple[Row, ...]


SITUATIONS: Final = Section(
    Said("Situations", "情形"),
    Said("Behind `when`, if it is one line.", "写在 `当` 后面的一行。"),
    Start.SITUATION,
    (
        Row("data used", "the event happens", "事件发生"),
        Row("data used where network is roaming", "it happens, and the condition holds for it", "事件发生且满足条件"),
        Row("paid or searched", "one of the events happens", "任一事件发生"),
        Row(
            "(data used where amount > 1 GB) or (paid where price > 3 CNY)",
            "each event has a condition of its own",
            "各事件各有条件",
        ),
        Row("enters airport", "she was outside, and is inside now", "原在外，现进入"),
        Row("leaves old town", "she was inside, and is outside now", "原在内，现离开"),
        Row("stays in branch for 30 minutes", "she enters, and is still inside after that time", "进入后停留满该时长"),
        Row("used reaches 80% of allowance", "the value was less, and is as much or more now", "原先不足，现在达到"),
        Row("balance falls below 10 CNY", "it was as much or more, and is less now", "原先不低于，现在低于"),
        Row("tier becomes gold", "the attribute changes to this value", "属性变为该值"),
        Row("becomes heavy user", "the condition did not hold, and holds now", "条件由不成立变为成立"),
        Row("every day at 09:00", "each day, on her clock", "每天，按客户当地时间"),
        Row("every Monday at 09:00", "each week on this day", "每周的这一天"),
        Row("on day 20 of billing cycle at 09:00", "once in each billing cycle", "每个账期一次"),
        Row("every year on birthday at 09:00", "each year on the day of a date", "每年的这个日期"),
        Row("3 days before contract ends at 09:00", "before a date that an attribute has", "属性所记日期之前"),
        Row("10 days after activated", "after a moment that an attribute has", "属性所记时刻之后"),
        Row("2 hours before flight booked.departs", "before a moment that an event tells", "事件所带时刻之前"),
    ),
)
STEPS: Final = Section(
    Said("Steps of a sequence", "步骤"),
    Said("Behind `when`, each on a line of a list.", "写在 `当` 后面的列表里，一行一步。"),
    Start.STEP,
    (
        Row('searched as search where query contains "roaming"', "the first step, with a name", "第一步，并命名"),
        Row(
            "then enters airport within 48 hours", "the next one, soon enough after the one before", "在时限内的下一步"
        ),
        Row(
            'without paid where product is "roaming-pass" for 2 hours',
            "for so long the event does not happen",
            "该时长内事件没有发生",
        ),
        Row("then data used within 3 days after search", "the time counts from a step by its name", "从指定步骤起计时"),
        Row(
            "without paid for 1 day after search",
            "so does the time of what does not happen",
            "“没有”也可从指定步骤起计时",
        ),
    ),
)
CONDITIONS: Final = Section(
    Said("Conditions", "条件"),
    Said("Behind `only if`, `unless` and `where`.", "写在 `仅当`、`除非` 后面，以及事件的 `其中` 后面。"),
    Start.CONDITION,
    (
        Row("plan is M", "equal", "等于"),
        Row("plan is not unlimited", "not equal; a missing value does not hold", "不等于；缺值时不成立"),
        Row("plan is one of [S, M]", "one of these", "其中之一"),
        Row("plan is not one of [S, M]", "none of these", "都不是"),
        Row("used < 2 GB", "less", "小于"),
        Row("used <= 2 GB", "at most", "小于等于"),
        Row("used > 2 GB", "more", "大于"),
        Row("top-ups >= 3", "at least", "大于等于"),
        Row("contract ends > 2026-03-01", "later than a date", "晚于某日期"),
        Row("activated < 2026-03-01 20:00", "earlier than a moment", "早于某时刻"),
        Row("used between 2 GB and 3.5 GB", "both ends included", "含两端"),
        Row('manager contains "Li"', "somewhere in the text", "文本中含有"),
        Row('manager contains one of ["Li", "Wang"]', "one of these somewhere in the text", "文本中含有其中之一"),
        Row('manager starts with "O"', "how the text begins", "文本的开头"),
        Row("manager is known", "there is a value", "有值"),
        Row("manager is not known", "there is none", "无值"),
        Row("vip is yes", "a yes/no value; `vip` alone says the same", "是否类型的值；单写名称也一样"),
        Row("not heavy user", "does not hold", "不成立"),
        Row("vip and used > 2 GB", "both hold", "两者都成立"),
        Row(
            "(plan is S or plan is M) and vip",
            "`and` binds closer than `or`; brackets say otherwise",
            "且比或优先，可用括号",
        ),
        Row("weekday is one of [Saturday, Sunday]", "days have names", "星期有名称"),
        Row("customer.plan is L", "whose it is, where a name could be two things", "名称有两种含义时写明所属"),
        Row("time since last paid > 14 days", "a fact may stand where it is needed", "指标可以直接写在条件里"),
    ),
)
FACTS: Final = Section(
    Said("Facts", "指标"),
    Said("Behind a name under `facts`, or in a condition.", "写在 `指标` 的名称后面，或直接写在条件里。"),
    Start.FACT,
    (
        Row("count of paid over last 30 days", "how many events", "事件次数"),
        Row('count of paid where product is "top-up" over last 30 days', "how many that fit", "满足条件的事件次数"),
        Row("count of paid or searched over today", "several events", "多种事件"),
        Row("sum of amount of data used over this billing cycle", "the total of a field", "字段合计"),
        Row("average of price of paid over last 3 weeks", "the mean of a field", "字段平均值"),
        Row("lowest of price of paid over this month", "the least", "最小值"),
        Row("highest of price of paid over this month", "the greatest", "最大值"),
        Row("distinct of product of paid over ever", "how many different values", "不同值的个数"),
        Row("first of product of paid over ever", "the value of the first event", "首次事件的值"),
        Row("last of network of data used over ever", "the value of the latest event", "最近一次事件的值"),
        Row(
            "average time between paid over last 180 days",
            "the mean length of time between events",
            "事件间隔的平均时长",
        ),
        Row("time since last paid", "how long ago the latest event was", "距最近一次事件多久"),
        Row("time since last (paid where price > 3 CNY)", "of those that fit", "满足条件的最近一次"),
        Row("plan is L and used > 20 GB", "a condition: an audience", "条件：一类人群"),
        Row(
            "used / day of billing cycle * days in billing cycle",
            "arithmetic: where she will end",
            "算式：账期末预计值",
        ),
    ),
)
WINDOWS: Final = Section(
    Said("Windows", "时间范围"),
    Said("Behind `over`.", "写在所统计的事件前面。"),
    Start.FACT,
    (
        Row("count of paid over last 30 days", "slides with the clock, exactly", "随时间滑动，精确到毫秒"),
        Row("count of paid over last 30 days ending 30 days ago", "slides, and ends earlier", "滑动，且截止于更早"),
        Row("count of paid over today", "since midnight, on her clock", "当地零点以来"),
        Row("count of paid over this week", "since Monday", "周一以来"),
        Row("count of paid over this month", "since the first of the month", "本月一日以来"),
        Row("count of paid over this billing cycle", "since her bill day", "账单日以来"),
        Row("count of paid over previous day", "the whole day before", "前一整天"),
        Row("count of paid over previous week", "the whole week before", "前一整周"),
        Row("count of paid over previous month", "the whole month before", "前一整月"),
        Row("count of paid over previous billing cycle", "the whole billing cycle before", "前一整个账期"),
        Row("count of paid over last 3 billing cycles", "whole ones, without the present", "完整账期，不含本账期"),
        Row("count of paid over ever", "all there has been", "有记录以来"),
    ),
)
VALUES: Final = Section(
    Said("Values and functions", "值与函数"),
    Said(
        "On either side of a comparison, in facts, and in amounts of offers.yaml.",
        "写在比较的两边、指标里，以及 offers.yaml 的金额里。",
    ),
    Start.EXPRESSION,
    (
        Row("2.5", "a number", "数字"),
        Row("-5 CNY", "an amount with its unit", "带单位的量"),
        Row("80%", "the number 0.8", "即 0.8"),
        Row('"top-up"', "a text", "文本"),
        Row("spent + 5 CNY", "plus; both of one kind", "加；两边同类"),
        Row("spent - 5 CNY", "minus, with a space on both sides", "减；两边有空格"),
        Row("2 * spent", "times a number", "乘以数字"),
        Row("spent / 30", "divided by a number", "除以数字"),
        Row("(spent + 5 CNY) / 2", "brackets first", "括号优先"),
        Row("80% of allowance", "a share of a value", "值的百分比"),
        Row("round spent / 3", "to whole units, of all that follows", "取整，作用于整个算式"),
        Row("lower of spent / 3 and 10 CNY", "the lesser of two", "两者中较小的"),
        Row("higher of spent / 3 and 10 CNY", "the greater of two", "两者中较大的"),
        Row("hour", "of her clock, 0 to 23", "客户当地的小时，0 到 23"),
        Row("weekday", "of her calendar", "客户当地的星期"),
        Row("day of billing cycle", "1 on her bill day", "账单日为第 1 天"),
        Row("days in billing cycle", "28 to 31", "28 到 31"),
        Row("days until contract ends", "days of the calendar", "日历天数"),
        Row("days since activated", "days of the calendar", "日历天数"),
        Row("age of birthday", "whole years", "周岁"),
        Row("distance to airport", "from her latest position", "从最近位置算起"),
        Row("nps group of nps", "promoter, passive or detractor", "推荐者、中立者或贬损者"),
    ),
)
BESIDE: Final = (
    Section(
        Said("How often", "频次"),
        Said("Behind `at most`.", "写在 `最多` 后面。"),
        Start.CAP,
        (
            Row("1 per day", "a day of her calendar", "每个自然日"),
            Row("2 per week", "a week of her calendar", "每个自然周"),
            Row("2 per month", "a month of her calendar", "每个自然月"),
            Row("1 per billing cycle", "her billing cycle", "每个账期"),
            Row("3 per 7 days", "rolls: in any seven days", "滚动：任意 7 天内"),
            Row("1 ever", "never again", "仅此一次"),
        ),
    ),
    Section(
        Said("Later", "之后"),
        Said("Behind `after`.", "写在 `过后` 后面。"),
        Start.AFTER,
        (
            Row("4 hours", "so long after the firing", "触发后经过该时长"),
            Row(
                "4 hours without complaint progressed",
                "only if the event has not happened by then",
                "且其间事件没有发生",
            ),
        ),
    ),
    Section(
        Said("Lengths of time", "时长"),
        Said("Behind `good for` and `due`.", "写在 `有效期`、`时限` 后面。"),
        Start.DURATION,
        (Row("24 hours", "a number and a unit", "数字与单位"),),
    ),
    Section(
        Said("What ends it", "停止"),
        Said("Behind `stop when`.", "写在 `停止条件` 后面。"),
        Start.PATTERNS,
        (Row("complaint closed", "an event, with `where` if needed", "事件，可加条件"),),
    ),
    Section(
        Said("Success and harm", "成效与负面"),
        Said("Behind `success`, `harm` and `recover`.", "写在 `成效`、`负面`、`回收` 后面。"),
        Start.SUCCESS,
        (Row('paid where product is "top-up" within 3 days', "an event, and how soon", "事件与时限"),),
    ),
    Section(
        Said("Control group", "对照组"),
        Said("Behind `control`.", "写在 `对照组` 后面。"),
        Start.SHARE,
        (
            Row("10%", "of offers", "针对优惠"),
            Row("10% of guidance and tasks", "of other kinds of action", "针对其他类别的动作"),
        ),
    ),
    Section(
        Said("Channels", "渠道"),
        Said("Behind `by`.", "写在 `渠道` 后面。"),
        Start.CHANNELS,
        (
            Row("app", "this one only", "只用这一个"),
            Row("[app, sms]", "the first that reaches her", "第一个能送达的"),
            Row("all of [app, sms]", "each", "每一个"),
        ),
    ),
)
SECTIONS: Final = (SITUATIONS, STEPS, CONDITIONS, FACTS, WINDOWS, VALUES, *BESIDE)

#: Lines of a story, one after the other, of a rule with `only if: plan is not unlimited` and `at most`.
STORY: Final = (
    Row("2026-03-02 09:00 searched: {query: roaming}", "a date and time, an event, its fields", "日期时间、事件、字段"),
    Row("+1 hour complaint opened: {case: K-1}", "so long after the line above", "距上一行的时长"),
    Row("complaint closed", "at the time of the line above; fields may be left out", "与上一行同时；字段可省略"),
    Row("paid every 7 days, 12 times: {price: 15 CNY}", "an event that repeats", "重复的事件"),
    Row("customer changed: {plan: L}", "attributes change", "属性变更"),
    Row("expect guidance", "she gets guidance", "应收到提醒"),
    Row(
        'expect guidance with offer top-up by app saying "10 GB"',
        "with this offer, on this channel, with these words in it",
        "附该优惠、走该渠道、含这些文字",
    ),
    Row("expect offer top-up", "she gets an offer", "应收到优惠"),
    Row("expect grant goodwill-gigabyte", "she gets a grant", "应获特批"),
    Row("expect task for service desk", "a person gets a task", "应派任务"),
    Row("+2 hours expect nothing", "nothing happens", "不应触发"),
    Row("expect nothing, stopped by plan is not unlimited", "a line of `only if` or `unless` stops it", "被条件拦下"),
    Row("expect nothing, stopped by at most", "it has acted often enough", "已达频次上限"),
    Row("expect nothing, stopped by when", "the situation is not complete", "情形未成立"),
)

#: What each key is, in Chinese, for the files as `language_reference` names them. English is what editors are told.
KEYS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "rule": {
            "title": "规则的名称",
            "owner": "由谁负责",
            "because": "为什么有这条规则",
            "runs": "可以触发的日期，含首尾两天",
            "paused": "不再触发，指标照常累计",
            "each": "按这个字段的值分别计算规则中的一切",
            "facts": "本规则的指标：名称与定义",
            "when": "情形：一个短语，或步骤的列表",
            "only if": "每一行都必须成立",
            "unless": "任何一行都不得成立",
            "then": "做什么：一段，或多段的列表",
            "stop when": "终止其余动作的事件",
            "at most": "一位客户最多触发几次",
            "choose": "本规则的优惠不等待其他优惠",
            "measure": "如何得知规则的效果",
            "tests": "规则必须做什么，不得做什么",
        },
        "block": {
            "guide": "有帮助的消息：每种语言一段文字",
            "offer": "offers.yaml 中的优惠",
            "grant": "offers.yaml 中的特批",
            "task": "交给人的任务",
            "after": "触发之后多久",
            "only if": "本段的条件：都必须成立",
            "unless": "本段的条件：都不得成立",
            "by": "第一个能送达客户的渠道",
            "good for": "消息在多长时间内值得发送",
        },
        "task": {
            "who": "policy.yaml 中的角色，或写有姓名的属性",
            "what": "要做什么；{名称}代表值",
            "why": "为什么；{名称}代表值",
            "due": "多久之内必须完成",
            "worth": "价值：金额，或算式",
        },
        "measure": {
            "control": "不触达、用于比较的比例",
            "success": "多少天内发生某事件",
            "harm": "多少天内发生某事件",
        },
        "test": {
            "it": "规则在这里做什么",
            "customer": "客户的属性，及其时区",
            "story": "按时间发生的事，以及预期",
            "policy": "是否应用策略",
        },
        "offer": {
            "kind": "优惠，或特批：承担风险的例外",
            "title": "优惠单独发送时消息的文字，一段，或每种语言一段",
            "cost": "金额，或由属性和指标组成的算式",
            "value": "金额，或由属性和指标组成的算式",
            "likelihood": "客户接受的可能性：12%，或算式",
            "for customer": "对客户值多少：金额，或算式",
            "partner": "由谁提供",
            "stock": "有多少份",
            "good for": "有效多久：30天",
            "at risk": "特批所承担的金额，或算式",
            "limit": "特批最多可承担的金额",
            "recover": "特批如何收回：30天内发生某事件",
        },
        "limit": {"customer": "每位客户的上限", "total": "全部客户的上限"},
        "vocabulary": {
            "time zone": "没有自己时区的客户所用的时区",
            "currency": "一切金额的货币：ISO 4217",
            "languages": "消息的语言；第一种用于没有语言的客户",
            "data unit": "一千字节是多少字节",
            "settle": "等待乱序事件多久：2秒",
            "stale after": "迟到超过这个时长的事件不再触发：1小时",
            "history": "事件保留多久：35天",
            "position fades": "位置多久之后失效：2小时",
            "customer": "客户的属性：名称与类型",
            "events": "事件类型",
            "places": "地点",
            "things": "客户所持、事件所指的事物",
            "names": "名称在其他语言中的写法",
        },
        "event": {
            "family": "事件的类别",
            "as": "报文中的名称，如与此处不同",
            "stale after": "只用于本类型，代替工作区的设置：1小时",
            "arrives within": "这种事件最多迟到多久：10分钟",
            "about": "所指的事物",
        },
        "place": {
            "near": "圆心：[纬度, 经度]，以度为单位",
            "within": "半径：4公里",
            "each of": "GeoJSON 文件：每个要素是一个地点，以其名称为名",
            "cell": "无线小区",
            "area": "只有一个区域的 GeoJSON 文件，或各顶点：[纬度, 经度]",
        },
        "thing": {
            "held by": "客户因哪个事件而持有",
            "until": "该事件中写明截止时间的字段",
        },
        "policy": {
            "consent": "消息是否需要客户授权",
            "quiet hours": "何时不发消息，按客户当地时间",
            "caps": "最多发多少条消息",
            "gap between messages": "消息之间的时长：2小时",
            "no marketing while": "条件，任一成立即可",
            "person first when": "条件，任一成立即可",
            "costs": "事件给公司带来的成本",
            "order": "谁先谁后",
            "choose": "优惠如何竞争",
            "control": "不获优惠、用于比较的客户",
            "channels": "渠道，按尝试的顺序",
            "roles": "可以接受任务的角色",
        },
        "purpose": {"marketing": "营销消息", "service": "服务消息"},
        "channel": {
            "rate": "每秒可发多少条",
            "cost": "一条消息的成本",
            "fallback": "没有送达的消息改走哪里",
            "segments": "一条消息最多拆成几条短信",
        },
        "role": {"working hours": "工作时间"},
        "global": {"global": "占全部客户的比例"},
    }
)

"""policy.yaml: every key checked; roles, channels and their order act, the rest is named as not acting yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from models.decisions import ActionKind
from models.policy import DEFAULT_CHANNELS, DEFAULT_ORDER, PURPOSES, SMS, Policy, PolicyCap, Role
from models.quiet_hours import DAY_MINUTES, Hours
from models.speech import listed, quoted, say
from models.types import Kind
from models.vocabulary import RESERVED_EVENTS, Vocabulary
from rules.language.keys import key_of, word_of
from rules.language.own_names import channel_of
from rules.language.yaml_nodes import Items, Mapping, Node, Scalar
from rules.problems import Problem, Severity
from rules.typed import Sliding
from rules.workspace import quantities, reading
from rules.workspace.findings import Findings, nearest
from rules.workspace.phrases import Phrases
from rules.workspace.reading import Keys
from rules.workspace.typed_values import canonical

KEYS = (
    "consent",
    "quiet hours",
    "caps",
    "gap between messages",
    "no marketing while",
    "person first when",
    "costs",
    "order",
    "choose",
    "control",
    "channels",
    "roles",
)

ROLE_KEYS = ("working hours",)
#: `segments` belongs to sms only.
CHANNEL_KEYS = ("rate", "cost", "fallback", "segments")
CONTROL_KEYS = ("global",)

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})")
#: How many messages a channel takes in a time.
RATE = re.compile(
    r"(?P<number>[1-9]\d*)\s+per\s+(?P<unit>second|minute|hour|day)|每(?P<each>秒|分钟|小时|天)(?P<many>[1-9]\d*)条"
)
#: What may stand behind `offers` of `order`.
BY_WORTH = re.compile(r"\s+by\s+worth$|\s*按价值$")
CHOOSE = re.compile(r"(?P<number>[1-9]\d*)\s+offers?\s+within\s+(?P<length>.+)")
CHINESE_CHOOSE = re.compile(r"(?P<length>.+?)内(?P<number>[1-9]\d*)个优惠")
FALLBACK = re.compile(r"(?P<channel>.+?)\s+after\s+(?P<length>.+)")
CHINESE_FALLBACK = re.compile(r"(?P<length>.+?)后(?P<channel>.+)")
#: Whom a cap holds for, and the cap.
CAP = re.compile(r"(.+?)\s*((?:(?<=\s)\d|每|累计).*)")
#: What a message is about.
TOPIC = re.compile(r"(?:topic\s+|主题\s*)(?P<name>.+)")
#: The keys that give names.
_NAMING = ("roles", "channels")
#: The kinds of action as `order` names them.
KINDS = {
    "grants": ActionKind.GRANT,
    "guidance": ActionKind.GUIDANCE,
    "tasks": ActionKind.TASK,
    "offers": ActionKind.OFFER,
}


@dataclass
class _Built:
    """What of the policy acts, and which keys do not."""

    roles: tuple[Role, ...] = ()
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    order: tuple[ActionKind, ...] = DEFAULT_ORDER
    sms_segments: int | None = None
    caps: tuple[PolicyCap, ...] = ()
    choose: int | None = None
    quiet_hours: dict[str, Hours] = field(default_factory=dict)
    not_yet: dict[str, Node] = field(default_factory=dict)
    refuses: dict[str, Node] = field(default_factory=dict)


def names_of(root: Node | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles and channels that a policy names, before it is read: phrases must know them as names."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in root.pairs if isinstance(root, Mapping) else ():
        section = key_of(reading.plain(key.text), _NAMING)
        if section is not None and isinstance(value, Mapping):
            found[section] = tuple(reading.plain(name.text) for name, _ in value.pairs)
    channels = tuple(channel_of(name) for name in found["channels"]) if "channels" in found else DEFAULT_CHANNELS
    return found.get("roles", ()), channels


def read_policy(findings: Findings, vocabulary: Vocabulary, phrases: Phrases) -> tuple[Policy | None, list[Problem]]:
    """The policy of a file, and the problems that make `run` refuse it (as notices: reading it is fine).

    None if its roles or channels could not be read: then nobody is told that his role does not exist.
    """
    root = findings.source.root
    node = reading.mapping(root, findings, say("a policy")) if root is not None else None
    if node is None:
        return None, []
    keys = Keys(node, findings, KEYS, say("the policy"))
    built = _Built()
    reader = _PolicyReader(findings, vocabulary, phrases, built)
    readers: dict[str, Callable[[Node], None]] = {
        "roles": reader.roles,
        "channels": reader.channels,
        "order": reader.order,
        "consent": reader.consent,
        "quiet hours": reader.quiet_hours,
        "caps": reader.caps,
        "gap between messages": reader.gap,
        "no marketing while": reader.no_marketing_while,
        "person first when": reader.person_first_when,
        "costs": reader.costs,
        "choose": reader.choose,
        "control": reader.control,
    }
    for name, read in readers.items():
        value = keys.get(name)
        if value is not None:
            read(value)
    policy = Policy(
        roles=built.roles,
        channels=built.channels,
        order=built.order,
        sms_segments=built.sms_segments,
        caps=built.caps,
        choose=built.choose,
        quiet_hours=built.quiet_hours,
        acts_not_yet=tuple(built.not_yet),
        refuses=tuple(built.refuses),
    )
    refusals = [_refusal(name, at, findings) for name, at in built.refuses.items()]
    if refusals:
        message = say("read and checked, but not built yet: {names}.", names=listed(built.refuses))
        hint = say("`run` refuses such a policy rather than leave it out, unless it is told `--without-policy`.")
        findings.notice(next(iter(built.refuses.values())), "N602", message[0].upper() + message[1:], hint)
    return (None if _names_missing(keys) else policy), refusals


def _names_missing(keys: Keys) -> bool:
    sections = {name: keys.get(name) for name in ("roles", "channels")}
    return any(
        keys.misspelled(name) if section is None else not isinstance(section, Mapping)
        for name, section in sections.items()
    )


def _refusal(name: str, node: Node, findings: Findings) -> Problem:
    message = say('"{name}" is read and checked, but not built yet; `run` refuses rather than leave it out.', name=name)
    hint = say("`run --without-policy` runs without it, and marks every decision.")
    return Problem(findings.source.file, node.line, node.column, "N602", Severity.NOTICE, message, hint)


@dataclass(frozen=True)
class _PolicyReader:
    """Reads each key of a policy into what is built."""

    findings: Findings
    vocabulary: Vocabulary
    phrases: Phrases
    built: _Built

    def _entries(self, node: Node, what: str) -> list[tuple[str, Scalar, Node]]:
        section = reading.mapping(node, self.findings, what)
        return [(reading.plain(key.text), key, value) for key, value in section.pairs] if section else []

    def _inner(self, value: Node, known: tuple[str, ...], what: str) -> Keys | None:
        """A mapping that may be empty (`app:`)."""
        if reading.is_empty(value):
            return None
        section = reading.mapping(value, self.findings, what)
        return Keys(section, self.findings, known, what) if section else None

    def roles(self, node: Node) -> None:
        """`supervisor: {working hours: 08:00-20:00}`."""
        roles = []
        for name, _, value in self._entries(node, quoted("roles")):
            keys = self._inner(value, ROLE_KEYS, say('the role "{name}"', name=name))
            hours = keys.read("working hours", _hours) if keys else None
            if keys and keys.get("working hours") is not None:
                self.built.not_yet.setdefault("working hours", keys.key("working hours"))
            roles.append(Role(name, hours))
        self.built.roles = tuple(roles)

    def channels(self, node: Node) -> None:
        """`sms: {rate: 50 per second, cost: 0.05 CNY, fallback: app after 30 minutes}`."""
        entries = [(channel_of(name), key, value) for name, key, value in self._entries(node, quoted("channels"))]
        names = tuple(name for name, _, _ in entries)
        for name, _, value in entries:
            known = tuple(key for key in CHANNEL_KEYS if key != "segments" or name == SMS)
            keys = self._inner(value, known, say('the channel "{name}"', name=name))
            if keys is None:
                continue
            if (rate := keys.text("rate")) and self._shaped(rate, RATE, "50 per second"):
                self.built.not_yet.setdefault("rate", keys.key("rate"))
            if (cost := keys.get("cost")) and self._money(cost, quoted("cost")) is not None:
                self.built.not_yet.setdefault("cost", keys.key("cost"))
            if name == SMS and (most := keys.get("segments")):
                self._segments(most)
            if fallback := keys.text("fallback"):
                self._fallback(fallback, names)
                self.built.refuses.setdefault("fallback", keys.key("fallback"))
        if names:
            self.built.channels = names

    def _segments(self, node: Node) -> None:
        """`segments: 2`: the most SMS that one message may take."""
        most = quantities.amount(node, self.findings, quoted("segments"), Kind.WHOLE)
        if most is not None and most < 1:
            self.findings.error(node, "E111", say('"segments" is 1 or more.'), say("Write segments: 2"))
        self.built.sms_segments = most

    def _fallback(self, node: Scalar, names: tuple[str, ...]) -> None:
        match = CHINESE_FALLBACK.fullmatch(reading.plain(node.text))
        match = match or self._shaped(node, FALLBACK, "sms after 30 minutes")
        if match is None:
            return
        channel = match["channel"]
        if channel_of(channel) not in names:
            self.findings.unknown(
                node, "E201", say('"{channel}" is no channel of the policy.', channel=channel), channel, names
            )
        self._duration_text(node, match["length"], quoted("fallback"))

    def order(self, node: Node) -> None:
        """`grants, guidance, tasks, offers by worth`."""
        items = reading.texts(node, self.findings, quoted("order"))
        said = [(item, reading.plain(part)) for item in items for part in re.split("[,，、]", item.text)]
        order: list[ActionKind] = []
        for item, part in said:
            word = BY_WORTH.sub("", part)
            kind = KINDS.get(word_of(word, KINDS) or "")
            # only offers compete
            if kind is None or (word != part and kind is not ActionKind.OFFER):
                self.findings.unknown(item, "E105", say('"{word}" is no kind of action.', word=word), word, KINDS)
                return
            order.append(kind)
        if sorted(order) != sorted(DEFAULT_ORDER):
            message = say('"order" names each of grants, guidance, tasks, offers once.')
            self.findings.error(node, "E105", message, say("Write order: grants, guidance, tasks, offers by worth"))
            return
        self.built.order = tuple(order)

    def consent(self, node: Node) -> None:
        """`{marketing: required, service: assumed}`."""
        for purpose, key, value in self._purposes(node, quoted("consent")):
            found = reading.text(value, self.findings, quoted(purpose))
            if found is None:
                continue
            words = ("required", "assumed")
            word = word_of(found.text.strip(), words)
            if word is None:
                self.findings.unknown(
                    found, "E105", say('"{found}" is no rule of consent.', found=found.text), found.text, words
                )
            elif word == "required":
                self.built.refuses.setdefault("consent", key)

    def quiet_hours(self, node: Node) -> None:
        """`{marketing: 20:00-09:00, service: none}`."""
        for purpose, _, value in self._purposes(node, quoted("quiet hours")):
            if isinstance(value, Scalar) and word_of(value.text.strip(), ("none",)):
                continue
            hours = _hours(value, self.findings, quoted(purpose))
            if hours is None:
                continue
            begins, ends = (minutes % DAY_MINUTES for minutes in hours)
            if begins == ends:
                message = say("{what} would be quiet all day, and nothing would ever be sent.", what=quoted(purpose))
                self.findings.error(value, "E111", message, say("Write 20:00-09:00."))
            self.built.quiet_hours[purpose] = begins, ends

    def _purposes(self, node: Node, what: str) -> list[tuple[str, Scalar, Node]]:
        found = []
        for name, key, value in self._entries(node, what):
            purpose = key_of(name, PURPOSES)
            if purpose is None:
                self.findings.unknown(
                    key, "E101", say('"{name}" is neither marketing nor service.', name=name), name, PURPOSES
                )
            else:
                found.append((purpose, key, value))
        return found

    def caps(self, node: Node) -> None:
        """`[marketing 1 per day, sms 2 per day, topic roaming 1 per 3 days]`."""
        for item in reading.texts(node, self.findings, quoted("caps")):
            match = CAP.fullmatch(item.text.rstrip())
            if match is None:
                message = say('"{item}" is not understood here.', item=item.text)
                self.findings.error(item, "E111", message, say("Write it like this: marketing 1 per day."))
                continue
            self.built.refuses.setdefault("caps", item)
            what = word_of(reading.plain(match[1]), PURPOSES) or channel_of(reading.plain(match[1]))
            topic = TOPIC.fullmatch(what)
            what = what if topic is None else f"topic {topic['name']}"
            known = (*PURPOSES, *self.built.channels)
            if what not in known and not what.startswith("topic "):
                hint = nearest(what, (*known, "topic NAME"))
                message = say('"{what}" is neither marketing, service, a channel nor a topic.', what=what)
                self.findings.error(item, "E201", message, hint)
            cap = self.phrases.cap(self.findings.source.part(item, match.start(2), match.end(2)))
            if cap is not None:
                window = cap.meaning.window
                length = window.length if isinstance(window, Sliding) else None
                self.built.caps += (PolicyCap(what, cap.meaning.number, length, reading.plain(item.text)),)

    def gap(self, node: Node) -> None:
        """`2 hours`."""
        if quantities.duration(node, self.findings, quoted("gap between messages")):
            self.built.refuses["gap between messages"] = node

    def no_marketing_while(self, node: Node) -> None:
        """Conditions under which nothing is sold."""
        self._conditions(node, "no marketing while")

    def person_first_when(self, node: Node) -> None:
        """Conditions under which a person speaks to her, not a machine."""
        self._conditions(node, "person first when")

    def _conditions(self, node: Node, name: str) -> None:
        for item in reading.texts(node, self.findings, quoted(name)):
            self.phrases.condition(self.findings.located(item))
            self.built.refuses.setdefault(name, item)

    def costs(self, node: Node) -> None:
        """`{complaint opened: 40 CNY}`."""
        events = {**self.vocabulary.events, **RESERVED_EVENTS}
        for name, key, value in self._entries(node, quoted("costs")):
            if canonical(name, events, self.vocabulary) is None:
                self.findings.unknown(
                    key, "E201", say('"{name}" is no event type of the vocabulary.', name=name), name, events
                )
            self._money(value, say('the cost of "{name}"', name=name))
            self.built.not_yet.setdefault("costs", key)

    def choose(self, node: Node) -> None:
        """`1 offer within 10 minutes`."""
        found = reading.text(node, self.findings, quoted("choose"))
        match = CHINESE_CHOOSE.fullmatch(reading.plain(found.text)) if found else None
        match = match or (self._shaped(found, CHOOSE, "1 offer within 10 minutes") if found else None)
        if found and match:
            self._duration_text(found, match["length"], quoted("choose"))
            self.built.choose = int(match["number"])
            self.built.refuses["choose"] = node

    def control(self, node: Node) -> None:
        """`{global: 5%}`."""
        section = reading.mapping(node, self.findings, quoted("control"))
        keys = Keys(section, self.findings, CONTROL_KEYS, quoted("control")) if section else None
        if keys and keys.read("global", quantities.share, needed=True):
            self.built.refuses["control"] = keys.key("global")

    def _money(self, node: Node, what: str) -> int | None:
        return quantities.amount(node, self.findings, what, Kind.MONEY, self.vocabulary.currency)

    def _shaped(self, node: Scalar, form: re.Pattern[str], example: str) -> re.Match[str] | None:
        match = form.fullmatch(reading.plain(node.text))
        if match is None:
            message = say('"{text}" is not understood here.', text=node.text)
            self.findings.error(node, "E111", message, say("Write it like this: {example}.", example=example))
        return match

    def _duration_text(self, node: Scalar, text: str, what: str) -> None:
        said = Scalar(text, node.line, node.column, node.start, node.end)
        quantities.duration(said, self.findings, what)


def _hours(node: Node, findings: Findings, what: str) -> tuple[int, int] | None:
    """`20:00-09:00` as minutes after midnight; the end may be on the next day."""
    if isinstance(node, Items):
        findings.error(node, "E104", say("{what} is one span of time.", what=what), say("Write 20:00-09:00."))
        return None
    found = reading.text(node, findings, what)
    match = _HOURS.fullmatch(found.text.strip()) if found else None
    if found is None:
        return None
    if match is None or any(int(match[i]) > 24 or int(match[i + 1]) > 59 for i in (1, 3)):
        findings.error(
            found,
            "E111",
            say('{what} is a span of the day; here stands "{found}".', what=what, found=found.text),
            say("Write 20:00-09:00."),
        )
        return None
    return int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])

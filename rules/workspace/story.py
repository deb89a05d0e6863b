"""The tests inside a rule: `customer` and `story`, read into moments, events and expectations."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from models.moments import EARLIEST, LATEST, zone
from models.speech import quoted, say, sentence
from models.types import Fixed, Kind, Type
from models.units import parse_quantity
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, EventType, Vocabulary
from rules.language.keys import word_of
from rules.language.language_of import language_of
from rules.language.yaml_nodes import Mapping, Node, Scalar
from rules.problems import suggestion
from rules.stories import Story, StoryEvent, StoryExpect
from rules.workspace import reading
from rules.workspace.expectation import Expectable, expectation
from rules.workspace.findings import Findings, nearest
from rules.workspace.reading import Keys
from rules.workspace.story_forms import FORMS, language_of_expectation, later_of
from rules.workspace.typed_values import LOCAL_TIME, Bad, canonical, local_time, read_value

KEYS = ("it", "customer", "story", "policy")

#: The most events one line of a story may stand for.
MOST_TIMES = 10_000

_ABSOLUTE = re.compile(rf"({LOCAL_TIME.pattern})(?:\s+(.*))?", re.DOTALL)
_DAY_ONLY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?![\d:])")


@dataclass(frozen=True, slots=True)
class StoryWorld:
    """What a story may speak of: the vocabulary, and what of its rule and workspace can be expected."""

    vocabulary: Vocabulary
    expectable: Expectable

    def events(self) -> Table[str, EventType]:
        return {**self.vocabulary.events, **RESERVED_EVENTS}

    def attributes(self) -> Table[str, Type]:
        return {**RESERVED_ATTRIBUTES, **self.vocabulary.customer}


def read_stories(node: Node, findings: Findings, world: StoryWorld) -> tuple[Story, ...]:
    """The tests of a rule; one that cannot be read is reported and left out."""
    stories: dict[str, Story] = {}
    for item in reading.items(node, findings, quoted("tests")) or ():
        section = reading.mapping(item, findings, say("a test"))
        story = _story(section, findings, world) if section else None
        if story is None:
            continue
        if story.it in stories:
            message = say(
                'another test, in line {line}, is called "{it}" too.', line=stories[story.it].line, it=story.it
            )
            findings.error(item, "E108", message, say("Give each test a name of its own."))
        stories[story.it] = story
    return tuple(stories.values())


def _story(node: Mapping, findings: Findings, world: StoryWorld) -> Story | None:
    keys = Keys(node, findings, KEYS, say("a test"))
    it = keys.text("it", needed=True)
    policy = keys.get("policy")
    attributes, local = _customer(keys.get("customer"), findings, world)
    lines = keys.need("story")
    if it is None or lines is None:
        return None
    reader = _LineReader(findings, world, local)
    for line in reading.items(lines, findings, quoted("story")) or ():
        reader.read(line)
    on = _on_or_off(policy, findings) if policy is not None else False
    # A line may lie inside the repetitions of the one above.
    ordered = sorted(reader.lines, key=lambda line: line.at)
    return Story(it.text.strip(), attributes, tuple(ordered), local.key, on, node.line)


def _on_or_off(node: Node, findings: Findings) -> bool:
    found = reading.text(node, findings, quoted("policy"))
    word = word_of(found.text.strip(), ("on", "off")) if found is not None else None
    if found is not None and word is None:
        message = say('"policy" of a test is on or off; here stands "{found}".', found=found.text)
        findings.error(found, "E105", message, say("Write policy: on."))
    return word == "on"


def _customer(node: Node | None, findings: Findings, world: StoryWorld) -> tuple[Table[str, Fixed], ZoneInfo]:
    """Attributes and time zone of a test's customer."""
    vocabulary = world.vocabulary
    local = zone(vocabulary.time_zone)
    section = (
        reading.mapping(node, findings, quoted("customer")) if node is not None and not reading.is_empty(node) else None
    )
    if section is None:
        return MappingProxyType({}), local
    for key, value in section.pairs:
        if canonical(key.text, ("time zone",), vocabulary) and isinstance(value, Scalar):
            local = _zone(value, findings) or local
    return MappingProxyType(_values(section, findings, world.attributes(), world, local, "customer")), local


def _zone(node: Scalar, findings: Findings) -> ZoneInfo | None:
    try:
        return zone(node.text)
    except ValueError as error:
        findings.error(node, "E118", say("{error}.", error=error))
        return None


def _values(
    section: Mapping, findings: Findings, types: Table[str, Type], world: StoryWorld, local: ZoneInfo, owner: str
) -> dict[str, Fixed]:
    """The values of a mapping whose keys are fields or attributes."""
    what = (
        sentence('"{name}" is no attribute of customers.')
        if owner == "customer"
        else sentence('"{name}" is no field of "{owner}".')
    )
    values: dict[str, Fixed] = {}
    for key, value in section.pairs:
        name = canonical(key.text, types, world.vocabulary)
        if name is None:
            findings.unknown(key, "E212", say(what, name=key.text, owner=owner), key.text, types)
        elif name in values:
            findings.error(key, "E006", say('"{name}" stands here twice.', name=name), say("Keep one of them."))
        else:
            read = read_value(value, findings, quoted(name), types[name], world.vocabulary, local)
            if not isinstance(read, Bad):
                values[name] = read
    return values


class _LineReader:
    """Reads the lines of a story in order; each counts its time from the line above."""

    def __init__(self, findings: Findings, world: StoryWorld, local: ZoneInfo) -> None:
        self.findings = findings
        self.world = world
        self.local = local
        #: The moment of the line above, of the last event of it; and that of its first event.
        self.now: int | None = None
        self.since: int | None = None
        #: It has been said that the first line has no time; the lines below cannot help it.
        self.timeless = False
        self.lines: list[StoryEvent | StoryExpect] = []

    def read(self, node: Node) -> None:
        """One line: a text (`expect ..`, or an event without fields) or `EVENT: {..}`."""
        if isinstance(node, Mapping) and len(node.pairs) == 1:
            head, body = node.pairs[0]
            if _says_expect(head.text):
                reading.text(node, self.findings, say("an expectation"))
                return
        elif isinstance(node, Scalar):
            head, body = node, None
        else:
            self.findings.error(
                node, "E114", say("this line of the story is not understood."), _how(self.findings, node)
            )
            return
        self._line(head, body)

    def _line(self, head: Scalar, body: Node | None) -> None:
        found = self._time(head)
        if found is None:
            return
        at, rest, offset = found
        self.now = self.since = at
        if language_of_expectation(rest):
            part = self.findings.source.part(head, offset, len(head.text.rstrip()))
            read = expectation(part, at, self.world.expectable, self.findings)
            if read is not None:
                self.lines.append(read)
        else:
            self._event(head, rest, offset, body, at)

    def _time(self, head: Scalar) -> tuple[int, str, int] | None:
        """The moment of a line, what follows its time, and where that begins."""
        text = head.text.rstrip()
        try:
            at, rest, offset = self._moment(text)
        except ValueError as error:
            self.findings.error(head, "E114", say("{error}.", error=error), _how(self.findings, head))
            return None
        if at is None:
            if not self.timeless:
                message = say("the first line of a story needs a date and a time.")
                self.findings.error(head, "E114", message, say("Write it as 2026-03-02 09:00."))
            self.timeless = True
            return None
        if self.since is not None and at < self.since:
            message = say("this line lies before the one above it; a story is one list in time.")
            self.findings.error(head, "E115", message, say("Put the lines in order."))
            return None
        if not EARLIEST <= at <= LATEST:
            self.findings.error(head, "E114", say("this line lies outside the years 1 to 9999."), None)
            return None
        if not rest:
            how = _how(self.findings, head)
            self.findings.error(head, "E114", say("behind the time an event or an expectation is missing."), how)
            return None
        return at, rest, offset

    def _moment(self, text: str) -> tuple[int | None, str, int]:
        if later := later_of(text):
            length, rest = later
            kind, millis = parse_quantity(length, self.world.vocabulary.currency, self.world.vocabulary.data_unit)
            if kind is not Kind.DURATION:
                raise ValueError(say('"{length}" is no length of time', length=length))
            return (None if self.now is None else self.now + millis), rest, len(text) - len(rest)
        if match := _ABSOLUTE.fullmatch(text):
            rest = match[match.re.groups] or ""
            return local_time(match[1], self.local), rest, len(text) - len(rest)
        if match := _DAY_ONLY.match(text):
            raise ValueError(say('"{match}" has no time of day', match=match[0]))
        return self.now, text, 0

    def _event(self, head: Scalar, text: str, offset: int, body: Node | None, at: int) -> None:
        every = next(filter(None, (forms.every.fullmatch(text) for forms in FORMS.values())), None)
        name = every["event"] if every else text
        events = self.world.events()
        own = canonical(name, events, self.world.vocabulary)
        if own is None or own == "clock":
            part = self.findings.source.part(head, offset, offset + len(name))
            message = say('"{name}" is no event type of the vocabulary.', name=name)
            how = _how(self.findings, head) if len(name.split()) > 4 else nearest(name, events)
            hint = suggestion(name, events) or how
            self.findings.problems.append(part.problem("E201", message, hint))
            return
        times = self._times(head, every, at) if every else [at]
        data = self._data(own, events[own], body)
        self.lines += [StoryEvent(moment, own, data, head.line) for moment in times]
        if times:
            self.now = times[-1]

    def _times(self, head: Scalar, every: re.Match[str], at: int) -> Sequence[int]:
        try:
            kind, step = parse_quantity(every["step"], self.world.vocabulary.currency, self.world.vocabulary.data_unit)
        except ValueError as error:
            self.findings.error(head, "E114", say("{error}.", error=error), None)
            return []
        count = int(every["count"])
        if kind is not Kind.DURATION or step <= 0:
            self.findings.error(
                head,
                "E114",
                say('"{every}" is no length of time.', every=every["step"]),
                say("Write every 7 days, 12 times."),
            )
            return []
        if not 1 <= count <= MOST_TIMES or at + step * (count - 1) > LATEST:
            message = say(
                "{count:,} times is not from 1 to {most_times:,}, or ends beyond the year 9999.",
                count=count,
                most_times=MOST_TIMES,
            )
            self.findings.error(head, "E114", message)
            return []
        return range(at, at + step * count, step)

    def _data(self, name: str, event: EventType, body: Node | None) -> Table[str, Fixed]:
        if body is None or reading.is_empty(body):
            return MappingProxyType({})
        section = reading.mapping(body, self.findings, say('what stands behind "{name}"', name=name))
        if section is None:
            return MappingProxyType({})
        changed = name == "customer changed"
        types = self.world.attributes() if changed else event.fields
        owner = "customer" if changed else name
        return MappingProxyType(_values(section, self.findings, types, self.world, self.local, owner))


def _says_expect(text: str) -> bool:
    """Whether a line that YAML cut at a colon was an expectation."""
    words = text.split(maxsplit=3)
    return any(language_of_expectation(" ".join(words[at:])) for at in range(3))


def _how(findings: Findings, node: Node) -> str:
    """How to write a line, in the language of this one."""
    return say(FORMS[language_of(findings.source.raw(node))].how_line)

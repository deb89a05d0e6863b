"""`expect ..`: what a story expects of its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from models.speech import say, sentence
from models.text import fold
from rules.language.located import Located
from rules.language.own_names import channel_of
from rules.language.parse import Start
from rules.stories import ExpectKind, StoryExpect
from rules.workspace import reading
from rules.workspace.findings import Findings, nearest
from rules.workspace.story_forms import FORMS, Expected, language_of_expectation, read_expectation, read_stop

Canonical = Callable[[Start, str], str]


def _as_it_is(start: Start, text: str) -> str:
    return text


_NO_CHANNEL = sentence('"{name}" is no channel.')
_NO_OFFER = sentence('"{name}" is no offer of offers.yaml.')
_NO_GRANT = sentence('"{name}" is no grant of offers.yaml.')


@dataclass(frozen=True, slots=True)
class Expectable:
    """What a rule's tests can expect: names of offers and grants, channels, people, and the rule's own lines."""

    offers: tuple[str, ...]
    grants: tuple[str, ...]
    channels: tuple[str, ...]
    people: tuple[str, ...]
    #: Whether a task may go to a person that an attribute names: then any name may be expected.
    anybody: bool
    #: Lines of `only if` and `unless`, of the rule and its blocks.
    conditions: tuple[str, ...]
    at_most: tuple[str, ...]
    #: Whether something of the rule, the offers or the policy could not be read: then any name is believed.
    believed: bool = False
    #: A phrase in canonical words: a line may be named in another language than it is written in.
    canonical: Canonical = _as_it_is


def expectation(source: Located, at: int, expectable: Expectable, findings: Findings) -> StoryExpect | None:
    """The expectation in a text that begins with `expect` (`预期`); None if it is not understood, which is reported."""
    language = language_of_expectation(source.text)
    assert language is not None, source.text
    expected = read_expectation(source.text, language)
    if expected is None:
        findings.problems.append(
            source.problem("E114", say("this expectation is not understood."), say(FORMS[language].how_expectation))
        )
        return None
    return _Reader(source, expected, expectable, findings).read(at)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the names in an expectation; an unknown one is reported where it stands."""

    source: Located
    expected: Expected
    expectable: Expectable
    findings: Findings

    def read(self, at: int) -> StoryExpect:
        """What is expected at a moment."""
        kind, line, said = ExpectKind(self.expected.kind), self.source.line, self.expected.match[0]
        known = self.expectable
        match kind:
            case ExpectKind.NOTHING:
                return StoryExpect(at, kind, line, stopped_by=self.stopped_by(), text=said)
            case ExpectKind.GUIDANCE:
                offer = self.name("offer", sentence('"{name}" is no offer or grant.'), (*known.offers, *known.grants))
                channel = self.name("channel", _NO_CHANNEL, known.channels)
                saying = self.expected.part("saying")
                return StoryExpect(at, kind, line, with_offer=offer, channel=channel, saying=saying, text=said)
            case ExpectKind.OFFER | ExpectKind.GRANT:
                names = known.offers if kind is ExpectKind.OFFER else known.grants
                name = self.name("name", _NO_OFFER if kind is ExpectKind.OFFER else _NO_GRANT, names)
                channel = self.name("channel", _NO_CHANNEL, known.channels)
                saying = self.expected.part("saying")
                return StoryExpect(at, kind, line, name=name, channel=channel, saying=saying, text=said)
            case ExpectKind.TASK:
                return StoryExpect(at, kind, line, name=self.who(), text=said)
            case _:
                assert_never(kind)

    def who(self) -> str | None:
        """Who gets the task."""
        if self.expectable.anybody:
            return reading.plain(self.expected.part("who") or "")
        return self.name("who", sentence('"{name}" is no one who gets a task of this rule.'), self.expectable.people)

    def name(self, group: str, what: str, known: tuple[str, ...]) -> str | None:
        """A name that must be known."""
        said = self.expected.part(group)
        if said is None:
            return None
        name = channel_of(reading.plain(said)) if group == "channel" else reading.plain(said)
        if name not in known and not self.expectable.believed:
            message = say(what, name=name)
            self._problem(group, "E201", message, nearest(name, known))
        return name

    def stopped_by(self) -> str | None:
        """The rule's own spelling of the line that stopped it."""
        line = self.expected.part("line")
        if line is None:
            return None
        said = reading.plain(line)
        stop, cap = read_stop(said) or ("", "")
        if stop == "when":
            return stop
        if stop and (not cap or self._named(Start.CAP, cap, self.expectable.at_most)):
            if not self.expectable.at_most and not self.expectable.believed:
                self._problem("line", "E114", say('the rule has no "at most".'), None)
            return stop
        named = self._named(Start.CONDITION, said, self.expectable.conditions)
        if named is not None:
            return named
        if self.expectable.believed:
            return said
        hint = nearest(said, self.expectable.conditions) or say(
            "Write a line of it as the rule has it, at most, or when."
        )
        self._problem(
            "line", "E114", say('"{said}" is no line of "only if" or "unless" of this rule.', said=said), hint
        )
        return said

    def _named(self, start: Start, said: str, lines: tuple[str, ...]) -> str | None:
        """The one of the lines that is meant."""
        canonical = self.expectable.canonical
        same = (line for line in lines if fold(reading.plain(line)) == fold(said))
        alike = (line for line in lines if canonical(start, line) == canonical(start, said))
        return next(same, None) or next(alike, None)

    def _problem(self, group: str, code: str, message: str, hint: str | None) -> None:
        problem = self.source.problem(code, message, hint, self.expected.span(group))
        self.findings.problems.append(problem)

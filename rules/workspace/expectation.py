"""`expect ..`: what a story expects of its rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.text import fold
from rules.language.located import Located
from rules.stories import ExpectKind, StoryExpect
from rules.workspace import reading
from rules.workspace.findings import Findings, nearest

_TAIL = r"""(?:\s+by\s+(?P<channel>[^"“”]+?))?(?:\s+saying\s+["“”](?P<saying>.*)["“”])?\s*"""
_GUIDANCE = re.compile(r"guidance(?:\s+with\s+(?:offer|grant)\s+(?P<offer>[^\"“”]+?))?" + _TAIL, re.DOTALL)
_NAMED = re.compile(r"(?P<kind>offer|grant)\s+(?P<name>[^\"“”]+?)" + _TAIL, re.DOTALL)
_TASK = re.compile(r"task\s+for\s+(?P<who>.+?)\s*", re.DOTALL)
_NOTHING = re.compile(r"nothing(?:\s*[,，]\s*stopped\s+by\s+(?P<line>.+?))?\s*", re.DOTALL)
_FORMS = (
    'Write expect guidance [with offer NAME] [by CHANNEL] [saying ".."], offer NAME, grant NAME, task for WHO, '
    "or nothing[, stopped by LINE]."
)


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


def expectation(source: Located, at: int, expectable: Expectable, findings: Findings) -> StoryExpect | None:
    """The expectation in a text that begins with `expect`; None if it is not understood, which is reported."""
    said = source.text[len("expect") :].strip()
    start = len(source.text) - len(source.text[len("expect") :].lstrip())
    reader = _Reader(source, start, expectable, findings)
    if match := _NOTHING.fullmatch(said):
        return StoryExpect(at, ExpectKind.NOTHING, source.line, stopped_by=reader.stopped_by(match), text=said)
    if match := _GUIDANCE.fullmatch(said):
        offer = reader.name(match, "offer", "offer or grant", (*expectable.offers, *expectable.grants))
        channel = reader.name(match, "channel", "channel", expectable.channels)
        return StoryExpect(
            at, ExpectKind.GUIDANCE, source.line, with_offer=offer, channel=channel, saying=match["saying"], text=said
        )
    if match := _NAMED.fullmatch(said):
        kind = ExpectKind(match["kind"])
        known = expectable.offers if kind is ExpectKind.OFFER else expectable.grants
        name = reader.name(match, "name", f"{kind} of offers.yaml", known)
        channel = reader.name(match, "channel", "channel", expectable.channels)
        return StoryExpect(at, kind, source.line, name=name, channel=channel, saying=match["saying"], text=said)
    if match := _TASK.fullmatch(said):
        if expectable.anybody:
            return StoryExpect(at, ExpectKind.TASK, source.line, name=reading.plain(match["who"]), text=said)
        who = reader.name(match, "who", "one who gets a task of this rule", expectable.people)
        return StoryExpect(at, ExpectKind.TASK, source.line, name=who, text=said)
    findings.problems.append(source.problem("E114", "this expectation is not understood.", _FORMS))
    return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the names in an expectation; an unknown one is reported where it stands."""

    source: Located
    start: int
    expectable: Expectable
    findings: Findings

    def name(self, match: re.Match[str], group: str, what: str, known: tuple[str, ...]) -> str | None:
        if match[group] is None:
            return None
        name = reading.plain(match[group])
        if name not in known and not self.expectable.believed:
            message = f'"{name}" is no {what}.'
            self._problem(match, group, "E201", message, nearest(name, known))
        return name

    def stopped_by(self, match: re.Match[str]) -> str | None:
        """The rule's own spelling of the line that stopped it."""
        if match["line"] is None:
            return None
        said = reading.plain(match["line"])
        if said == "when":
            return said
        if said == "at most" or fold(said) in {fold(f"at most {cap}") for cap in self.expectable.at_most}:
            if not self.expectable.at_most and not self.expectable.believed:
                self._problem(match, "line", "E114", 'the rule has no "at most".', None)
            return "at most"
        for line in self.expectable.conditions:
            if fold(reading.plain(line)) == fold(said):
                return line
        if self.expectable.believed:
            return said
        hint = nearest(said, self.expectable.conditions) or "Write a line of it as the rule has it, at most, or when."
        self._problem(match, "line", "E114", f'"{said}" is no line of "only if" or "unless" of this rule.', hint)
        return said

    def _problem(self, match: re.Match[str], group: str, code: str, message: str, hint: str | None) -> None:
        span = self.start + match.start(group), self.start + match.end(group)
        self.findings.problems.append(self.source.problem(code, message, hint, span))

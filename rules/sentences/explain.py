"""From a rule to its explanation: which parts there are, each told by the speaker of the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from rules.sentences import chinese, english
from rules.sentences.explanation import Explanation, Part, Section, Sentence
from rules.sentences.subject import Subject
from rules.workspace.rule_file import Response, RuleFile
from rules.workspace.workspace import Workspace


class Speaker(Protocol):
    """One language: a method for each part, which yields nothing where there is nothing to say."""

    def state(self) -> Iterable[Sentence]: ...
    def when(self) -> Iterable[Sentence]: ...
    def for_whom(self) -> Iterable[Sentence]: ...
    def not_for_whom(self) -> Iterable[Sentence]: ...
    def sent(self) -> Iterable[Sentence]: ...
    def later(self) -> Iterable[Sentence]: ...
    def how_often(self) -> Iterable[Sentence]: ...
    def measured(self, success: Response | None, harm: Response | None) -> Iterable[Sentence]: ...
    def facts(self) -> Iterable[Sentence]: ...


_HEADINGS: Final[Mapping[str, Mapping[Part, str]]] = MappingProxyType(
    {"en": english.HEADINGS, "zh": chinese.HEADINGS},
)

#: The languages rules are explained in.
LANGUAGES: Final = tuple(_HEADINGS)


def explain(file: RuleFile, workspace: Workspace, language: str) -> Explanation:
    """The rule in plain sentences of a language of `LANGUAGES`, made from its typed tree."""
    about = Subject(file.rule, workspace.vocabulary, workspace.offers)
    speaker: Speaker = chinese.Chinese(about) if language == "zh" else english.English(about)
    told = {
        Part.STATE: speaker.state(),
        Part.WHEN: speaker.when(),
        Part.FOR_WHOM: speaker.for_whom(),
        Part.NOT_FOR_WHOM: speaker.not_for_whom(),
        Part.SENT: speaker.sent(),
        Part.LATER: speaker.later(),
        Part.HOW_OFTEN: speaker.how_often(),
        Part.MEASURED: speaker.measured(file.success, file.harm),
        Part.FACTS: speaker.facts(),
    }
    sections = ((part, tuple(sentences)) for part, sentences in told.items())
    return Explanation(
        file.rule.id,
        language,
        file.rule.title,
        file.rule.owner,
        file.rule.because,
        tuple(Section(part, _HEADINGS[language][part], sentences) for part, sentences in sections if sentences),
    )

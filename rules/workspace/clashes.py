"""Names that would be misread, each reported once where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from models.speech import say
from models.vocabulary import Vocabulary
from rules.language.keys import key_of
from rules.language.name_clashes import Clash, Names, name_clashes
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_nodes import Node, Scalar
from rules.language.yaml_source import Source
from rules.problems import Problem, Severity
from rules.workspace import reading
from rules.workspace.fact_list import fact_name
from rules.workspace.findings import Findings
from rules.workspace.vocabulary_file import VocabularyFile

_FACTS = ("facts",)


def clashes_of_vocabulary(
    vocabulary_file: VocabularyFile, shared: Mapping[str, tuple[Findings, MappingNode]]
) -> list[Problem]:
    """Clashes among the names of the vocabulary and the shared facts."""
    keys = {name: ("vocabulary.yaml", node) for name, node in vocabulary_file.places.items()}
    facts: list[str] = []
    for file, (_, node) in shared.items():
        for key, _ in node.pairs:
            facts.append(fact_name(key.text, vocabulary_file.vocabulary))
            keys.setdefault(facts[-1], (file, key))
    problems = []
    for name, other, why in name_clashes(vocabulary_file.vocabulary, facts):
        file, at = keys.get(name) or keys.get(other) or ("vocabulary.yaml", None)
        problems.append(_problem(file, at, name, why))
    return problems


def clashes_of_rules(
    vocabulary_file: VocabularyFile, shared: Sequence[str], sources: Iterable[Source]
) -> list[Problem]:
    """Clashes of the facts of rules with names that all rules know; rules do not know each other's facts."""
    keys = [(source, key) for source in sources for key in _fact_keys(source.root)]
    names = Names(vocabulary_file.vocabulary, shared) if keys else None
    if names is None or names.clashes:
        return []
    seen: dict[str, list[Clash]] = {}
    problems = []
    for source, key in keys:
        name = fact_name(key.text, vocabulary_file.vocabulary)
        if name not in seen:
            seen[name] = names.clashes_with(name)
        problems += [_problem(source.file, key, name, why) for _, _, why in seen[name][:1]]
    return problems


def facts_in(source: Source, vocabulary: Vocabulary) -> list[str]:
    """The names of the facts of a rule's file, whether they can be read or not."""
    return [fact_name(key.text, vocabulary) for key in _fact_keys(source.root)]


def _fact_keys(root: Node | None) -> Iterable[Scalar]:
    for key, value in root.pairs if isinstance(root, MappingNode) else ():
        if key_of(reading.plain(key.text), _FACTS) and isinstance(value, MappingNode):
            return [name for name, _ in value.pairs]
    return []


def _problem(file: str, at: Scalar | None, name: str, why: str) -> Problem:
    line, column = (at.line, at.column) if at is not None else (1, 1)
    message = say('the name "{name}" would be misread: {why}.', name=name, why=why)
    return Problem(
        file,
        line,
        column,
        "E214",
        Severity.ERROR,
        message,
        say("Give one of them another name."),
        len(at.text) if at else 1,
    )

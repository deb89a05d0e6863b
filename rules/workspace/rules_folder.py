"""The files of rules/, read by all cores where there are many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from rules.all_cores import by_all_cores
from rules.language.yaml_source import Source
from rules.problems import Problem
from rules.workspace.findings import Findings
from rules.workspace.own_problems import own_problems
from rules.workspace.rule_file import RuleFile
from rules.workspace.rule_reader import Surroundings, read_rule
from rules.workspace.sources import Sources
from rules.workspace.vocabulary_file import VocabularyFile


class ReadRule(Struct, frozen=True, array_like=True):
    """What came of a file: its nodes, the rule as far as it could be read, and the problems that are its own."""

    source: Source
    rule: RuleFile | None
    problems: list[Problem]


def read_rules(
    sources: Sources, ids: Mapping[str, str], around: Surroundings, vocabulary_file: VocabularyFile
) -> Iterator[ReadRule]:
    """The files of these names (file -> rule id), in their order; afterwards all of them are read in `sources`."""

    def read(part: Sequence[tuple[str, str]]) -> list[ReadRule]:
        return [_read(sources[name], rule_id, around, vocabulary_file) for name, rule_id in part]

    for file in chain.from_iterable(by_all_cores(read, tuple(ids.items()), list[ReadRule])):
        sources.put(file.source)
        yield file


def _read(source: Source, rule_id: str, around: Surroundings, vocabulary_file: VocabularyFile) -> ReadRule:
    findings = Findings(source, list(source.problems))
    rule = read_rule(findings, rule_id, around)
    return ReadRule(source, rule, own_problems(findings, vocabulary_file))

"""The problems of a file, without those that only follow from a mistake in the vocabulary."""

from __future__ import annotations

import re

from rules.problems import Problem
from rules.workspace.findings import Findings
from rules.workspace.vocabulary_file import OF_NAMES, VocabularyFile

#: An amount of money, as in `15 CNY`.
_AMOUNT = re.compile(r"\d\s*[A-Z]{3}\b")


def own_problems(findings: Findings, vocabulary_file: VocabularyFile) -> list[Problem]:
    """The problems found in a file, but those that only follow from others.

    What follows from a mistake in the vocabulary is reported there; a value that YAML cuts short is no phrase.
    """
    cut = {problem.line for problem in findings.problems if problem.code == "E005"}
    return [
        problem
        for problem in findings.problems
        if (problem.line not in cut or problem.code.startswith("E0"))
        and not _follows(problem, findings.source.line(problem.line), vocabulary_file)
    ]


def _follows(problem: Problem, line: str, vocabulary_file: VocabularyFile) -> bool:
    """Whether a problem may only follow from a mistake in the vocabulary, which has been reported there."""
    if vocabulary_file.currency_unknown and (problem.code == "E207" or _AMOUNT.search(line)):
        return True
    if vocabulary_file.names_missing and problem.code in OF_NAMES:
        return True
    return problem.code.startswith(("E2", "E3", "E4")) and any(name in line for name in vocabulary_file.broken)

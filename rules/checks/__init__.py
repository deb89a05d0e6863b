"""The checks: what is allowed by the language, but can hardly be meant.

Each check is one function in a file of its own, `(workspace) -> problems`, and reports each mistake once, where it is
written. A workspace with errors is checked as far as it could be read, so that one run names all mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rules.checks.caps import check_caps
from rules.checks.duplicate_facts import check_duplicate_facts
from rules.checks.each_fields import check_each_fields
from rules.checks.even_growth import check_even_growth
from rules.checks.idle_conditions import check_idle_conditions
from rules.checks.impossible import check_impossible
from rules.checks.languages import check_languages
from rules.checks.measured import check_measured
from rules.checks.missing_values import check_missing_values
from rules.checks.never_fires import check_never_fires
from rules.checks.not_acting import check_not_acting
from rules.checks.placeholders import check_placeholders
from rules.checks.sequences_apart import check_sequences_apart
from rules.checks.sms_length import check_sms_length
from rules.checks.tested import check_tested
from rules.checks.unused_facts import check_unused_facts
from rules.checks.windows import check_windows
from rules.problems import Problem
from rules.workspace.workspace import Workspace

Check = Callable[[Workspace], Iterable[Problem]]

#: All checks, in the order in which they look.
CHECKS: tuple[Check, ...] = (
    check_impossible,
    check_never_fires,
    check_idle_conditions,
    check_missing_values,
    check_even_growth,
    check_each_fields,
    check_sequences_apart,
    check_caps,
    check_windows,
    check_duplicate_facts,
    check_unused_facts,
    check_languages,
    check_placeholders,
    check_sms_length,
    check_tested,
    check_measured,
    check_not_acting,
)


def check(workspace: Workspace) -> list[Problem]:
    """The problems that all checks find, by file, line and column."""
    found = [problem for one in CHECKS for problem in one(workspace)]
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))

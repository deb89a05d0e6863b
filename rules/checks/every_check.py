"""Every check there is, and what all of them find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rules.all_cores import by_all_cores
from rules.checks.beaten import check_beaten
from rules.checks.caps import check_caps
from rules.checks.collisions import check_collisions
from rules.checks.duplicate_facts import check_duplicate_facts
from rules.checks.each_fields import check_each_fields
from rules.checks.even_growth import check_even_growth
from rules.checks.idle_conditions import check_idle_conditions
from rules.checks.impossible import check_impossible
from rules.checks.languages import check_languages
from rules.checks.measured import check_measured
from rules.checks.missing_values import check_missing_values
from rules.checks.never_fires import check_never_fires
from rules.checks.newcomers import check_newcomers
from rules.checks.not_acting import check_not_acting
from rules.checks.placeholders import check_placeholders
from rules.checks.repeats import check_repeats
from rules.checks.sequences_apart import check_sequences_apart
from rules.checks.slow import check_slow
from rules.checks.sms_length import check_sms_length, check_sms_titles
from rules.checks.tested import check_tested
from rules.checks.unused_facts import check_unused_facts
from rules.checks.windows import check_windows
from rules.checks.written import rules as written_rules
from rules.problems import Problem
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Workspace

Check = Callable[[Workspace], Iterable[Problem]]

#: Checks that look at each rule by itself. What they find in files that rules share has nothing to do with any rule.
OF_EACH_RULE: tuple[Check, ...] = (
    check_impossible,
    check_never_fires,
    check_idle_conditions,
    check_missing_values,
    check_even_growth,
    check_each_fields,
    check_sequences_apart,
    check_caps,
    check_repeats,
    check_slow,
    check_windows,
    check_duplicate_facts,
    check_languages,
    check_placeholders,
    check_sms_length,
    check_tested,
)
#: Checks that look at all rules together.
OF_ALL_RULES: tuple[Check, ...] = (
    check_unused_facts,
    check_beaten,
    check_collisions,
    check_newcomers,
    check_sms_titles,
    check_measured,
    check_not_acting,
)
CHECKS = (*OF_EACH_RULE, *OF_ALL_RULES)


def find(workspace: Workspace, looked_at: tuple[RuleFile, ...]) -> tuple[list[Problem], list[Problem]]:
    """What is found in all rules together, and in each of those to be looked at by itself."""
    try:
        together = [problem for one in OF_ALL_RULES for problem in one(workspace)]
        return together, _of_each_rule(replace(workspace, rules=looked_at))
    finally:
        written_rules.cache_clear()


def _of_each_rule(workspace: Workspace) -> list[Problem]:
    def checked(rules: Sequence[RuleFile]) -> list[Problem]:
        part = replace(workspace, rules=tuple(rules))
        return [problem for one in OF_EACH_RULE for problem in one(part)]

    first, *others = by_all_cores(checked, workspace.rules, list[Problem])
    files = {file.path for file in workspace.rules}
    return first + [problem for found in others for problem in found if problem.file in files]

"""The id of a rule: the name of its file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename, splitext

from models.speech import say
from rules.problems import Problem, Severity

_ID = re.compile(r"\w(?:[\w .-]*\w)?")


def rule_files(names: Iterable[str]) -> tuple[dict[str, str], list[Problem]]:
    """File -> id of its rule, for the files of rules/; and the problems of names that can be no id, or come twice."""
    ids: dict[str, str] = {}
    taken: dict[str, str] = {}
    problems = []
    for name in sorted(names):
        rule_id = splitext(basename(name))[0]
        if not _ID.fullmatch(rule_id):
            message = say('"{rule_id}" cannot be the id of a rule.', rule_id=rule_id)
            hint = say("Name the file with letters, digits, - and _: roaming-pass.yaml")
            problems.append(Problem(name, 1, 1, "E116", Severity.ERROR, message, hint))
        elif rule_id.casefold() in taken:
            message = say(
                '{taken} is a rule with the id "{rule_id}" too.', taken=taken[rule_id.casefold()], rule_id=rule_id
            )
            problems.append(
                Problem(name, 1, 1, "E108", Severity.ERROR, message, say("Give one of the files another name."))
            )
        else:
            taken[rule_id.casefold()] = name
            ids[name] = rule_id
    return ids, problems

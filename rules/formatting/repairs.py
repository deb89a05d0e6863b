"""What `fmt --fix` repairs: the traps of YAML, in the text of one file.

Only what has one obvious repair is repaired; a bracket or quotation mark that is missing somewhere is for its author to
place. So is what remains a mistake after the repairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.language.yaml_nodes import Items, Mapping, Node
from rules.language.yaml_source import Source, read_yaml
from rules.language.yaml_traps import in_quotes, value_of
from rules.problems import Problem

#: A `#` that begins a comment, and not a word (`#12`).
_COMMENT = re.compile(r"#(?:\s|#|$)")


def repaired(file: str, text: str) -> str:
    """The text with every trap repaired that can be; itself if there is none."""
    source = read_yaml(file, text)
    if source.guessed or not source.problems:
        return text
    lines = source.text.split("\n")
    # from the last one up, so that a line that is put in moves no other
    for problem in sorted(source.problems, key=lambda problem: -problem.line):
        if problem.code == "E005":
            lines[problem.line - 1 : problem.line] = _without_comment(lines[problem.line - 1], problem)
    return "\n".join(lines)


def _without_comment(line: str, problem: Problem) -> list[str]:
    """The comment on a line of its own, above; a `#` that belongs to the value is put in quotes with it."""
    before, comment = line[: problem.column - 1], line[problem.column - 1 :]
    value = value_of(line)
    if _COMMENT.match(comment) is None and value is not None and value[1][0] not in "\"'{[#":
        return [line[: value[0]] + in_quotes(value[1])]
    indent = line[: len(line) - len(line.lstrip())]
    return [indent + comment.rstrip(), before.rstrip()]


def in_quotes_where_asked(source: Source, problems: Iterable[Problem]) -> str:
    """The text with quotes around what YAML took for its own, where a reader has found that a text was meant (E003)."""
    asked = {(problem.line, problem.column) for problem in problems if problem.code == "E003"}
    text = source.text
    for node in sorted(_containers(source.root), key=lambda node: -node.start):
        if (node.line, node.column) in asked:
            # a mapping without braces ends where the next line begins
            end = node.end if node.flow else _end_of_line(text, node.start)
            raw = text[node.start : end].rstrip()
            text = text[: node.start] + in_quotes(raw) + text[node.start + len(raw) :]
    return text


def _containers(node: Node | None) -> list[Mapping | Items]:
    found: list[Mapping | Items] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            found.append(one)
            waiting += [value for _, value in one.pairs]
        elif isinstance(one, Items):
            found.append(one)
            waiting += one.items
    return found


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end

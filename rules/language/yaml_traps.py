"""What went wrong in a YAML file that cannot be read, told as a person needs it, with the line as it should be.

libyaml says where it gave up and in which of its own states; people wrote a tab, forgot quotes or typed a
full-width colon. The line at fault, and the one above it, tell which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from models.speech import say

#: Signs with which no plain YAML value may begin, or that mean something of YAML's own there.
SPECIAL = "{[*&!%@\"'`|>?"

_LEAD = r"^(?P<lead>\s*(?:-\s+)*)"
_KEYED = re.compile(_LEAD + r"""(?P<key>"[^"]*"|'[^']*'|[^\s"'{\[#].*?):\s+(?P<value>\S.*?)\s*$""")
_ITEM = re.compile(r"^(?P<lead>\s*(?:-\s+)+)(?P<value>\S.*?)\s*$")
_WIDE = re.compile(_LEAD + r"""(?P<key>[^\s:"'{\[#-](?:(?!:\s)[^：])*)(?P<colon>：)\s*""")
_TIGHT = re.compile(_LEAD + r"""(?P<key>[^\s:"'{\[#-][^:]*):(?P<value>[^\s:/\d].*)$""")
_CLOSING = {"{": "}", "[": "]"}
#: Spaces that a tab may stand for, the likeliest first: a level as files here are written, or two, or four.
_TAB_WIDTHS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class Trap:
    """One mistake: line and column from 0; `repaired` is the line as it should be, None if nobody can know it."""

    line: int
    column: int
    code: str
    message: str
    hint: str
    repaired: str | None = None


def in_quotes(value: str) -> str:
    """The value as YAML text in quotes, ready to paste."""
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def diagnose(lines: list[str], error: yaml.MarkedYAMLError) -> Trap:
    """The mistake behind an error of libyaml."""
    mark = error.problem_mark or error.context_mark
    at = min(mark.line, len(lines) - 1) if mark else 0
    column = mark.column if mark else 0
    opened = error.context_mark
    start = _written(lines, min(opened.line, at)) if opened and _opens(error.context or "") else at
    found = (
        _tab(lines, at)
        or _wide_colon(lines, at)
        or (_tight_colon(lines, at) if _mistaken_for_text(error) else None)
        or _special(lines, start, at, column)
        or _second_colon(lines, at, column)
        or _tight_colon(lines, at)
    )
    return found or _layout(lines, at, column, error)


def _written(lines: list[str], at: int) -> int:
    """This line, or the last one above it that is not blank: libyaml goes on to the end for what is never closed."""
    return next((i for i in range(at, -1, -1) if lines[i].strip()), at)


def _mistaken_for_text(error: yaml.MarkedYAMLError) -> bool:
    """Whether YAML took the line before for a text that goes on, which now meets a key."""
    return "mapping values are not allowed" in (error.problem or "")


def _opens(context: str) -> bool:
    return "flow" in context or "quoted" in context


def _above(lines: list[str], at: int) -> list[int]:
    """This line and the one above it, without blank lines and comments."""
    near = range(max(0, at - 8), min(at + 1, len(lines)))
    return [i for i in near if lines[i].strip() and not _comment(lines[i])][-2:][::-1]


def _comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _tab(lines: list[str], at: int) -> Trap | None:
    for i in _above(lines, at):
        line = lines[i]
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            width = _tab_width(lines)
            return Trap(
                i,
                indent.index("\t"),
                "E002",
                say("a tab stands in the indentation, where YAML allows only spaces."),
                say("Write {count} spaces for each tab.", count=width),
                indent.replace("\t", " " * width) + line.lstrip(),
            )
    return None


def without_tabs(lines: list[str]) -> list[str]:
    """The lines with spaces for each tab of their indentation: a file with one has many, by one mistake."""
    return _spaced(lines, _tab_width(lines))


def _spaced(lines: list[str], width: int) -> list[str]:
    return [line[: _indent(line)].replace("\t", " " * width) + line[_indent(line) :] for line in lines]


def _tab_width(lines: list[str]) -> int:
    """How many spaces a tab stands for: with so many YAML reads furthest."""
    return max(_TAB_WIDTHS, key=lambda width: _readable_lines(_spaced(lines, width)))


def _readable_lines(lines: list[str]) -> int:
    try:
        for _ in yaml.parse("\n".join(lines), yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line if error.problem_mark else 0
    except yaml.YAMLError:
        return 0
    return len(lines)


def without_keys(lines: list[str]) -> Trap | None:
    """The mistake in a file that YAML reads as one text because no line has a key and a colon."""
    for i, line in enumerate(lines):
        if line.strip() and not _comment(line):
            return _wide_colon(lines, i) or _tight_colon(lines, i)
    return None


def _wide_colon(lines: list[str], at: int) -> Trap | None:
    for i in _above(lines, at):
        if match := _WIDE.match(lines[i]):
            rest = lines[i][match.end() :]
            repaired = f"{match['lead']}{match['key'].rstrip()}: {rest}".rstrip()
            return Trap(
                i,
                match.start("colon"),
                "E004",
                say(
                    'after the key "{key}" stands a full-width colon "：", which YAML does not read.',
                    key=match["key"].strip(),
                ),
                say("Write: {line}", line=repaired.strip()),
                repaired,
            )
    return None


def value_of(line: str) -> tuple[int, str] | None:
    """Column (from 0) and text of the value of a line `key: value` or `- value`."""
    match = _KEYED.match(line) or _ITEM.match(line)
    return (match.start("value"), match["value"]) if match else None


def needs_quotes(line: str, value: tuple[int, str], why: str, at: int) -> Trap:
    """The trap of a value that must stand in quotes."""
    column, text = value
    repaired = line[:column] + in_quotes(text) + line[column + len(text) :]
    return Trap(at, column, "E003", why, say("Write: {line}", line=repaired.strip()), repaired)


def _special(lines: list[str], start: int, at: int, column: int) -> Trap | None:
    line = lines[start]
    found = value_of(line)
    if found is None or found[1][0] not in SPECIAL:
        return None
    sign = found[1][0]
    end = closing(found[1])
    why = say(
        "a value that begins with {sign} must stand in quotes, or YAML reads the {sign} as its own sign.", sign=sign
    )
    if sign not in "{[\"'":
        return needs_quotes(line, found, why, start)
    if end is None:
        return _unclosed(line, found, start)
    rest = found[1][end + 1 :].strip()
    if rest and not rest.strip("]}"):
        why = say("the {rest} behind the value closes nothing.", rest=rest[0])
        column, repaired = found[0] + end + 1, line[: found[0] + end + 1]
        return Trap(start, column, "E009", why, say("Write: {line}", line=repaired.strip()), repaired)
    if rest:
        return needs_quotes(line, found, why, start)
    if sign in "{[" and start == at:
        why = say(
            "inside {sign} {closing} a comma is missing here, or a value with {{ }} [ ] or , needs quotes.",
            sign=sign,
            closing=_CLOSING[sign],
        )
        hint = say('Write {{a: 1, b: "x, y"}}, or one `key: value` a line without braces.')
        return Trap(at, column, "E009", why, hint)
    return None


def _unclosed(line: str, value: tuple[int, str], at: int) -> Trap:
    column, text = value
    sign = text[0]
    missing = _CLOSING.get(sign, sign)
    why = (
        say("the bracket {sign} that opens here is not closed on this line.", sign=sign)
        if sign in _CLOSING
        else say("the quotation mark {sign} that opens here is not closed on this line.", sign=sign)
    )
    return Trap(
        at,
        column,
        "E009",
        why,
        say("Add {missing} where it ends.", missing=missing),
        line.rstrip() + "".join(reversed(_open_signs(text))),
    )


def closing(value: str) -> int | None:
    """Index of the sign that closes the bracket or quotation mark the value begins with, or None."""
    if value[0] in "\"'":
        end = _end_of_quotes(value, 0)
        return end if end < len(value) else None
    depth = 0
    for i, sign in _bare_signs(value):
        depth += (sign in "{[") - (sign in "}]")
        if depth == 0:
            return i
    return None


def _open_signs(value: str) -> list[str]:
    """The closing signs still missing at the end of the value, outermost first."""
    if value[0] in "\"'":
        return [value[0]]
    waiting: list[str] = []
    for _, sign in _bare_signs(value):
        if sign in _CLOSING:
            waiting.append(_CLOSING[sign])
        elif waiting:
            waiting.pop()
    return waiting


def _bare_signs(value: str) -> list[tuple[int, str]]:
    """Brackets outside quotation marks."""
    found = []
    i = 0
    while i < len(value):
        if value[i] in "\"'" and (i == 0 or value[i - 1] in " ,:{["):
            i = _end_of_quotes(value, i)
        elif value[i] in "{[}]":
            found.append((i, value[i]))
        i += 1
    return found


def _end_of_quotes(value: str, start: int) -> int:
    sign = value[start]
    i = start + 1
    while i < len(value) and value[i] != sign:
        i += 2 if sign == '"' and value[i] == "\\" else 1
    if sign == "'" and value[i + 1 : i + 2] == "'":
        return _end_of_quotes(value, i + 1)
    return i


def _second_colon(lines: list[str], at: int, column: int) -> Trap | None:
    line = lines[at]
    found = value_of(line)
    if found is None or column < found[0] or not re.search(r":(\s|$)", found[1]):
        return None
    if found[1].startswith("- "):
        return None
    why = say('a value that holds a second ": " must stand in quotes, or YAML reads it as a key of its own.')
    return needs_quotes(line, found, why, at)


def _tight_colon(lines: list[str], at: int) -> Trap | None:
    for i in _above(lines, at):
        if match := _TIGHT.match(lines[i]):
            repaired = f"{match['lead']}{match['key']}: {match['value']}"
            why = say('after the key "{key}" a space is missing behind the colon.', key=match["key"])
            return Trap(i, match.end("key"), "E010", why, say("Write: {line}", line=repaired.strip()), repaired)
    return None


def _layout(lines: list[str], at: int, column: int, error: yaml.MarkedYAMLError) -> Trap:
    problem = error.problem or "unreadable"
    above = _above(lines, at)
    if "could not find expected ':'" in problem and error.context_mark:
        return _no_key(error.context_mark.line, error.context_mark.column)
    if "mapping values" in problem and len(above) == 2 and _indent(lines[at]) <= _indent(lines[above[1]]):
        return _no_key(above[1], _indent(lines[above[1]]))
    if "mapping values" in problem and len(above) == 2:
        why = say(
            "this line is read as part of the value in line {line}, because it is indented further.",
            line=above[1] + 1,
        )
        return Trap(
            at,
            _indent(lines[at]),
            "E008",
            why,
            say("Begin it in column {column}.", column=_indent(lines[above[1]]) + 1),
        )
    if "sequence entries" in problem:
        why, hint = say("a list cannot begin behind a key."), say("Begin each `- item` on a line of its own.")
        return Trap(at, column, "E008", why, hint)
    if "did not find expected" in problem:
        why = say("the indentation of this line fits no line above it.")
        hint = say("Begin it in the same column as the keys or items it belongs to.")
        return Trap(at, _indent(lines[at]), "E008", why, hint)
    return Trap(
        at,
        column,
        "E014",
        say("YAML cannot be read here: {problem}.", problem=problem),
        say("See whether the line above is complete."),
    )


def _no_key(line: int, column: int) -> Trap:
    why = say("this line is neither `key: value` nor `- item`.")
    hint = say("Write a key and a colon before it, or indent it if it belongs to the line above.")
    return Trap(line, column, "E008", why, hint)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())

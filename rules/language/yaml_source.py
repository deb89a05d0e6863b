"""A YAML file as nodes with positions: libyaml reads it, and YAML's own traps are caught.

Only the part of YAML that a person needs is read: keys, lists, texts. Anchors, aliases, tags, several documents
and comments behind a value are refused with a problem. Where a mistake has one obvious repair, the repaired line
is read on, so that one run names all mistakes of a file; `Source.repaired` is what `fmt --fix` writes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import yaml
from msgspec import Struct
from yaml import CSafeLoader

from models.speech import paragraph, say
from rules.language.located import Located
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_traps import Trap, diagnose, in_quotes, needs_quotes, value_of, without_keys, without_tabs
from rules.problems import Problem, Severity

#: A file larger than this (in characters) is no file of a workspace.
MOST_CHARACTERS = 2_000_000
#: Brackets and indentation deeper than this are no file of a workspace.
MOST_DEPTH = 20
#: Mistakes of form named in one file.
MOST_REPAIRS = 50
#: A line that is still wrong after so many repairs is beyond repair.
MOST_REPAIRS_OF_LINE = 3

_COMMENT = re.compile(r"(?<=[ \t])#")
_STRANGE_BREAKS = re.compile("[\u0085\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class Source(Struct, frozen=True, eq=False, array_like=True):
    """A file that was read. `root` is None if it is empty or cannot be read; `text` is what `root` was read from
    (repaired where it had to be)."""

    file: str
    text: str
    root: Node | None
    problems: tuple[Problem, ...] = ()
    #: Line number -> the line as it was written and as it was read, where they differ.
    repairs: Mapping[int, tuple[str, str]] = MappingProxyType({})
    #: Lines whose repair was a guess.
    guessed: frozenset[int] = frozenset()

    def as_written(self, problem: Problem) -> Problem | None:
        """A problem found in a repaired line, at its column in the line as it was written.

        None where the repair was a guess: what is wrong then may only follow from it.
        """
        repair = self.repairs.get(problem.line)
        if repair is None or problem.code.startswith("E0"):
            return problem
        if problem.line in self.guessed or problem.code == "E104":
            return None
        before, after = repair
        same = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
        if problem.column <= same + 1:
            return problem
        quoted = after[same] in "\"'" and before[same] not in "\"'"
        column = problem.column - (1 if quoted else len(after) - len(before))
        return replace(problem, column=min(max(same + 1, column), len(before)))

    def raw(self, node: Node) -> str:
        """The node as it stands in the file, quotes and brackets included."""
        return self.text[node.start : node.end]

    def located(self, scalar: Scalar) -> Located:
        """The text of a scalar, by which places inside it are found again in the file."""
        quotes = 1 if scalar.style in {'"', "'"} else 0
        raw = self.text[scalar.start + quotes : scalar.end - quotes]
        if raw == scalar.text:
            return Located(scalar.text, self.file, scalar.line, scalar.column + quotes)
        return Scattered(scalar.text, self.file, scalar.line, scalar.column, _places(scalar, raw, quotes))

    def part(self, scalar: Scalar, start: int, end: int) -> Located:
        """Some characters of a scalar's text (offsets into it), with their place in the file."""
        whole = self.located(scalar)
        text = scalar.text[start:end]
        if not isinstance(whole, Scattered):
            return Located(text, self.file, whole.line, whole.column + start)
        places = whole.places[start:end]
        line, column = places[0] if places else (whole.line, whole.column)
        return Scattered(text, self.file, line, column, places)

    def line(self, number: int) -> str:
        """A line of the file, from 1."""
        lines = self.text.split("\n", number)
        return lines[number - 1] if number <= len(lines) else ""


class Scattered(Located, frozen=True, gc=False):
    """A text that the file does not hold as it is: folded over several lines, or with escapes.

    `places` has the line and column of each of its characters.
    """

    places: tuple[tuple[int, int], ...] = ()

    def problem(self, code: str, message: str, hint: str | None = None, span: tuple[int, int] | None = None) -> Problem:
        """An error in the characters of `span`, or in all of the text."""
        start, end = span if span is not None else (0, len(self.text))
        line, column = self.places[min(start, len(self.places) - 1)] if self.places else (self.line, self.column)
        return Problem(self.file, line, column, code, Severity.ERROR, message, hint, max(1, end - start))


def _places(scalar: Scalar, raw: str, quotes: int) -> tuple[tuple[int, int], ...]:
    """Where each character of a scalar stands: characters are found again in order, line breaks became spaces."""
    line, column = scalar.line, scalar.column + quotes
    positions = []
    for sign in raw:
        positions.append((sign, line, column))
        line, column = (line + 1, 1) if sign == "\n" else (line, column + 1)
    places = []
    at = 0
    for sign in scalar.text:
        found = at
        while found < len(positions) and not _same(sign, positions[found][0]):
            found += 1
        if found < len(positions):
            at = found
        places.append(positions[min(at, len(positions) - 1)][1:] if positions else (line, column))
        at += 1
    return tuple(places)


def _same(sign: str, written: str) -> bool:
    return sign == written or (sign == " " and written == "\n")


def read_yaml(file: str, content: bytes | str) -> Source:
    """Reads a file; never raises for what stands in it."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        text.encode()
    except UnicodeError as error:
        return _refused(file, *_not_utf8(content, error))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    refusal = _form(text)
    if refusal:
        return _refused(file, *refusal)
    return _repairing(file, text)


def _refused(file: str, line: int, column: int, code: str, message: str, hint: str) -> Source:
    return Source(file, "", None, (Problem(file, line, column, code, Severity.ERROR, message, hint),))


_Refusal = tuple[int, int, str, str, str]


def _not_utf8(content: bytes | str, error: UnicodeError) -> _Refusal:
    start = getattr(error, "start", 0)
    before = content[:start].decode("utf-8", "replace") if isinstance(content, bytes) else content[:start]
    line, column = _place(before, len(before))
    what = say("the file is not in UTF-8.")
    return line, column, "E001", what, say("Save it with the encoding UTF-8.")


def _form(text: str) -> _Refusal | None:
    if len(text) > MOST_CHARACTERS:
        message = say(
            "the file has {count:,} characters, more than {most:,}.",
            count=len(text),
            most=MOST_CHARACTERS,
        )
        return 1, 1, "E011", message, say("Split it into several files.")
    if match := _CONTROL.search(text) or _STRANGE_BREAKS.search(text):
        line, column = _place(text, match.start())
        return (
            line,
            column,
            "E012",
            say("the invisible character U+{code:04X} stands here.", code=ord(match[0])),
            say("Delete it."),
        )
    if not re.search(r"^[ \t]*[^#\s]", text, re.MULTILINE):
        return 1, 1, "E013", say("the file is empty."), say("Write at least one key, or delete the file.")
    return None


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


@dataclass
class _Reading:
    """What one pass over the text has found."""

    scalars: list[Scalar] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)


class _TooDeep(Exception):  # it is caught where it is raised
    """More brackets and indentation than `MOST_DEPTH`, at a line and column from 0."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.line, self.column = line, column


def _repairing(file: str, text: str) -> Source:
    """Reads, repairs the first mistake, reads again, until nothing is left to repair."""
    written = text
    repaired: Counter[int] = Counter()
    traps: list[Trap] = []
    root: Node | None = None
    for _ in range(MOST_REPAIRS):
        reading = _Reading()
        lines = text.split("\n")
        trap: Trap | None
        try:
            root = _compose(text, reading)
            trap = next((trap for trap in reading.traps if trap.repaired), None)
            trap = trap or (without_keys(lines) if isinstance(root, Scalar) else None)
        except _TooDeep as error:
            why = say("this is nested deeper than {most} levels.", most=MOST_DEPTH)
            trap = Trap(error.line, error.column, "E011", why, say("Unfold it."))
        except yaml.MarkedYAMLError as error:
            trap = diagnose(lines, error)
        except yaml.YAMLError as error:
            trap = Trap(0, 0, "E014", say("YAML cannot be read: {error}.", error=error), "")
        if trap is None:
            traps += reading.traps + _comments(text, reading.scalars)
            break
        if not repaired[trap.line]:
            traps.append(trap)
        repaired[trap.line] += 1
        if trap.repaired is None or trap.repaired == lines[trap.line] or repaired[trap.line] > MOST_REPAIRS_OF_LINE:
            break
        if trap.code == "E002":
            lines = without_tabs(lines)
        else:
            lines[trap.line] = trap.repaired
        text = "\n".join(lines)
    guessed = frozenset(trap.line + 1 for trap in traps if trap.code == "E009")
    return Source(file, text, root, tuple(_problem(file, trap) for trap in traps), _repairs(written, text), guessed)


def _repairs(written: str, text: str) -> Mapping[int, tuple[str, str]]:
    if written is text:
        return MappingProxyType({})
    lines = enumerate(zip(written.split("\n"), text.split("\n"), strict=True), start=1)
    return MappingProxyType({number: (before, after) for number, (before, after) in lines if before != after})


def _problem(file: str, trap: Trap) -> Problem:
    return Problem(file, trap.line + 1, trap.column + 1, trap.code, Severity.ERROR, trap.message, trap.hint)


def _compose(text: str, reading: _Reading) -> Node | None:
    """The nodes of the text; mistakes that libyaml lets pass go to `reading`."""
    parser = CSafeLoader(text)
    stack: list[tuple[Any, list[Node]]] = []
    top: list[Node] = []
    children = top
    documents = 0
    while True:
        event: Any = parser.get_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node = _scalar(event)
            reading.scalars.append(node)
            if event.anchor or event.tag:
                node = _own_machinery(text, event, reading)
            children.append(node)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if event.anchor or event.tag:
                _own_machinery(text, event, reading)
            children = []
            stack.append((event, children))
            if len(stack) > MOST_DEPTH:
                raise _TooDeep(event.start_mark.line, event.start_mark.column)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            start, finished = stack.pop()
            children = stack[-1][1] if stack else top
            children.append(_container(start, event, finished, text, reading))
        elif kind is yaml.AliasEvent:
            children.append(_own_machinery(text, event, reading))
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents == 2:
                why = say("a second YAML document begins here; a file holds one.")
                reading.traps.append(Trap(event.start_mark.line, 0, "E007", why, say("Delete the line `---`.")))
        elif kind is yaml.StreamEndEvent:
            return top[0] if top else None


def _scalar(event: Any) -> Scalar:
    start = event.start_mark
    return Scalar(event.value, start.line + 1, start.column + 1, start.index, event.end_mark.index, event.style or "")


def _container(start: Any, end: Any, children: list[Node], text: str, reading: _Reading) -> MappingNode | Items:
    mark, flow = start.start_mark, bool(start.flow_style)
    place = mark.line + 1, mark.column + 1, mark.index, end.end_mark.index, flow
    if type(start) is yaml.SequenceStartEvent:
        return Items(tuple(children), *place)
    if flow:
        _cut_at_comma(children, text, reading)
    return MappingNode(_pairs(children, reading), *place)


def _is_plain(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style


def _cut_at_comma(children: list[Node], text: str, reading: _Reading) -> None:
    """`{en: Yes, please}`: YAML ends the value at the comma and makes a key of the rest."""
    for at in range(3, len(children), 2):
        value, key, nothing = children[at - 2 : at + 1]
        if nothing.start < nothing.end or not all(map(_is_plain, (value, key, nothing))):
            continue
        if text[key.end : key.end + 80].lstrip().startswith(":"):
            continue
        cut = text[value.start : key.end]
        rest = in_quotes(text[key.start : key.end])
        why = say("inside {{ }} YAML ends a value at a comma, and {rest} became a key of its own.", rest=rest)
        line = text.split("\n")[value.line - 1]
        end = value.column - 1 + len(cut)
        repaired = line[: value.column - 1] + in_quotes(cut) + line[end:] if value.line == key.line else None
        hint = say("Write the value in quotes: {quoted}", quoted=in_quotes(cut))
        reading.traps.append(Trap(value.line - 1, value.column - 1, "E003", why, hint, repaired))


def _pairs(children: list[Node], reading: _Reading) -> tuple[tuple[Scalar, Node], ...]:
    pairs: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            why = say("a key must be a text, not a list or a mapping.")
            reading.traps.append(
                Trap(key.line - 1, key.column - 1, "E003", why, say("Put it in quotes if it is a text."))
            )
        elif key.text in pairs:
            first = pairs[key.text][0].line
            why = say('the key "{key}" stands here twice; the first is in line {first}.', key=key.text, first=first)
            hint = say("Keep one of them; several values go into one list.")
            reading.traps.append(Trap(key.line - 1, key.column - 1, "E006", why, hint))
        else:
            pairs[key.text] = (key, value)
    return tuple(pairs.values())


def _own_machinery(text: str, event: Any, reading: _Reading) -> Scalar:
    """An anchor, alias or tag: refused, and read on as the text that was meant."""
    mark = event.start_mark
    line = text.split("\n")[mark.line]
    sign = line[mark.column]
    names = {"&": say("an anchor"), "*": say("an alias"), "!": say("a tag")}
    name = names.get(sign)
    found = value_of(line)
    if found and found[0] == mark.column:
        why = say(
            "a value that begins with {sign} must stand in quotes, or YAML reads {name}.",
            sign=sign,
            name=name or say("it"),
        )
        reading.traps.append(needs_quotes(line, found, why, mark.line))
        value = found[1]
    else:
        why = say("{name} of YAML is not read here.", name=name or say("this"))
        hint = say("Write the value itself, in quotes if it is a text.")
        reading.traps.append(Trap(mark.line, mark.column, "E007", why, hint))
        value = line[mark.column : event.end_mark.column]
    return Scalar(value, mark.line + 1, mark.column + 1, mark.index, mark.index + len(value))


def _comments(text: str, scalars: list[Scalar]) -> list[Trap]:
    """Comments that stand behind something: they cut a value that was meant to hold a `#`."""
    if "#" not in text:
        return []
    starts = [scalar.start for scalar in scalars]
    seen: set[int] = set()
    traps = []
    for match in _COMMENT.finditer(text):
        index = match.start()
        begin = text.rfind("\n", 0, index) + 1
        before = text[begin:index]
        place = bisect_right(starts, index) - 1
        inside = place >= 0 and index < scalars[place].end
        if before.strip() and not inside and begin not in seen:
            seen.add(begin)
            traps.append(_comment(text, begin, index))
    return traps


def _comment(text: str, begin: int, index: int) -> Trap:
    end = text.find("\n", index)
    line = text[begin : end if end >= 0 else len(text)]
    found = value_of(line)
    hint = say("Write the comment on a line of its own.")
    if found and found[1][0] not in "\"'{[#":
        quoted = line[: found[0]] + in_quotes(found[1])
        hint = paragraph(hint, say("If # belongs to the value, write: {value}", value=quoted.strip()))
    why = say("YAML drops everything from this # on.")
    return Trap(text.count("\n", 0, index), index - begin, "E005", why, hint)

"""Problems: what is wrong with a file, where, and what to do about it.

A problem has one code per *kind* of mistake (`CODES`); each code has a page in `docs/errors/`. Codes that begin with
E are errors, with W warnings, with N notices. E0: the form of YAML; E1: files and their keys; E2: names, types, units;
E3: the form of phrases; E4: what situations, facts and rules may be; W5: what is allowed, but hardly meant; N6: what
does not act; E7 and N7: what has changed since the contract with producers and channels was published, or since the
rules before were.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from models.speech import any_of, paragraph, quoted, say


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


#: Code -> short title. Grows with the checks; a code never changes its meaning.
CODES: Mapping[str, str] = MappingProxyType(
    {
        # the form of YAML
        "E001": "not in UTF-8",
        "E002": "tab in the indentation",
        "E003": "value needs quotes",
        "E004": "full-width colon after a key",
        "E005": "comment behind a value",
        "E006": "key stands twice",
        "E007": "anchor, alias, tag or second document",
        "E008": "indentation does not fit",
        "E009": "bracket or quotation mark not closed",
        "E010": "no space behind the colon",
        "E011": "file too large or nested too deep",
        "E012": "invisible character",
        "E013": "empty file",
        "E014": "YAML cannot be read",
        # files, keys, vocabulary
        "E101": "unknown key",
        "E102": "key is missing",
        "E103": "file cannot be read",
        "E104": "wrong shape",
        "E105": "not one of the words that may stand here",
        "E106": "unknown type",
        "E107": "reserved name",
        "E108": "name taken twice",
        "E109": "place not understood",
        "E110": "not a language of the vocabulary",
        "E111": "setting not understood",
        "E112": "facts in a circle",
        "E113": "message not understood",
        "E114": "story not understood",
        "E115": "story goes back in time",
        "E116": "name of a file that cannot be a rule's id",
        "E117": "dates not understood",
        "E118": "value not of its type",
        # names, types and units
        "E201": "unknown name",
        "E202": "ambiguous name",
        "E203": "values of different kinds",
        "E204": "not one of the choices",
        "E205": "text without quotes",
        "E206": "not a number",
        "E207": "unit unknown, or not of this workspace",
        "E208": "month or year as a length",
        "E209": "value out of bounds or too fine",
        "E210": "has no order",
        "E211": "not a yes/no",
        "E212": "no such field",
        "E213": "not a duration",
        "E214": "names clash",
        "E215": "wrong kind of name",
        # the form of phrases
        "E301": "phrase not understood",
        "E302": "sign of another language",
        "E303": "quotes not closed",
        "E304": "sign not known",
        "E305": "number not understood",
        "E306": "no such date or time",
        "E307": "brackets needed",
        "E308": "empty phrase",
        # what situations, facts and rules may be
        "E401": "not an event",
        "E402": "something that happens stands as a condition",
        "E403": "step without a length of time",
        "E404": "a sequence cannot begin like this",
        "E405": "stays cannot be a step",
        "E406": "where does not fit here",
        "E407": "date without a time of day",
        "E408": "only fields of the event and attributes may stand here",
        "E409": "not a step that comes before",
        "E410": "a cap that can be read in two ways",
        "E411": "moment cannot be kept apart by each",
        "E412": "not built yet",
        "E413": "not an audience",
        "E414": "no such day of the billing cycle",
        "E415": "not a kind of action",
        "E416": "can never happen",
        "E417": "does not change evenly with time",
        "E418": "nothing to keep apart by each",
        "E419": "a sequence begins without a value of each",
        "E420": "an absence compares with what comes after its beginning",
        # what is allowed, but hardly meant
        "W501": "condition that changes nothing",
        "W502": "fact that nobody uses",
        "W503": "same fact under two names",
        "W504": "no test",
        "W505": "no test that must not fire",
        "W506": "placeholder missing in a language",
        "W507": "language missing",
        "W508": "window longer than what is kept",
        "W509": "a missing value decides",
        "W510": "cap that never stops anything",
        "W511": "too many SMS",
        "W512": "can fire twice a day",
        "W513": "offer always beaten by another",
        "W514": "slow",
        # what does not act yet
        "N601": "read and checked, but does not act yet",
        "N602": "policy that is not built yet",
        "N603": "no rules yet",
        "N604": "not measured",
        "N605": "more than one SMS",
        "N606": "rules meet within a cap",
        "N607": "offer for newcomers only",
        # what has changed since the contract was published
        "E701": "an event is no longer read",
        "E702": "a field is no longer read",
        "E703": "a field is needed that was not",
        "E704": "a field means something else",
        "E705": "a topic is gone",
        "E706": "what goes out has changed",
        "E707": "workers take over additions only",
        "N701": "a change that breaks nothing",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake at a place of a file. Lines and columns count from 1, columns in characters.

    `message` says what was expected and what was found; `hint` what to write; both are whole sentences.
    """

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    hint: str | None = None
    #: How many characters are concerned.
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.code} {paragraph(self.message, self.hint)}"


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)


_SHORT = 3
_PAIR = 2


def did_you_mean(word: str, candidates: Iterable[str], most: int = 3) -> list[str]:
    """The candidates that are nearest to a word, nearest first; none if nothing is near."""
    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(candidate.casefold(), candidate)
    cutoff = 0.6 if len(word) <= _SHORT else 0.7  # two swapped letters of three are a third of the word
    if len(word) == _PAIR and not word.isascii():
        cutoff = 0.5  # one wrong sign of a Chinese word of two is half of it
    near = difflib.get_close_matches(word.casefold(), folded, n=most, cutoff=cutoff)
    return [folded[key] for key in near]


def suggestion(word: str, candidates: Iterable[str]) -> str | None:
    """The sentence `Did you mean "x"?`, or None."""
    near = did_you_mean(word, candidates)
    return say("Did you mean {names}?", names=any_of(quoted(name) for name in near)) if near else None


def render(problem: Problem, source_line: str) -> str:
    """The problem, the line of the file it is in, and a caret below the mistake, as a terminal shows them."""
    line = source_line.rstrip("\r\n").replace("\t", " ")
    before = "".join(" " * _width(sign) for sign in line[: problem.column - 1])
    marked = line[problem.column - 1 : problem.column - 1 + problem.length]
    carets = "^" * max(1, sum(_width(sign) for sign in marked))
    return f"{problem}\n  {line}\n  {before}{carets}"


def _width(sign: str) -> int:
    """Columns of a terminal: East Asian wide characters take two, combining ones none."""
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1

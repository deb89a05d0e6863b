"""How the lines of a story are written in each language: repetitions and expectations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.speech import sentence
from models.units import UNITS
from rules.language.keywords import Language
from rules.language.own_names import channel_in, channel_of
from rules.workspace.reading import plain


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one language. Groups have the same names in all: `event, step, count` of what repeats; `with, offer,
    channel, saying`, `kind, name`, `who`, `line` of what is expected."""

    #: The word with which an expectation begins.
    expect: str
    #: An event that happens several times.
    every: re.Pattern[str]
    #: What is expected: guidance, an offer or grant, a task, nothing. The first that fits holds.
    expected: tuple[re.Pattern[str], ...]
    #: What to write: a line; an expectation.
    how_line: str
    how_expectation: str


_TAIL = r"""(?:\s+by\s+(?P<channel>[^"“”]+?))?(?:\s+saying\s+["“”](?P<saying>.*)["“”])?\s*"""
_CHINESE_TAIL = (
    r"""(?:\s*[,，]\s*渠道\s*(?P<channel>[^"“”,，]+?))?(?:\s*[,，]\s*内容包含\s*["“”](?P<saying>.*)["“”])?\s*"""
)
_COUNT = r"(?P<count>\d+)"

FORMS: Final[Mapping[Language, Forms]] = MappingProxyType(
    {
        Language.ENGLISH: Forms(
            "expect",
            re.compile(rf"(?P<event>.+?)\s+every\s+(?P<step>\d+(?:\.\d+)?\s*[^\W\d]+)\s*[,，]\s*{_COUNT}\s+times"),
            (
                re.compile(r"guidance(?:\s+with\s+(?P<with>offer|grant)\s+(?P<offer>[^\"“”]+?))?" + _TAIL, re.DOTALL),
                re.compile(r"(?P<kind>offer|grant)\s+(?P<name>[^\"“”]+?)" + _TAIL, re.DOTALL),
                re.compile(r"task\s+for\s+(?P<who>.+?)\s*", re.DOTALL),
                re.compile(r"nothing(?:\s*[,，]\s*stopped\s+by\s+(?P<line>.+?))?\s*", re.DOTALL),
            ),
            sentence(
                "Write `2026-03-02 09:00 EVENT: {{..}}`, `+1 hour EVENT: {{..}}`, "
                "`EVENT every 7 days, 12 times: {{..}}` or `expect ..`."
            ),
            sentence(
                'Write expect guidance [with offer NAME] [by CHANNEL] [saying ".."], offer NAME, grant NAME, '
                "task for WHO, or nothing[, stopped by LINE]."
            ),
        ),
        Language.CHINESE: Forms(
            "预期",
            re.compile(rf"(?P<event>.+?)\s*[,，]\s*每(?P<step>\d+(?:\.\d+)?\s*[^\W\d]+?)一次\s*[,，]\s*共{_COUNT}次"),
            (
                re.compile(
                    r"提醒(?:\s*[,，]\s*附(?P<with>优惠|特批)\s*(?P<offer>[^\"“”,，]+?))?" + _CHINESE_TAIL, re.DOTALL
                ),
                re.compile(r"(?P<kind>优惠|特批)\s*(?P<name>[^\"“”,，]+?)" + _CHINESE_TAIL, re.DOTALL),
                re.compile(r"任务\s*[,，]\s*执行人\s*(?P<who>.+?)\s*", re.DOTALL),
                re.compile(r"不触发(?:\s*[,，]\s*原因\s*(?P<line>.+?))?\s*", re.DOTALL),
            ),
            sentence(
                "Write `2026-03-02 09:00 EVENT: {{..}}`, `+1小时 EVENT: {{..}}`, `EVENT，每7天一次，共12次: {{..}}` "
                "or `预期..`."
            ),
            sentence(
                "Write 预期提醒[，附优惠NAME][，渠道CHANNEL][，内容包含“..”], 优惠NAME, 特批NAME, 任务，执行人WHO, "
                "or 不触发[，原因LINE]."
            ),
        ),
    }
)

_LATER: Final = re.compile(r"[+＋]\s*(?P<length>\d+(?:\.\d+)?\s*[^\W\d]+)(?:\s+(?P<rest>.*))?", re.DOTALL)
_UNSPACED: Final = "|".join(sorted((word for word in UNITS if not word.isascii()), key=len, reverse=True))
#: `+1小时使用流量`: Chinese needs no space behind the unit.
_LATER_IN_CHINESE: Final = re.compile(
    rf"[+＋]\s*(?P<length>\d+(?:\.\d+)?\s*(?:{_UNSPACED}))后?\s*(?P<rest>.*)", re.DOTALL
)
#: What stopped a rule, where it is no condition: canonical -> how it begins in each language.
_STOPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"at most": ("at most", "最多"), "when": ("when", "当")}
)
_KINDS: Final[Mapping[str, str]] = MappingProxyType({"优惠": "offer", "特批": "grant"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What an expectation says: the match of one of the forms, and its language."""

    language: Language
    match: re.Match[str]
    #: Where the form begins in the text of the line.
    start: int

    @property
    def kind(self) -> str:
        """`guidance`, `offer`, `grant`, `task` or `nothing`."""
        number = FORMS[self.language].expected.index(self.match.re)
        return ("guidance", self.part("kind") or "", "task", "nothing")[number]

    def part(self, group: str) -> str | None:
        """A part by the name of its group, kinds in English; None if it is not said."""
        said = self.match[group] if group in self.match.re.groupindex else None
        return _KINDS.get(said, said) if said is not None and group in {"kind", "with"} else said

    def span(self, group: str) -> tuple[int, int]:
        """Where a part stands in the text of the line."""
        return self.start + self.match.start(group), self.start + self.match.end(group)


def later_of(text: str) -> tuple[str, str] | None:
    """The length of time after `+`, and what follows it; None if a line does not begin so."""
    match = _LATER_IN_CHINESE.fullmatch(text) or _LATER.fullmatch(text)
    return (match["length"], match["rest"] or "") if match else None


def language_of_expectation(text: str) -> Language | None:
    """The language of an expectation; None if the text is none."""
    for language, forms in FORMS.items():
        rest = text.removeprefix(forms.expect)
        if rest != text and (language is not Language.ENGLISH or not rest or rest[0] in " \t"):
            return language
    return None


def read_expectation(text: str, language: Language) -> Expected | None:
    """What an expectation says; None if it has none of the forms of its language."""
    said = text[len(FORMS[language].expect) :]
    start = len(text) - len(said.lstrip())
    matches = (form.fullmatch(said.strip()) for form in FORMS[language].expected)
    return next((Expected(language, match, start) for match in matches if match), None)


def read_stop(said: str) -> tuple[str, str] | None:
    """`at most` or `when`, and what is said of it (`1 per day`); None for a line of `only if` or `unless`."""
    for stop, spellings in _STOPS.items():
        for spelling in spellings:
            if said == spelling or (stop == "at most" and said.startswith(spelling)):
                return stop, said.removeprefix(spelling).strip()
    return None


# ----------------------------------------------------------------- writing


def repeated_in(language: Language, event: str, step: str, count: str) -> str:
    """An event that happens several times, in words of a language."""
    if language is Language.CHINESE:
        return f"{event}，每{step}一次，共{count}次"
    return f"{event} every {step}, {count} times"


def expected_in(language: Language, expected: Expected, line: str | None) -> str:
    """An expectation in words of a language; `line` is what stopped the rule, as the rule has it."""
    return _chinese(expected, line) if language is Language.CHINESE else _english(expected, line)


def stop_in(language: Language, stop: str, cap: str) -> str:
    """`at most 1 per day`, `最多每天1次`, `when`, `当`."""
    word = _STOPS[stop][1 if language is Language.CHINESE else 0]
    return f"{word} {cap}" if cap and language is Language.ENGLISH else word + cap


def _english(expected: Expected, line: str | None) -> str:
    part = expected.part
    match expected.kind:
        case "nothing":
            return "expect nothing" + (f", stopped by {line}" if line else "")
        case "task":
            return f"expect task for {part('who')}"
        case "guidance":
            said = "expect guidance" + (f" with {part('with')} {part('offer')}" if part("offer") else "")
        case kind:
            said = f"expect {kind} {part('name')}"
    said += f" by {_channel(expected, Language.ENGLISH)}" if part("channel") else ""
    return said + (f' saying "{part("saying")}"' if part("saying") is not None else "")


def _chinese(expected: Expected, line: str | None) -> str:
    part, kinds = expected.part, {english: chinese for chinese, english in _KINDS.items()}
    match expected.kind:
        case "nothing":
            return "预期不触发" + (f"，原因{line}" if line else "")
        case "task":
            return f"预期任务，执行人{part('who')}"
        case "guidance":
            said = "预期提醒" + (f"，附{kinds[part('with') or '']}{part('offer')}" if part("offer") else "")
        case kind:
            said = f"预期{kinds[kind]}{part('name')}"
    said += f"，渠道{_channel(expected, Language.CHINESE)}" if part("channel") else ""
    return said + (f"，内容包含“{part('saying')}”" if part("saying") is not None else "")


def _channel(expected: Expected, language: Language) -> str:
    return channel_in(channel_of(plain(expected.part("channel") or "")), language)

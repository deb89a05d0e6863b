"""Messages that take several SMS: each is paid for by itself.

A placeholder is counted with the longest value that is reasonable for its type, as her language writes it. What
policy.yaml allows a message (`sms: {segments: 2}`) is the limit; where it says nothing, two or three are a hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.formatting import format_value
from models.moments import parse_moment, zone
from models.policy import SMS
from models.sms import Segments, segments
from models.speech import all_of, say
from models.types import Kind, Value
from models.vocabulary import DAY
from rules.checks.written import Place, WrittenBlock, root, rules
from rules.language.yaml_nodes import Mapping
from rules.problems import Problem
from rules.typed import Grant, Guide, Offer, Placeholder, PlaceName, Template
from rules.workspace.workspace import OFFERS, Workspace

#: A message may take so many where policy.yaml does not say.
_MOST = 3
#: So many signs that are not in the alphabet of SMS are named.
_NAMED = 5
#: A name, a number of a case, a product.
_LONG_TEXT = "n" * 20
#: No date is longer in English.
_LATE = parse_moment("2026-09-30T23:59:00Z")
#: The longest values that are reasonable, in grid units: 9,999.99 CNY, 23 hours 59 minutes, 30 September 2026.
_LONGEST: dict[Kind, Value] = {
    Kind.YES_NO: True,
    Kind.TEXT: _LONG_TEXT,
    Kind.CELL: _LONG_TEXT,
    Kind.NUMBER: 9_999_990_000,
    Kind.WHOLE: 9_999,
    Kind.MONEY: 999_999,
    Kind.DURATION: DAY - 60_000,
    Kind.LENGTH: 99_990_000,
    Kind.DATE: _LATE // DAY,
    Kind.MOMENT: _LATE,
    Kind.POINT: (-31.123456, -121.123456),
}


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that may go out by SMS: where it stands, its language, and how long it can be."""

    place: Place
    language: str
    longest: str


def check_sms_length(workspace: Workspace) -> Iterator[Problem]:
    """Guides that take several SMS in one of their languages."""
    for rule in rules(workspace):
        for block in rule.blocks:
            if SMS in (block.block.by or workspace.policy.channels):
                yield from _guides(block, workspace)


def check_sms_titles(workspace: Workspace) -> Iterator[Problem]:
    """Titles of offers that take several SMS where an offer stands alone and its title is the message."""
    titles: dict[str, None] = {}
    for block in (block for file in workspace.rules for block in file.rule.blocks):
        alone = not any(isinstance(action, Guide) for action in block.actions)
        if alone and SMS in (block.by or workspace.policy.channels):
            titles |= {one.name: None for one in block.actions if isinstance(one, Offer | Grant)}
    for text in _titles(titles, workspace):
        yield from _long(text, workspace)


def _guides(block: WrittenBlock, workspace: Workspace) -> Iterator[Problem]:
    for guide in block.block.actions:
        for language, template in guide.texts if isinstance(guide, Guide) else ():
            place = block.place.get("guide")
            place = place.get(language) if place and isinstance(place.node, Mapping) else place
            if place is not None:
                yield from _long(_Text(place, language, _longest(template, language, workspace)), workspace)


def _titles(names: Iterable[str], workspace: Workspace) -> Iterator[_Text]:
    offers = root(workspace, OFFERS)
    for name in names:
        title = offers.get(name, "title") if offers else None
        terms = workspace.offers.get(name)
        for language, text in terms.titles if terms and title else ():
            place = title.get(language) if title and isinstance(title.node, Mapping) else title
            if place is not None:
                yield _Text(place, language, text)


def _long(text: _Text, workspace: Workspace) -> Iterator[Problem]:
    found = segments(text.longest)
    allowed = workspace.policy.sms_segments
    if found.count <= (allowed or 1):
        return
    limit = say("policy.yaml allows {allowed}", allowed=allowed) if allowed else say("each is paid for")
    values = {"count": found.count, "limit": limit}
    what = (
        say("this text, with long values, takes {count} SMS; {limit}.", **values)
        if "{" in text.place.text
        else say("this text takes {count} SMS; {limit}.", **values)
    )
    code = "W511" if found.count > (allowed or _MOST) else "N605"
    yield text.place.problem(code, what, _hint(found))


def _hint(found: Segments) -> str:
    """What makes it shorter: a curly quote, pasted, takes the room of ninety letters."""
    if 0 < len(found.outside) <= _NAMED:
        signs = all_of(found.outside)
        return say("Without {signs} 153 signs go into each, instead of 67.", signs=signs)
    return (
        say("Make it shorter: 67 signs go into each.")
        if found.outside
        else say("Make it shorter: 153 signs go into each.")
    )


def _longest(template: Template, language: str, workspace: Workspace) -> str:
    return "".join(part if isinstance(part, str) else _value(part, language, workspace) for part in template)


def _value(part: Placeholder, language: str, workspace: Workspace) -> str:
    said = _of_type(part, language, workspace)
    return max(said, part.otherwise or "", key=len)


def _of_type(part: Placeholder, language: str, workspace: Workspace) -> str:
    vocabulary, type_ = workspace.vocabulary, part.of.type
    if isinstance(part.of, PlaceName) and part.of.place in vocabulary.places:
        return max((name for name, _ in vocabulary.places[part.of.place].members), key=len, default="")
    if type_.kind is Kind.CHOICE:
        return max(type_.choices, key=len, default="")
    value = 99_990 * vocabulary.data_unit**2 if type_.kind is Kind.DATA else _LONGEST[type_.kind]
    return format_value(value, type_, language, vocabulary.currency, vocabulary.data_unit, zone(vocabulary.time_zone))

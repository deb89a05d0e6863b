"""Amounts as settings write them: `24 hours`, `4 km`, `0.05 CNY`, `10%`, `[31.1, 121.8]`."""

from __future__ import annotations

import re

from models.speech import say, sentence
from models.types import NUMBER_GRID, Kind
from models.units import expected_of, parse_number, parse_quantity
from rules.language.yaml_nodes import Items, Node, Scalar
from rules.workspace import reading
from rules.workspace.findings import Findings

_CALENDAR = re.compile("month|year|月|年", re.IGNORECASE)
#: What a kind is, in a sentence.
NAMED = {
    Kind.NUMBER: sentence("a number"),
    Kind.WHOLE: sentence("a whole number"),
    Kind.MONEY: sentence("an amount of money"),
    Kind.DATA: sentence("an amount of data"),
    Kind.DURATION: sentence("a length of time"),
    Kind.LENGTH: sentence("a length"),
}


def amount(
    node: Node, findings: Findings, what: str, kind: Kind, currency: str = "EUR", data_unit: int = 1000
) -> int | None:
    """The grid value of an amount of that kind; a bare 0 is nothing of any kind."""
    found = reading.text(node, findings, what)
    if found is None:
        return None
    try:
        read, value = parse_quantity(found.text, currency, data_unit)
    except ValueError as error:
        # Only money knows its currency here, and only months need more than an example.
        told = kind is Kind.MONEY or _CALENDAR.search(found.text)
        message = (
            say("{what}: {said}.", what=what, said=error)
            if told
            else say(
                '{what} must be {named}; here stands "{found}".', what=what, named=say(NAMED[kind]), found=found.text
            )
        )
        findings.error(found, "E111", message, say("Expected {expected}.", expected=expected_of(kind, currency)))
        return None
    if read is kind or value == 0:
        return value
    if kind is Kind.WHOLE and read is Kind.NUMBER and value % NUMBER_GRID == 0:
        return value // NUMBER_GRID
    message = say('{what} must be {named}; here stands "{found}".', what=what, named=say(NAMED[kind]), found=found.text)
    findings.error(found, "E111", message, say("Expected {expected}.", expected=expected_of(kind, currency)))
    return None


def duration(node: Node, findings: Findings, what: str) -> int | None:
    """Milliseconds."""
    return amount(node, findings, what, Kind.DURATION)


def share(node: Node, findings: Findings, what: str) -> int | None:
    """A percentage from 0% to 100%, as grid units of a number (1,000,000 is all)."""
    found = reading.text(node, findings, what)
    if found is None:
        return None
    value = amount(found, findings, what, Kind.NUMBER)
    if value is not None and (not found.text.rstrip().endswith(("%", "％")) or not 0 <= value <= NUMBER_GRID):
        findings.error(
            found,
            "E111",
            say('{what} is a share from 0% to 100%; here stands "{found}".', what=what, found=found.text),
            say("Write 10%."),
        )
        return None
    return value


def point(node: Node, findings: Findings, what: str) -> tuple[float, float] | None:
    """`[latitude, longitude]` in degrees."""
    parts = node.items if isinstance(node, Items) else ()
    if len(parts) != 2 or not all(isinstance(part, Scalar) for part in parts):
        hint = say("Write [latitude, longitude] in degrees: [31.1443, 121.8083].")
        findings.error(node, "E109", say("{what} must be a point.", what=what), hint)
        return None
    degrees = [_degrees(part, findings, what, most) for part, most in zip(parts, (90, 180), strict=True)]
    if degrees[0] is None or degrees[1] is None:
        return None
    return degrees[0], degrees[1]


def _degrees(node: Node, findings: Findings, what: str, most: int) -> float | None:
    assert isinstance(node, Scalar)
    name = say("latitude") if most == 90 else say("longitude")
    try:
        value = float(parse_number(node.text))
    except ValueError:
        findings.error(
            node,
            "E109",
            say('{what}: "{text}" is not a {name} in degrees.', what=what, text=node.text, name=name),
            say("Write it as 31.1443."),
        )
        return None
    if abs(value) <= most:
        return value
    hint = say("A point is [latitude, longitude], in this order.") if most == 90 and abs(value) <= 180 else None
    findings.error(
        node,
        "E109",
        say(
            "{what}: {text} is no {name}; it lies between -{most} and {most} degrees.",
            what=what,
            text=node.text,
            name=name,
            most=most,
        ),
        hint,
    )
    return None

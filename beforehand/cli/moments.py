"""Moments that are typed at the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import typer

from models.moments import local_to_moment, parse_date, parse_moment, zone
from models.speech import say

_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d):(\d\d))?")


def moment_of(text: str, where: ZoneInfo, option: str) -> int:
    """The moment (ms) that somebody typed for an option, by the clock of the place; a day means its end."""
    return _moment(text, where, option, of_day=lambda day: local_to_moment(where, day + 1, 0) - 1)


def beginning_of(text: str, option: str) -> int:
    """The moment (ms) that somebody typed for an option, in UTC; a day means its beginning."""
    utc = zone("UTC")
    return _moment(text, utc, option, of_day=lambda day: local_to_moment(utc, day, 0))


def _moment(text: str, where: ZoneInfo, option: str, *, of_day: Callable[[int], int]) -> int:
    try:
        if (match := _LOCAL.fullmatch(text.strip())) is None:
            return parse_moment(text.strip())
        day = parse_date(match[1])
        if match[2] is None:
            return of_day(day)
        if int(match[2]) > 23 or int(match[3]) > 59:
            raise ValueError(say("{hours}:{minutes} is no time of day", hours=match[2], minutes=match[3]))
        return local_to_moment(where, day, int(match[2]) * 60 + int(match[3]))
    except ValueError as wrong:
        raise typer.BadParameter(say('{wrong}; write "2026-03-20 12:00".', wrong=wrong), param_hint=option) from None

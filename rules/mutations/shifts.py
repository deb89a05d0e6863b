"""How far a number is shifted: by a small step and a large one, up and down.

Small is one for what is counted, about a tenth for what is measured; large is twice and half.
"""

from __future__ import annotations

from collections.abc import Iterable

from models.types import Kind
from rules.typed import Constant

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_DURATIONS = (_DAY, _HOUR, 60_000, 1_000)
#: Fewer days, hours or minutes than these are shifted in the next smaller unit.
_FEW = 5
#: Days, and milliseconds, by which a point in time is shifted.
_DATES = (1, 30)
_MOMENTS = (_HOUR, _DAY)
_NEVER_NEGATIVE = frozenset({Kind.DATA, Kind.DURATION, Kind.LENGTH})
_UNSHIFTED = frozenset({Kind.YES_NO, Kind.TEXT, Kind.CELL, Kind.CHOICE, Kind.POINT})


def shifted(of: Constant) -> tuple[Constant, ...]:
    """The constant a little and far higher and lower; nothing for what is no number."""
    value, kind = of.value, of.type.kind
    if kind in _UNSHIFTED or not isinstance(value, int):
        return ()
    return tuple(Constant(other, of.type) for other in _values(value, kind))


def shifted_count(number: int, least: int = 1) -> list[int]:
    """A number of times, of cycles: one more and one less, twice and half; none below `least`."""
    return [other for other in _values(number, Kind.WHOLE) if other >= least]


def shifted_length(millis: int) -> list[int]:
    """A length of time, longer and shorter; never nothing."""
    return [other for other in _values(millis, Kind.DURATION) if other > 0]


def _values(value: int, kind: Kind) -> list[int]:
    match kind:
        case Kind.DATE:
            found = [value + sign * days for days in _DATES for sign in (1, -1)]
        case Kind.MOMENT:
            found = [value + sign * millis for millis in _MOMENTS for sign in (1, -1)]
        case Kind.WHOLE:
            found = _around(value, 1)
        case Kind.DURATION:
            unit = _unit(value)
            found = [other * unit for other in _around(value // unit, max(1, round(value / unit / 10)))]
        case _:
            found = _around(value, _tenth(value))
    return [other for other in _once(found) if other != value and (other >= 0 or kind not in _NEVER_NEGATIVE)]


def _around(value: int, step: int) -> list[int]:
    return [value + step, value - step, 2 * value, value // 2]


def _once(values: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(values))


def _tenth(value: int) -> int:
    """A tenth, rounded to its first digit."""
    tenth = abs(value) // 10
    digits: int = 10 ** (len(str(tenth)) - 1)
    return max(1, round(tenth / digits) * digits)


def _unit(millis: int) -> int:
    """The unit in which people would count a length of time, of which it is not just a few."""
    return next((unit for unit in _DURATIONS if millis % unit == 0 and millis >= _FEW * unit), 1)

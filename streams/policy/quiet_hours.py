"""Quiet hours: what waits for their end, and what does not go along.

Offers are marketing, guidance and grants are service; tasks are for people, and know no quiet hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.decisions import ActionKind
from models.quiet_hours import Hours, quiet_until

#: (kind, number) of actions.
Actions = tuple[tuple[str, int], ...]

MARKETING, SERVICE = "marketing", "service"
#: The reason of an offer that does not go along.
QUIET_HOURS = "quiet hours"


class Gate(NamedTuple):
    """What of a block is held, and until when (ms), and which offers end."""

    held: Actions = ()
    until: int = 0
    refused: Actions = ()


OPEN = Gate()


def purpose_of(kind: str) -> str | None:
    """What a message of this kind of action is for; None for tasks."""
    if kind == ActionKind.TASK:
        return None
    return MARKETING if kind == ActionKind.OFFER else SERVICE


def gate(hours: Mapping[str, Hours], actions: Actions, where: ZoneInfo, now: int) -> Gate:
    """What quiet hours say to actions of one block at `now` (ms), by the clocks of `where`.

    A message of service waits as a whole while service is quiet. While only marketing is, it goes without its offers,
    so that no warning is lost for theirs. Offers that stand alone wait.
    """
    if not hours:
        return OPEN
    spoken = tuple(action for action in actions if action[0] != ActionKind.TASK)
    offers = tuple(action for action in spoken if action[0] == ActionKind.OFFER)
    if not spoken:
        return OPEN
    until = _until(hours, MARKETING if spoken == offers else SERVICE, where, now)
    if until is not None:
        return Gate(held=spoken, until=until)
    if offers and _until(hours, MARKETING, where, now) is not None:
        return Gate(refused=offers)
    return OPEN


def _until(hours: Mapping[str, Hours], purpose: str, where: ZoneInfo, now: int) -> int | None:
    return quiet_until(hours[purpose], where, now) if purpose in hours else None

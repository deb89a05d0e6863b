"""By which channels a message goes: those asked for that reach her, her own choice first."""

from __future__ import annotations

from collections.abc import Mapping

from models.text import fold
from models.types import Value

#: The channels of a workspace without policy.yaml.
DEFAULT_CHANNELS = ("app", "sms")


def channels_for(
    asked: tuple[str, ...], known: tuple[str, ...], attributes: Mapping[str, Value], *, every: bool
) -> tuple[str, ...]:
    """The first channel that reaches her, or (`every`) each that does; empty: not reachable.

    `asked` in the order written (empty: all that are `known`); her attribute `channel` comes first; `reachable by`
    (missing: all) is a text of names joined by commas.
    """
    reachable, preferred = attributes.get("reachable by"), attributes.get("channel")
    candidates = asked or known
    if isinstance(reachable, str):
        names = {fold(name.strip()) for name in reachable.replace("，", ",").replace("、", ",").split(",")}
        candidates = tuple(name for name in candidates if fold(name) in names)
    if isinstance(preferred, str):
        candidates = tuple(sorted(candidates, key=lambda name: fold(name) != fold(preferred)))
    return candidates if every else candidates[:1]

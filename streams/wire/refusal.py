"""Why a line is refused, while it is being read."""

from __future__ import annotations

from streams.dead_letters import Reason


class Refusal(Exception):
    """The line cannot be an event: the reason, and what was expected and found (safe to show)."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

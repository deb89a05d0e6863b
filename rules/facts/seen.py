"""The events a customer had lately, by which repeats are told: by compiled code where there is any."""

from __future__ import annotations

try:
    from rules.facts.compiled_seen import Seen
except ImportError:  # it has not been compiled
    from rules.facts.plain_seen import Seen

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "Seen"]

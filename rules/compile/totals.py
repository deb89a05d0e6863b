"""The lines on a count or a sum that an event crosses: found by compiled code where there is any."""

from __future__ import annotations

try:
    from rules.compile.compiled_totals import CrossLimit, CrossLimits
except ImportError:  # it has not been compiled
    from rules.compile.plain_totals import CrossLimit, CrossLimits

__all__ = ["CrossLimit", "CrossLimits"]

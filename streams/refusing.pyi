"""Moments that come to everybody and are mostly refused: compiled."""

from rules.program import Program
from rules.record import Record

class Refusing:
    """Passes over the moments of a customer that are due, as long as her rules' own lines refuse them.

    It does for them what `streams.due.run_timers` does, where nobody is told what was refused.
    """

    def __init__(self, program: Program) -> None: ...
    def __call__(self, record: Record, until: int) -> bool:
        """Whether nothing is left that is due up to and including `until` (ms)."""

"""Sequences of two steps, compiled."""

from rules.program import EventProgram, Program

class Pairs:
    """What events of one type open, end and complete of sequences of two steps, as `rules.situations.pairs` has it.

    It tells whether something is open that an event may complete. If not, it notes the absences that the event ends,
    and keeps it where it opens something.
    """

    def __init__(self, program: Program, event: str, whole: EventProgram) -> None:
        """`event`: the type; `whole`: all that such an event can touch."""

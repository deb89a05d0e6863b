"""Events in the order in which they are taken, and by customer: compiled."""

from collections.abc import Sequence

from models.events import Event

class Waiting:
    """Events that have arrived and are not taken yet.

    The order is that of: when it is taken (ms), its time, its type, source, id, and the number of its arrival; a
    withdrawal of consent comes before all else of its moment.
    """

    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add(self, events: Sequence[Event], first: int, step: int, settle: int) -> int | None:
        """Events have arrived, of the numbers `first`, `first + step` ..; gives the latest arrival (ms; None of none).

        An event is taken at `max(time, arrived - settle)`, a withdrawal of consent at `arrived - settle` (ms).
        """

    def take(self, until: int | None, finished: list[int] | None = None) -> list[tuple[int, Event]]:
        """Take out what is taken at or before `until` (ms; None: all): each with its moment, in order.

        Their numbers are put into `finished`.
        """

    def numbers(self) -> list[int]:
        """The numbers of all, in any order."""

def by_customer(pairs: list[tuple[int, Event]]) -> list[tuple[str, list[tuple[int, Event]]]]:
    """Customers, in the order in which they come first, each with her events in their order."""

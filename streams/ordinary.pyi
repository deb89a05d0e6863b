"""Events of one customer, of which most are ordinary: compiled."""

from collections.abc import Callable, Mapping

from models.decisions import Decision
from models.events import Event
from rules.profile import Reach, Tables
from rules.record import Record
from streams.compiled import Asked, Later, Take
from streams.counting import CountRows
from streams.positions import Whereabouts
from streams.taking import Taken

class Ordinary:
    """Takes ordinary events of one type as far as that can be done without Python.

    Ordinary is what is fresh, of a customer who is known. What is due before it is run, a repeat is passed over, and
    its counting is put off where that is possible (`rules.compile.putting_off`).
    """

    def __init__(
        self,
        event: str,
        stale_after: int,
        run_timers: Callable[[Record, int], list[Decision]],
        tables: Callable[[Record, int], Tables],
        act: Callable[[Record, Event, int, Reach], list[Decision]],
        asked: Asked,
        *,
        counts: bool,
        later: Later | None = None,
        rows: CountRows | None = None,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        """`stale_after`: ms; `tables` works out what events can touch, and hangs it on the record; `act` counts an
        event, moves her, and asks what it begins, completes and ends; `asked`: how only the latter is asked.

        `counts`: whether events of this type are counted; `later`: how that is put off; `rows`: count those that
        cannot be, where no line of hers must be judged before (else `act` does); `whereabouts`: moves customers to
        positions that are not counted.
        """

def take_hers(takes: Mapping[str, Take | Ordinary], plainly: Take, record: Record, hers: list[Taken]) -> list[Decision]:
    """Take events of one customer, in order. `plainly`: takes one whose type is ordinary, but itself is not."""

def take_all(
    takes: Mapping[str, Take | Ordinary],
    plainly: Take,
    groups: list[tuple[str, list[Taken]]],
    records: Mapping[str, Record],
    find: Callable[[str], Record],
    changed: dict[str, None],
    note: Callable[[Record], None],
) -> list[Decision]:
    """Take events of many customers, one customer after the other. `find`: makes or reads the record of one who is not
    in `records`; she is `changed`; `note` is told of a record that has counted something, or has another timer first
    than that for which it is queued."""

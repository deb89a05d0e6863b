"""A compiled reader of lines of the usual form."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from models.events import Event
from streams.dead_letters import DeadLetter
from streams.wire.scanned import Scanned

class Scanner:
    """Reads the lines that producers usually send, of the types of one vocabulary.

    Of any bytes it gives the event that `streams.wire.decoder` reads of them without it, or None: for all that is
    wrong, and for what is seldom: escapes, names that it has not been told, data before the type, numbers with
    exponents, texts with units that nobody has read before. Not to be shared between threads.
    """

    def __init__(self, types: Sequence[Scanned], *, complete: bool) -> None:
        """`complete`: see `Decoder`."""

    def pass_over(self, event: str, name: str, *, of_data: bool) -> None:
        """From now on an attribute, or a field of the data, that the vocabulary does not know is counted here, too."""

    def scan(self, line: bytes, arrived: int | None, ignored: Counter[tuple[str, str]]) -> Event | None:
        """The event of a line, or None. `arrived`: see `Decoder.decode`; `ignored`: counts of what is passed over."""

    def scan_all(
        self,
        lines: Sequence[bytes],
        arrived: Iterable[int | None] | None,
        ignored: Counter[tuple[str, str]],
        limit: int,
        otherwise: Callable[[bytes, int | None], Event | DeadLetter],
    ) -> list[Event | DeadLetter]:
        """The event of each line that is no longer than `limit`, or what `otherwise` makes of it, in their order."""

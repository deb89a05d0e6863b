"""Moving what was recorded to another moment: every time by the same span, so that all keeps its distance."""

from __future__ import annotations

from models.events import Event
from models.moments import DAY, format_moment
from models.types import Kind, Value
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary


class Mover:
    """Moves events by `span` milliseconds, to the present `now`.

    Moments in their data move too; dates by whole days. Each has another source than before, or a day that is
    published twice would be taken for duplicates of itself.
    """

    def __init__(self, vocabulary: Vocabulary, span: int, now: int) -> None:
        self._span = span
        self._days = (span + DAY // 2) // DAY
        self._moved_at = format_moment(now)
        types = {**vocabulary.events, **RESERVED_EVENTS}
        attributes = {**RESERVED_ATTRIBUTES, **vocabulary.customer}
        #: Type of event -> the fields that hold a moment or a date.
        self._fields = {
            name: {
                field: declared.kind
                for field, declared in (attributes if name == "customer changed" else type_.fields).items()
                if declared.kind in (Kind.MOMENT, Kind.DATE)
            }
            for name, type_ in types.items()
        }

    def moved(self, event: Event) -> Event:
        """The event at its new time."""
        span, fields = self._span, self._fields[event.type]
        data = event.data
        if fields:
            data = {name: self._value(fields.get(name), value) for name, value in data.items()}
        source = f"{event.source}, {self._moved_at}"
        return Event(event.type, event.customer, event.time + span, event.arrived + span, source, event.id, data)

    def _value(self, kind: Kind | None, value: Value) -> Value:
        if kind is None or not isinstance(value, int):
            return value
        return value + (self._span if kind is Kind.MOMENT else self._days)

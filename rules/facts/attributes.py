"""What is known of a customer herself: attributes, with the time they were set, and the calendar they give."""

from __future__ import annotations

from models.events import Event
from models.moments import zone
from models.types import Value
from models.vocabulary import Vocabulary
from rules.facts.chains import advance
from rules.program import Program
from rules.record import Record
from rules.typed import CalendarUnit


def newer(record: Record, event: Event) -> dict[str, Value]:
    """The attributes an event sets: those whose stated time is not older than what is known."""
    times = record.attribute_times
    return {name: value for name, value in event.data.items() if event.time >= times.get(name, event.time)}


def change(program: Program, record: Record, event: Event, taken: int, *, born: bool) -> bool:
    """Set the attributes of an event. Whether one was set."""
    calendar = "time zone" in event.data or "bill day" in event.data
    if calendar and born:
        # Lines were judged just before: no window ran yet, the calendar she begins with is the one to come.
        record.chains.clear()
    elif calendar:
        for unit in CalendarUnit:
            advance(record, unit, program.plan.backs.get(unit, 0), taken)
    changed = newer(record, event)
    if changed:
        record.forget_profile()
    for name, value in changed.items():
        record.attribute_times[name] = event.time
        if value is None:
            record.attributes.pop(name, None)
        else:
            record.attributes[name] = value
    if calendar:
        set_calendar(record, program.plan.vocabulary)
    return bool(changed)


def set_calendar(record: Record, vocabulary: Vocabulary) -> None:
    """Take zone and bill day from the attributes; what is not usable counts as missing."""
    record.zone = zone(vocabulary.time_zone)
    name = record.attributes.get("time zone")
    if isinstance(name, str):
        try:
            record.zone = zone(name)
        except ValueError:
            record.zone = zone(vocabulary.time_zone)
    day = record.attributes.get("bill day")
    record.bill_day = day if isinstance(day, int) and 1 <= day <= 31 else None
    if record.bill_day is None:
        record.chains.pop("billing cycle", None)

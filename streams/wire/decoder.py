"""Lines to events: whatever comes in becomes an event or a dead letter, never an exception.

What a line may hold is said by the vocabulary; `docs/wire.md` tells producers. The decoder is made once from a
vocabulary and used for many lines; it counts what it passed over. Each line is tried by the fastest who can read it:
compiled code where there is any (`streams.wire.scanning`), structs of msgspec (`streams.wire.quick`), and at last those
who can say what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from itertools import repeat
from typing import Any

from msgspec import MsgspecError

from models.events import Event
from models.speech import listed, say
from models.types import Value
from models.visible import visible
from models.vocabulary import Vocabulary
from streams.dead_letters import DeadLetter, Reason
from streams.wire.envelope import LONGEST_NAME, NO_SOURCE, Envelope, read_envelope
from streams.wire.plans import Plan, plans_of
from streams.wire.quick import QuickWay
from streams.wire.refusal import Refusal
from streams.wire.times import EARLIEST, LATEST, TimeReader
from streams.wire.values import found

try:
    from streams.wire import scanning
except ImportError:  # it has not been compiled
    COMPILED = False
else:
    COMPILED = True

#: Bytes in a line, unless another limit is given.
DEFAULT_LIMIT = 64 * 1024
#: Bytes kept of a line that is too large.
KEPT_OF_TOO_LARGE = 1_024
#: How far the producer's clock may run ahead of ours, in milliseconds.
CLOCK_SKEW = 5 * 60_000
#: Distinct names of unknown fields that are counted one by one.
_COUNTED_NAMES = 1_000
#: An unknown field that has come so many times will come again.
_OFTEN = 100


class Decoder:
    """Reads the events of one vocabulary. Not to be shared between threads."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        limit: int = DEFAULT_LIMIT,
        *,
        complete: bool = False,
        asked: Collection[str] | None = None,
        compiled: bool = COMPILED,
    ) -> None:
        """`complete`: `specversion` and `source` may not be missing, as they may in a file. `asked`: of the fields of
        the vocabulary's events nobody asks for any but these (and for positions); others may be left out, once they
        have been checked. `compiled`: whether usual lines are read by compiled code, which gives the same.
        """
        self.limit = limit
        self._complete = complete
        #: (event type, name) of fields that are not in the vocabulary -> how often they came.
        self.ignored: Counter[tuple[str, str]] = Counter()
        #: Events whose time lay a little after their arrival and was read as it.
        self.read_as_arrived = 0
        self._times = TimeReader()
        self._plans = plans_of(vocabulary, self._times)
        self._quick = QuickWay(self._plans, vocabulary, self._times, complete=complete, asked=asked)
        self._scanner = scanning.Scanner(self._quick.scanned(), complete=complete) if compiled else None

    def uncounted(self) -> Decoder:
        """A decoder of the same vocabulary with counts of its own: for who looks at a line before it is read."""
        other = copy(self)
        other.ignored, other.read_as_arrived = Counter(), 0
        return other

    def decode(self, line: bytes, arrived: int | None = None) -> Event | DeadLetter:
        """The event of a line (without its newline), or why there is none.

        `arrived` is when the line reached us, in milliseconds, where a broker or server knows it; else the event's own
        `arrived` is believed, and its `time` where it has none.
        """
        if self._scanner is not None and len(line) <= self.limit:
            event = self._scanner.scan(line, arrived, self.ignored)
            if event is not None:
                return event
        return self._decode_otherwise(line, arrived)

    def _decode_otherwise(self, line: bytes, arrived: int | None) -> Event | DeadLetter:
        """What is not of the usual form, or where nothing is compiled."""
        if len(line) > self.limit:
            return too_large(line, len(line), self.limit)
        quick = self._quick
        try:
            sent = quick.read(line)
            event = quick.makers[type(sent)](sent, line, arrived, self.ignored)
        except (MsgspecError, KeyError, ValueError, RecursionError):
            event = None
        return self.decode_slowly(line, arrived) if event is None else event

    def decode_all(
        self, lines: Sequence[bytes], arrived: Iterable[int | None] | None = None
    ) -> list[Event | DeadLetter]:
        """The event of each line, or why there is none, as `decode` gives it; `arrived` is told of each line then."""
        if self._scanner is not None:
            return self._scanner.scan_all(lines, arrived, self.ignored, self.limit, self._decode_otherwise)
        quick, limit, ignored = self._quick, self.limit, self.ignored
        read, makers = quick.read, quick.makers
        events: list[Event | DeadLetter] = []
        for line, at in zip(lines, repeat(None) if arrived is None else arrived, strict=arrived is not None):
            event: Event | DeadLetter | None = None
            if len(line) <= limit:
                try:
                    sent = read(line)
                    event = makers[type(sent)](sent, line, at, ignored)
                except (MsgspecError, KeyError, ValueError, RecursionError):
                    pass
            if event is None:
                event = self.decode(line, at)
                read = quick.read  # it may have learned
            events.append(event)
        return events

    def decode_slowly(self, line: bytes, arrived: int | None = None) -> Event | DeadLetter:
        """The same, but five times as slow: what is wrong with a line is found out here."""
        try:
            envelope, ignored = read_envelope(line)
            plan = self._plan_of(envelope)
            for name in ignored:
                self._ignore(plan.name, name, of_data=False)
            event = self._event(plan, envelope, arrived)
            self._quick.read_slowly(plan.name, envelope)
            return event
        except Refusal as refusal:
            return DeadLetter(refusal.reason, refusal.detail, line, len(line))

    def _plan_of(self, envelope: Envelope) -> Plan:
        plan = self._plans.get(envelope.type)
        if plan is None:
            if not envelope.type:
                raise Refusal(Reason.NO_TYPE, say("the event has no type"))
            raise Refusal(
                Reason.UNKNOWN_TYPE, say('the vocabulary has no event "{type}"', type=visible(envelope.type, 60))
            )
        return plan

    def _event(self, plan: Plan, envelope: Envelope, arrived: int | None) -> Event:
        identity, customer, source = envelope.id, envelope.subject, envelope.source or NO_SOURCE
        if not plan.needs_customer:
            customer = ""
        elif not 0 < len(customer) <= LONGEST_NAME or customer.isspace():
            raise _bad_name(customer, "subject", Reason.NO_CUSTOMER)
        if not 0 < len(identity) <= LONGEST_NAME or identity.isspace():
            raise _bad_name(identity, "id", Reason.NO_ID)
        if len(source) > LONGEST_NAME:
            raise _bad_name(source, "source", Reason.BAD_ENVELOPE)
        if envelope.specversion not in (None, "1.0"):
            raise Refusal(
                Reason.BAD_ENVELOPE, say('specversion is "1.0"; found {found}', found=found(envelope.specversion))
            )
        if self._complete:
            _check_complete(envelope)
        time = self._time(envelope.time, "time")
        if arrived is None:
            arrived = self._time(envelope.arrived, "arrived") if envelope.arrived else time
        elif time > arrived:
            if time > arrived + CLOCK_SKEW:
                raise Refusal(Reason.TIME_AHEAD, say("its time is {ms} ms after it arrived", ms=time - arrived))
            self.read_as_arrived += 1
            time = arrived
        return Event(plan.name, customer, time, arrived, source, identity, self._data(plan, envelope.data))

    def _time(self, text: str, name: str) -> int:
        if not text:
            raise Refusal(
                Reason.NO_TIME, say("the event has no {name}; write it as 2026-03-02T10:00:00+08:00", name=name)
            )
        try:
            moment = self._times.read(text)
        except ValueError as wrong:
            raise Refusal(Reason.BAD_TIME, f"{name}: {visible(str(wrong), 200)}") from None
        if not EARLIEST <= moment < LATEST:
            raise Refusal(
                Reason.BAD_TIME,
                say("{name}: {text} lies outside the years 1900 to 2999", name=name, text=visible(text, 40)),
            )
        return moment

    def _data(self, plan: Plan, sent: dict[str, Any]) -> dict[str, Value]:
        data: dict[str, Value] = {}
        fields = plan.fields
        for key, value in sent.items():
            field = fields.get(key)
            if field is None:
                self._ignore(plan.name, key, of_data=True)
                continue
            name, read = field
            if name in data:
                raise Refusal(Reason.DUPLICATE_KEY, say("{name} stands twice, in two spellings", name=name))
            if value is not None:
                try:
                    data[name] = read(value)
                except ValueError as wrong:
                    raise Refusal(Reason.WRONG_VALUE, f"{name}: {wrong}") from None
            elif plan.keeps_null:
                data[name] = None
        if not plan.required <= data.keys():
            missing = listed(sorted(plan.required - data.keys()))
            raise Refusal(Reason.MISSING_FIELD, say("{event} needs {names}", event=plan.name, names=missing))
        return data

    def _ignore(self, event: str, name: str, *, of_data: bool) -> None:
        key = (event, visible(name, 60))
        # Names come from outside, so how many are kept has an end.
        if key not in self.ignored and len(self.ignored) >= _COUNTED_NAMES:
            key = (event, "...")
        self.ignored[key] += 1
        if self.ignored[key] % _OFTEN == 0 and key[1] == name:
            self._pass_over(event, name, of_data=of_data)

    def _pass_over(self, event: str, name: str, *, of_data: bool) -> None:
        self._quick.pass_over(event, name, of_data=of_data)
        if self._scanner is not None:
            self._scanner.pass_over(event, name, of_data=of_data)


def too_large(beginning: bytes, size: int, limit: int) -> DeadLetter:
    """The dead letter of a line of `size` bytes, of which at least the beginning is known."""
    detail = say("it has {size:,} bytes; at most {limit:,} are read", size=size, limit=limit)
    return DeadLetter(Reason.TOO_LARGE, detail, beginning[:KEPT_OF_TOO_LARGE], size)


def _check_complete(envelope: Envelope) -> None:
    if not envelope.source:
        detail = say("the event has no source; name the system it comes from, for ids are told apart by source")
        raise Refusal(Reason.NO_SOURCE, detail)
    if envelope.specversion is None:
        raise Refusal(Reason.NO_VERSION, say('the event has no specversion; write "1.0"'))


def _bad_name(name: str, attribute: str, missing: Reason) -> Refusal:
    if len(name) > LONGEST_NAME:
        return Refusal(
            Reason.BAD_ENVELOPE,
            say(
                "{attribute} has {count} characters; at most {most} are read",
                attribute=attribute,
                count=len(name),
                most=LONGEST_NAME,
            ),
        )
    return Refusal(missing, say("the event has no {attribute}", attribute=attribute))

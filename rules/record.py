"""One customer's record: all that is remembered of her, in the layout the engine works on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from models.consent import Consent
from models.types import Value
from rules.compile.view import Bound
from rules.facts.backlog import Backlog
from rules.facts.running import Running
from rules.facts.seen import Seen
from rules.facts.series import Series

#: Values of `each` kept per customer and event part, or rule.
EACH_VALUES = 1_000
#: Partial matches of a sequence that may be open per rule and customer.
OPEN_SEQUENCES = 100

_NO_SERIES: dict[Value, Series] = {}
_NO_TOTALS: dict[Value, Running] = {}


class Position:
    """Where she was last seen. `members` are the (place, member) pairs that hold it; times are milliseconds."""

    __slots__ = ("cell", "latitude", "longitude", "members", "taken", "time")

    def __init__(
        self,
        time: int,
        taken: int,
        latitude: float | None,
        longitude: float | None,
        cell: str | None,
        members: tuple[tuple[str, str], ...],
    ) -> None:
        self.time = time
        self.taken = taken
        self.latitude = latitude
        self.longitude = longitude
        self.cell = cell
        self.members = members

    def faded(self, now: int, fades: int) -> bool:
        """Whether it has been too long (`fades`, ms): she is nowhere, but older positions still do not count."""
        return self.taken + fades <= now


class Partial:
    """A sequence that is under way: the events bound so far, and when its wait for an absence ends (or None).

    `numbers` counts, for each bound event, what was opened and advanced till then: the order in which they were taken.
    """

    __slots__ = ("bound", "due", "each", "expires", "join", "numbers")

    def __init__(self, bound: tuple[Bound, ...], each: Value, numbers: tuple[int, ...], due: int | None) -> None:
        self.bound = bound
        self.each = each
        self.numbers = numbers
        self.due = due
        #: From when on its next event would come too late; worked out when first asked for.
        self.expires: int | None = None
        #: (event type, value) that the next event must have in common with a bound one; worked out when asked for.
        self.join: tuple[str, Any] | None = None


class Opening(Bound, gc=False, eq=False):
    """An event that opened sequences of two steps, as it is bound to the first of them."""

    #: Counts the events that did, in the order taken.
    number: int = 0
    #: The latest time (ms) of it and of those before it.
    latest: int = 0
    #: When (by its time, ms) what was not to happen first did, for absences; openings share it, so it is never changed.
    #: It may not say yet what is in `Record.ends`.
    ends: dict[int, int] | None = None


class Joined:
    """Openings by what a field of theirs must be equal to: for each key the ways to join them, and what has it.

    `added`: how many openings were put in since it was made. Some may have been let go since.
    """

    __slots__ = ("added", "tables")

    def __init__(self) -> None:
        self.added = 0
        self.tables: dict[int, list[tuple[Any, dict[Any, list[Opening]]]]] = {}


#: The number of the last opening before an event that was not to happen, its time (ms), and the absences that it ends.
Noted = tuple[int, int, list[int]]


class Ends:
    """Ends of absences that openings have not been told of, in the order taken.

    `in_order`: none of those is of an earlier time than one before it.
    `absences_of`: which absences concern an opening, by its key.
    """

    __slots__ = ("absences_of", "in_order", "noted")

    def __init__(self, absences_of: Mapping[int, frozenset[int]]) -> None:
        self.absences_of = absences_of
        self.noted: list[Noted] = []
        self.in_order = True


class Pending:
    """A block that is still to come: its number, when it is due (ms), and (kind, number) of its actions.

    `held`: it has come up, and these actions of it wait to be released.
    """

    __slots__ = ("actions", "block", "due", "held")

    def __init__(self, block: int, due: int, actions: tuple[tuple[str, int], ...], *, held: bool = False) -> None:
        self.block = block
        self.due = due
        self.actions = actions
        self.held = held


class Match(Struct, eq=False):
    """A match whose blocks are not all decided, or that counts in `at most`.

    `time` is that of the event that completed it, or the due time of the timer; `trigger` is ("event", source, id) or
    ("timer", kind, due, source, id).
    """

    rule: str
    version: str
    each: Value
    taken: int
    time: int
    trigger: tuple[str, ...]
    bound: tuple[Bound, ...]
    #: Blocks still to come.
    pending: list[Pending] = []
    #: Whether an action became `sent` or `control`.
    used: bool = False
    #: Decision ids of its tasks.
    tasks: tuple[str, ...] = ()


class Record:
    """One customer. Dictionaries are keyed by the hash of a definition, or by rule id."""

    __slots__ = (
        "attribute_times",
        "attributes",
        "backlogs",
        "bill_day",
        "born",
        "chains",
        "consents",
        "counts",
        "customer",
        "decided",
        "ends",
        "forget_due",
        "heap",
        "inside",
        "joined",
        "kept_each_running",
        "kept_each_series",
        "kept_running",
        "kept_series",
        "line_due",
        "line_timers",
        "matches",
        "moment_due",
        "moment_events",
        "opened",
        "openings",
        "partials",
        "plan",
        "position",
        "queued",
        "seen",
        "sequence_number",
        "short_list",
        "stays",
        "tables",
        "taken",
        "through",
        "zone",
    )

    def __init__(self, customer: str, zone: ZoneInfo) -> None:
        self.customer = customer
        #: When her first event was taken; None before it.
        self.born: int | None = None
        self.taken = -(1 << 62)
        self.attributes: dict[str, Value] = {}
        self.attribute_times: dict[str, int] = {}
        #: Purpose -> channel, in the form in which names are compared -> what stands of her consent.
        self.consents: dict[str, dict[str, Consent]] = {}
        self.zone = zone
        self.bill_day: int | None = None
        #: The events that would be repeats.
        self.seen = Seen()
        #: Hash of (rule, each, event) of a match -> taken, oldest first.
        self.decided: dict[int, int] = {}
        #: Series and totals, but for what stands in the backlogs, which are by event type.
        self.kept_series: dict[int, Series] = {}
        self.kept_each_series: dict[int, dict[Value, Series]] = {}
        self.kept_running: dict[int, Running] = {}
        self.kept_each_running: dict[int, dict[Value, Running]] = {}
        self.backlogs: dict[str, Backlog] = {}
        #: Calendar unit -> boundaries [.., start of the running window, its end].
        self.chains: dict[str, list[int]] = {}
        self.position: Position | None = None
        #: (place, member) -> the position event that entered it, where a stay in it began.
        self.inside: dict[tuple[str, str], Bound] = {}
        #: Stays under way: (rule, place, member) -> due.
        self.stays: dict[tuple[str, str, str], int] = {}
        #: Lines made true by old news: (rule, each).
        self.short_list: list[tuple[str, Value]] = []
        #: When time alone may next change a line: (rule, each) -> due.
        self.line_due: dict[tuple[str, Value], int] = {}
        #: Rule (or group of lines) -> its timer in the heap: none of its lines is due before.
        self.line_timers: dict[str, int] = {}
        #: Rule -> next due; and for `EVENT.FIELD` rule -> [(due, event)].
        self.moment_due: dict[str, int] = {}
        self.moment_events: dict[str, list[tuple[int, Bound]]] = {}
        self.partials: dict[str, list[Partial]] = {}
        #: What opened sequences of two steps, in the order taken; by `rules.plan.Pair.opening`.
        self.openings: dict[int, list[Opening]] = {}
        #: By the same: rule -> the number of an opening; it is through with that, and with all before it.
        self.through: dict[int, dict[str, int]] = {}
        #: The number of the last opening; numbers are not written.
        self.opened = 0
        #: What ended absences lately; None where nothing has. The codec marks the openings, and keeps those.
        self.ends: Ends | None = None
        #: Openings by what they join with; made when asked for, and not kept.
        self.joined: Joined | None = None
        #: When it is next looked at what of openings and partial matches is over.
        self.forget_due: int | None = None
        self.sequence_number = 0
        #: Rule -> matches that count in `at most` or have blocks to come.
        self.matches: dict[str, list[Match]] = {}
        #: Timers, derived from all the above: (due, kind, rule, ...). Entries may be out of date.
        self.heap: list[tuple[Any, ...]] = []
        #: The due moment by which whoever steps many records was last told to come back.
        self.queued: int | None = None
        #: What the record is laid out for (`rules.plan.layout_of`).
        self.plan: str = ""
        #: What events can touch for her attributes (`rules.profile.Tables`); None until asked for.
        self.tables: Any = None
        #: What was counted at the present step (old news, duplicates, ..); whoever steps the record collects it.
        self.counts: dict[str, int] = {}

    def count(self, what: str, number: int = 1) -> None:
        """Count something worth telling an operator."""
        self.counts[what] = self.counts.get(what, 0) + number

    @property
    def series(self) -> dict[int, Series]:
        """The series, all events counted."""
        if self.backlogs:
            self.catch_up()
        return self.kept_series

    @property
    def each_series(self) -> dict[int, dict[Value, Series]]:
        """Those of each value."""
        if self.backlogs:
            self.catch_up()
        return self.kept_each_series

    @property
    def running(self) -> dict[int, Running]:
        """The totals over ever, all events counted."""
        if self.backlogs:
            self.catch_up()
        return self.kept_running

    @property
    def each_running(self) -> dict[int, dict[Value, Running]]:
        """Those of each value."""
        if self.backlogs:
            self.catch_up()
        return self.kept_each_running

    def series_of(self, key: int) -> Series | None:
        """One series, all its events counted."""
        if self.backlogs:
            self._catch_up_on(key)
        return self.kept_series.get(key)

    def each_series_of(self, key: int) -> dict[Value, Series]:
        """Those of each value; not to be changed."""
        if self.backlogs:
            self._catch_up_on(key)
        return self.kept_each_series.get(key, _NO_SERIES)

    def running_of(self, key: int) -> Running | None:
        """The totals of one key, all events counted."""
        if self.backlogs:
            self._catch_up_on(key)
        return self.kept_running.get(key)

    def each_running_of(self, key: int) -> dict[Value, Running]:
        """Those of each value; not to be changed."""
        if self.backlogs:
            self._catch_up_on(key)
        return self.kept_each_running.get(key, _NO_TOTALS)

    def _catch_up_on(self, key: int) -> None:
        """Count what was put off of the one event type that this series, or these totals, may count."""
        for event, backlog in self.backlogs.items():
            if key in backlog.counting.keys:
                self.catch_up_with(event)
                return

    def catch_up(self) -> None:
        """Count what was put off."""
        backlogs, self.backlogs = self.backlogs, {}
        for backlog in backlogs.values():
            backlog.counting.count(self, backlog.entries)

    def catch_up_with(self, event: str) -> None:
        """Count what was put off of one event type."""
        backlog = self.backlogs.pop(event)
        backlog.counting.count(self, backlog.entries)

    def forget_profile(self) -> None:
        """Her attributes, or the rules, are about to change: what follows from them is worked out anew."""
        self.tables = None
        for series in self.series.values():
            series.rests_until = 0
        for values in self.each_series.values():
            for series in values.values():
                series.rests_until = 0

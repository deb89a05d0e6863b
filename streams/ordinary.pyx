# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Events of one customer, of which most are ordinary: see `ordinary.pyi` for what is promised."""

from models.borrowed cimport (
    PyObject, PyDict_GetItemWithError, PyDict_Size, PyList_Append, PyList_GET_ITEM, PyList_GET_SIZE,
    PyLong_CheckExact, PyObject_RichCompareBool, PyTuple_GET_ITEM, Py_EQ, Py_None,
)
from streams.counting cimport CountRows
from streams.fields cimport ask_for, at_place, place_of, put, whole_at, whole_of
from streams.fits cimport fits
from streams.pairs cimport Pairs
from streams.positions cimport Whereabouts

from models.events import Event
from rules.compile.putting_off import MOST, Awaited
from rules.facts.backlog import Backlog
from rules.compile.resting import Rest
from rules.facts.series import NEVER as _NEVER
from rules.facts.series import Series
from rules.facts.table import SeriesOf
from rules.profile import Reach
from rules.record import Record
from rules.situations.places import NOWHERE

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(PyObject* number, int* beyond) except? -1
    Py_ssize_t PySet_Size(PyObject* of) except -1

cdef enum:
    # The record of the customer so many places further is asked for what it holds; itself twice as early.
    SOON = 4
    # Bytes that a processor brings at once.
    LINE = 64

# What is still to be done for an event: all; nothing; to count it, and all that follows; only what follows.
cdef enum:
    ALL, NOTHING, COUNT, ASK

# Larger amounts are left to others, and limits are no larger: so no sum of two overflows.
cdef long long _LARGEST = 1 << 62
cdef long long NEVER = _NEVER
cdef object _LONG_AGO = -_NEVER
cdef object _Event = Event
cdef object _Record = Record
cdef object _Backlog = Backlog
cdef object _NOWHERE = NOWHERE
cdef long long _MOST_PUT_OFF = MOST

cdef Py_ssize_t _TYPE = place_of(Event, "type")
cdef Py_ssize_t _TIME = place_of(Event, "time")
cdef Py_ssize_t _ARRIVED = place_of(Event, "arrived")
cdef Py_ssize_t _SOURCE = place_of(Event, "source")
cdef Py_ssize_t _ID = place_of(Event, "id")
cdef Py_ssize_t _DATA = place_of(Event, "data")
cdef Py_ssize_t _SIZE = Record.__basicsize__
cdef Py_ssize_t _TAKEN = place_of(Record, "taken")
cdef Py_ssize_t _BORN = place_of(Record, "born")
cdef Py_ssize_t _HEAP = place_of(Record, "heap")
cdef Py_ssize_t _SEEN = place_of(Record, "seen")
cdef Py_ssize_t _TABLES = place_of(Record, "tables")
cdef Py_ssize_t _BACKLOGS = place_of(Record, "backlogs")
cdef Py_ssize_t _MATCHES = place_of(Record, "matches")
cdef Py_ssize_t _PARTIALS = place_of(Record, "partials")
cdef Py_ssize_t _OPENINGS = place_of(Record, "openings")
cdef Py_ssize_t _SHORT_LIST = place_of(Record, "short_list")
cdef Py_ssize_t _COUNTS = place_of(Record, "counts")
cdef Py_ssize_t _QUEUED = place_of(Record, "queued")
cdef Py_ssize_t _AWAITED = place_of(Reach, "awaited")
cdef Py_ssize_t _HAPPENS = place_of(Reach, "happens")
cdef Py_ssize_t _QUICK = place_of(Reach, "quick")
cdef Py_ssize_t _SLOW = place_of(Reach, "slow")
cdef Py_ssize_t _KEPT_SERIES = place_of(Record, "kept_series")
cdef Py_ssize_t _SERIES = place_of(Awaited, "series")
cdef Py_ssize_t _KEY = place_of(SeriesOf, "key")
cdef Py_ssize_t _COLUMN = place_of(Rest, "column")
cdef Py_ssize_t _TIMES = place_of(Series, "times")
cdef Py_ssize_t _COLUMNS = place_of(Series, "columns")
cdef Py_ssize_t _RESTS_UNTIL = place_of(Series, "rests_until")
cdef Py_ssize_t _RESTS_ENTRIES = place_of(Series, "rests_entries")
cdef Py_ssize_t _RESTS_TOTAL = place_of(Series, "rests_total")
cdef Py_ssize_t _AT_FIRST = place_of(Awaited, "at_first")
cdef Py_ssize_t _ENTRIES = place_of(Backlog, "entries")
cdef Py_ssize_t _MOST = place_of(Backlog, "most")
cdef Py_ssize_t _TOTAL = place_of(Backlog, "total")
cdef Py_ssize_t _LIMIT = place_of(Backlog, "limit")
cdef Py_ssize_t _SINCE = place_of(Backlog, "since")
cdef Py_ssize_t _UNTIL = place_of(Backlog, "until")


cdef inline bint is_due(PyObject* heap, long long now) except -1:
    """Whether the first of these timers is due."""
    return PyList_GET_SIZE(heap) and whole_of(PyTuple_GET_ITEM(PyList_GET_ITEM(heap, 0), 0)) <= now


cdef struct Room:
    # What lines leave room for: so many entries, so much in all, none of a time before, and until when (ms).
    long long entries
    long long limit
    long long since
    long long until


cdef bint narrow(Room* room, PyObject* kept, PyObject* of, rest, record, now) except -1:
    """Leave no more room than the lines on one series do; False if the next event may cross one of them."""
    cdef PyObject* series = PyDict_GetItemWithError(kept, at_place(of, _KEY))
    cdef PyObject* times
    cdef PyObject* column
    cdef long long more, rise = NEVER
    cdef Py_ssize_t watched = whole_at(<PyObject*>rest, _COLUMN)
    if series is NULL:
        entries, limit = rest.needs.of(record, now)
        more, rise = within(entries), within(limit)
    else:
        if <long long>now >= whole_at(series, _RESTS_UNTIL) and not rest.is_too_little(record, <object>series, now):
            return False
        times = at_place(series, _TIMES)
        more = whole_at(series, _RESTS_ENTRIES) - PyList_GET_SIZE(times)
        room.until = min(room.until, whole_at(series, _RESTS_UNTIL))
        if rest.averages and PyList_GET_SIZE(times):
            room.since = max(room.since, whole_of(PyList_GET_ITEM(times, PyList_GET_SIZE(times) - 1)))
        if watched >= 0:
            column = PyList_GET_ITEM(at_place(series, _COLUMNS), watched)
            rise = within(<object>at_place(series, _RESTS_TOTAL) - <object>PyList_GET_ITEM(column, PyList_GET_SIZE(column) - 1))
    room.entries, room.limit = min(room.entries, more), min(room.limit, rise)
    return True


cdef long long within(rise) except? -1:
    """As much of an amount as numbers of the processor hold."""
    return max(-NEVER, min(NEVER, rise))


cdef class Ordinary:
    cdef object event, run_timers, tables, act, ask, arrive, counting, field
    cdef Whereabouts whereabouts
    cdef CountRows rows
    cdef Pairs pairs
    cdef long long stale_after
    cdef bint counts, puts_off, always_asks, asks_matches, asks_partials, asks_openings

    def __init__(self, event, stale_after, run_timers, tables, act, asked, *, counts, later=None, rows=None, whereabouts=None):
        self.event, self.stale_after, self.whereabouts = event, stale_after, whereabouts
        self.run_timers, self.tables, self.act, self.ask = run_timers, tables, act, asked.ask
        self.always_asks, self.asks_matches = asked.always, asked.matches
        self.asks_partials, self.asks_openings = asked.partials, asked.openings
        self.arrive, self.pairs = asked.arrive, asked.pairs
        self.counts, self.puts_off, self.rows = counts, later is not None, rows
        if self.puts_off:
            self.counting, self.field = later.counting, later.field

    cdef int take(
        self, PyObject* record, PyObject* event, PyObject** at, PyObject** reach, list decisions
    ) except -1:
        """Take an event of this type as far as that can be done here.

        `at` (ms) is moved on to when the record is; `reach` is what the event can touch.
        """
        cdef long long now = whole_of(at[0]), time = whole_at(event, _TIME)
        if now < whole_at(record, _TAKEN):
            at[0] = at_place(record, _TAKEN)
            now = whole_of(at[0])
        if at_place(record, _BORN) is Py_None or time > now or whole_at(event, _ARRIVED) - time > self.stale_after:
            return ALL
        moment = <object>at[0]  # (held: what is due may move the record on)
        if is_due(at_place(record, _HEAP), now):
            decisions += self.run_timers(<object>record, moment)
        seen = <object>at_place(record, _SEEN)
        repeated = seen.again(<object>at_place(event, _SOURCE), <object>at_place(event, _ID), moment)
        put(record, _TAKEN, at[0])
        if repeated:
            (<object>record).count("duplicates")
            return NOTHING
        if at_place(record, _TABLES) is Py_None:
            self.tables(<object>record, moment)
        reach[0] = PyDict_GetItemWithError(at_place(record, _TABLES), <PyObject*>self.event)
        if reach[0] is NULL:
            reach[0] = <PyObject*>(<object>at_place(record, _TABLES))[self.event]
        if self.counts:
            if not self.puts_off or not self.is_put_off(record, event, at[0], reach[0]):
                if self.rows is None or PySet_Size(at_place(reach[0], _SLOW)):
                    return COUNT
                touched = <object>reach[0]  # (held)
                crossed = self.counted(record, event, at[0], reach[0])
                if crossed:
                    decisions += self.ask(<object>record, <object>event, moment, touched, crossed)
                    return NOTHING
        elif self.whereabouts is not None:
            moved = self.whereabouts.move(record, event, at[0], reach[0])
            if moved is not _NOWHERE:
                decisions += self.arrive(<object>record, <object>event, moment, <object>reach[0], moved)
                return NOTHING
        if self.is_asked(record, event, at[0], reach[0]):
            return ASK
        if self.pairs is not None:
            self.pairs.end_and_open(record, event, at[0])
        return NOTHING

    cdef list counted(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach):
        """Count an event, after those that were put off: what it crosses."""
        cdef PyObject* found = PyDict_GetItemWithError(at_place(record, _BACKLOGS), <PyObject*>self.event)
        if found is not NULL:
            backlog = (<dict>at_place(record, _BACKLOGS)).pop(self.event)
            backlog.counting.count(<object>record, backlog.entries)
        return self.rows.crossed(
            <object>record, now, at_place(event, _TIME), <object>at_place(event, _DATA), <object>at_place(reach, _QUICK)
        )

    cdef bint is_put_off(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach) except -1:
        """Whether the counting of an event is put off."""
        cdef PyObject* found = PyDict_GetItemWithError(at_place(record, _BACKLOGS), <PyObject*>self.event)
        cdef PyObject* awaited = at_place(reach, _AWAITED)
        cdef object added
        cdef long long total = 0
        if found is not NULL:
            backlog = <object>found
        elif awaited is Py_None:
            return False
        else:
            backlog = self.begun(record, awaited, now)
            if backlog is None:
                return False
        if not self.can_be_added(<PyObject*>backlog, event, now, &total):
            return False
        if self.field is not None:
            added = total
            put(<PyObject*>backlog, _TOTAL, <PyObject*>added)
        entry = (<object>now, <object>at_place(event, _TIME), <object>at_place(event, _DATA))
        PyList_Append(at_place(<PyObject*>backlog, _ENTRIES), <PyObject*>entry)
        return True

    cdef object begun(self, PyObject* record, PyObject* awaited, PyObject* now):
        """A backlog, begun now; None if the next event may cross a line. (See `rules.compile.putting_off.put_off`.)"""
        cdef PyObject* kept = at_place(record, _KEPT_SERIES)
        cdef Room room = Room(NEVER, NEVER, -NEVER, NEVER)
        at_first = None if PyDict_Size(kept) else <object>at_place(awaited, _AT_FIRST)
        if at_first is not None:  # (as for most customers)
            most, limit = at_first
            backlog = _Backlog(self.counting, most, limit, _LONG_AGO, _NEVER)
        else:
            if not self.has_room(&room, record, awaited, now):
                return None
            most = min(_MOST_PUT_OFF, room.entries - 1)
            backlog = _Backlog(self.counting, most, room.limit, room.since, room.until)
        (<object>at_place(record, _BACKLOGS))[self.event] = backlog
        return backlog

    cdef bint has_room(self, Room* room, PyObject* record, PyObject* awaited, PyObject* now) except -1:
        """Whether lines leave room for the next event, and how much."""
        cdef PyObject* kept = at_place(record, _KEPT_SERIES)
        if not PyDict_Size(kept):
            entries, limit = (<object>awaited).needs.of(<object>record, <object>now)
            room.entries, room.limit = within(entries), within(limit)
        else:
            for of, rest in <object>at_place(awaited, _SERIES):
                if not narrow(room, kept, <PyObject*>of, rest, <object>record, <object>now):
                    return False
        return room.entries > 1 and room.limit > 0

    cdef bint can_be_added(self, PyObject* backlog, PyObject* event, PyObject* now, long long* total) except -1:
        """Whether no line can be crossed with it; `total` is what the backlog comes to then."""
        cdef PyObject* value
        cdef long long before, added
        cdef int beyond = 0
        if (
            PyList_GET_SIZE(at_place(backlog, _ENTRIES)) >= whole_at(backlog, _MOST)
            or whole_of(now) >= whole_at(backlog, _UNTIL)
            or whole_at(event, _TIME) < whole_at(backlog, _SINCE)
        ):
            return False
        if self.field is None:
            return True
        before = whole_at(backlog, _TOTAL)
        total[0] = before
        value = PyDict_GetItemWithError(at_place(event, _DATA), <PyObject*>self.field)
        if value is not NULL and value is not Py_None:
            if not PyLong_CheckExact(value):
                return False
            added = PyLong_AsLongLongAndOverflow(value, &beyond)
            if beyond or not -_LARGEST <= added <= _LARGEST:
                return False
            total[0] += added
        return before <= total[0] < whole_at(backlog, _LIMIT)

    cdef bint is_asked(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach) except -1:
        """Whether it may complete or end something, or something waits for any event, or for this one."""
        if (
            self.always_asks
            or PyList_GET_SIZE(at_place(record, _SHORT_LIST)) > 0
            or (self.asks_openings and PyDict_Size(at_place(record, _OPENINGS)) > 0)
            or (self.asks_partials and PyDict_Size(at_place(record, _PARTIALS)) > 0)
            or (self.asks_matches and PyDict_Size(at_place(record, _MATCHES)) > 0)
            or (self.pairs is not None and self.pairs.may_complete(record, event, now, reach))
        ):
            return True
        happens = <object>at_place(reach, _HAPPENS)
        return happens is not None and fits(<PyObject*>happens, at_place(event, _DATA), <object>record, <object>now)


cdef int take_each(object takes, object plainly, object record, list hers, list decisions) except -1:
    """Take events of one customer, in order."""
    cdef PyObject* at
    cdef PyObject* reach
    cdef Ordinary ordinary
    cdef int left
    if type(record) is not _Record:
        raise TypeError(f"a record is expected, not {record!r}")
    for taken, event in hers:
        if type(event) is not _Event:
            raise TypeError(f"an event is expected, not {event!r}")
        take = takes_of(takes, <PyObject*>event)
        if type(take) is not Ordinary:
            decisions += take(record, event, taken)
            continue
        ordinary, at = <Ordinary>take, <PyObject*>taken
        left = ordinary.take(<PyObject*>record, <PyObject*>event, &at, &reach, decisions)
        if left == ALL:
            decisions += plainly(record, event, taken)
        elif left == COUNT:
            decisions += ordinary.act(record, event, <object>at, <object>reach)
        elif left == ASK:
            decisions += ordinary.ask(record, event, <object>at, <object>reach, [])
    return 0


cdef inline object takes_of(object takes, PyObject* event):
    cdef PyObject* found = PyDict_GetItemWithError(<PyObject*>takes, at_place(event, _TYPE))
    return takes[<object>at_place(event, _TYPE)] if found is NULL else <object>found  # (it is made)


def take_hers(takes, plainly, record, list hers):
    cdef list decisions = []
    take_each(takes, plainly, record, hers, decisions)
    return decisions


def take_all(takes, plainly, list groups, records, find, dict changed, note):
    cdef Py_ssize_t at
    cdef list decisions = []
    cdef PyObject* known
    for at in range(len(groups)):
        look_ahead(records, groups, at)
        customer, hers = groups[at]
        known = PyDict_GetItemWithError(<PyObject*>records, <PyObject*>customer)
        record = find(customer) if known is NULL else <object>known
        take_each(takes, plainly, record, hers, decisions)
        changed[customer] = None
        if is_to_be_noted(<PyObject*>record):
            note(record)
    return decisions


cdef inline bint is_to_be_noted(PyObject* record) except -1:
    """Whether something was counted, or her next timer is another than that for which she is queued."""
    cdef PyObject* heap = at_place(record, _HEAP)
    if PyDict_Size(at_place(record, _COUNTS)):
        return True
    if not PyList_GET_SIZE(heap):
        return False
    return not PyObject_RichCompareBool(
        PyTuple_GET_ITEM(PyList_GET_ITEM(heap, 0), 0), at_place(record, _QUEUED), Py_EQ
    )


cdef inline int look_ahead(object records, list groups, Py_ssize_t at) except -1:
    """Ask for the records of the customers who come soon, and then for what they hold that each event looks at."""
    cdef PyObject* record = known_at(records, groups, at + 2 * SOON)
    cdef Py_ssize_t place
    if record is not NULL:
        for place in range(0, _SIZE, LINE):
            ask_for(<char*>record + place)
    record = known_at(records, groups, at + SOON)
    if record is not NULL and type(<object>record) is _Record:
        ask_for(at_place(record, _TAKEN))
        ask_for(at_place(record, _HEAP))
        ask_for(at_place(record, _SEEN))
        ask_for(<char*>at_place(record, _SEEN) + LINE)
        ask_for(at_place(record, _BACKLOGS))
        ask_for(at_place(record, _KEPT_SERIES))
    return 0


cdef inline PyObject* known_at(object records, list groups, Py_ssize_t at) except? NULL:
    """The record of a customer; NULL where there is none in memory."""
    if at >= len(groups):
        return NULL
    return PyDict_GetItemWithError(<PyObject*>records, PyTuple_GET_ITEM(<PyObject*>groups[at], 0))

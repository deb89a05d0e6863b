# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Sequences of two steps: see `pairs.pyi` for what is promised."""

from heapq import heappush as _heappush

from models.borrowed cimport (
    PyObject, PyDict_GetItemWithError, PyDict_Size, PyList_GET_ITEM, PyList_GET_SIZE, PyTuple_GET_ITEM, Py_None,
)
from streams.fields cimport at_place, place_of, put, whole_at, whole_of
from streams.fits cimport fits, folded

from models.events import Event
from rules.profile import Reach
from rules.program import Join, OpeningProgram
from rules.record import OPEN_SEQUENCES, Ends, Opening, Record
from rules.situations.ends import MOST
from rules.situations.ends import end as _end
from rules.situations.pairs import MANY
from rules.situations.pairs import join as _join
from rules.situations.pairs import joined as _joined
from rules.situations.pairs import let_go as _let_go
from rules.situations.timers import TimerKind
from rules.situations.timers import set_forgetting as _set_forgetting


cdef object _Opening = Opening
cdef object _ABSENCE = TimerKind.ABSENCE
cdef object heappush = _heappush
cdef object end = _end
cdef object join_ = _join
cdef object joined = _joined
cdef object let_go = _let_go
cdef object set_forgetting = _set_forgetting
cdef Py_ssize_t _MOST_OPEN = OPEN_SEQUENCES
cdef Py_ssize_t _MANY = MANY
cdef Py_ssize_t _MOST_NOTED = MOST

cdef Py_ssize_t _TIME = place_of(Event, "time")
cdef Py_ssize_t _SOURCE = place_of(Event, "source")
cdef Py_ssize_t _ID = place_of(Event, "id")
cdef Py_ssize_t _DATA = place_of(Event, "data")
cdef Py_ssize_t _OPENED = place_of(Record, "opened")
cdef Py_ssize_t _OPENINGS = place_of(Record, "openings")
cdef Py_ssize_t _THROUGH = place_of(Record, "through")
cdef Py_ssize_t _ENDS = place_of(Record, "ends")
cdef Py_ssize_t _JOINED = place_of(Record, "joined")
cdef Py_ssize_t _HEAP = place_of(Record, "heap")
cdef Py_ssize_t _TABLES = place_of(Record, "tables")
cdef Py_ssize_t _FORGET_DUE = place_of(Record, "forget_due")
cdef Py_ssize_t _NOTED = place_of(Ends, "noted")
cdef Py_ssize_t _TAKEN = place_of(Opening, "taken")
cdef Py_ssize_t _NUMBER = place_of(Opening, "number")
cdef Py_ssize_t _LATEST = place_of(Opening, "latest")
cdef Py_ssize_t _OPENING_DATA = place_of(Opening, "data")
cdef Py_ssize_t _FIELD = place_of(Join, "field")
cdef Py_ssize_t _OTHER = place_of(Join, "other")
cdef Py_ssize_t _TEXTUAL = place_of(Join, "textual")
cdef Py_ssize_t _KEEP = place_of(OpeningProgram, "keep")
cdef Py_ssize_t _COMPLETES = place_of(Reach, "completes")


cdef inline PyObject* last_of(PyObject* items):
    """The last of a list in which there is one."""
    return PyList_GET_ITEM(items, PyList_GET_SIZE(items) - 1)


cdef class Pairs:
    def __init__(self, program, event, whole):
        self.program, self.openings = program, program.openings
        self.opens, self.absences = whole.openings, whole.absences
        self.completed = {number: completed_by(program.rules[number], event) for number, _ in whole.table.completes}

    cdef bint may_complete(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach) except -1:
        """Whether something is open that an event may complete."""
        cdef object question = <object>at_place(reach, _COMPLETES)
        if question is None or not PyDict_Size(at_place(record, _OPENINGS)):
            return False
        for rule in fits(<PyObject*>question, at_place(event, _DATA), <object>record, <object>now):
            if self.is_open(record, rule, event, whole_of(now)):
                return True
        return False

    cdef bint is_open(self, PyObject* record, object rule, PyObject* event, long long now) except -1:
        """Whether what opened a rule last may still be completed: if not, nothing before it may.

        Where the event must have a field in common with what opened the rule, something must have it.
        """
        cdef tuple completed = <tuple>self.completed[rule]
        cdef PyObject* key = PyTuple_GET_ITEM(<PyObject*>completed, 0)
        cdef PyObject* kept = PyDict_GetItemWithError(at_place(record, _OPENINGS), key)
        cdef PyObject* through
        cdef PyObject* latest
        if kept is NULL or not PyList_GET_SIZE(kept):
            return False
        latest = last_of(kept)
        if now >= whole_at(latest, _TAKEN) + whole_of(PyTuple_GET_ITEM(<PyObject*>completed, 1)):
            return False
        through = PyDict_GetItemWithError(at_place(record, _THROUGH), key)
        if through is not NULL:
            through = PyDict_GetItemWithError(through, PyTuple_GET_ITEM(<PyObject*>completed, 2))
            if through is not NULL and whole_at(latest, _NUMBER) <= whole_of(through):
                return False
        if PyTuple_GET_ITEM(<PyObject*>completed, 3) is Py_None:
            return True
        return joins(<object>record, <object>key, <list>kept, completed[3], at_place(event, _DATA))

    cdef int end(self, PyObject* record, PyObject* event, PyObject* now) except -1:
        """Note the absences that an event ends. (See `rules.situations.ends.end`.)"""
        cdef object ends = <object>at_place(record, _ENDS)
        cdef list noted, ended = fits(<PyObject*>self.absences, at_place(event, _DATA), <object>record, <object>now)
        cdef PyObject* before
        if not ended:
            return 0
        if ends is not None:
            noted = <list>at_place(<PyObject*>ends, _NOTED)
            if noted and len(noted) < _MOST_NOTED - 1:
                before = PyTuple_GET_ITEM(last_of(<PyObject*>noted), 1)
                if whole_at(event, _TIME) >= whole_of(before):
                    noted.append((<object>at_place(record, _OPENED), <object>at_place(event, _TIME), ended))
                    return 0
        end(self.program, <object>record, ended, <object>at_place(event, _TIME))
        return 0

    cdef int end_and_open(self, PyObject* record, PyObject* event, PyObject* now) except -1:
        """Of an event that completes nothing: what it ends and opens."""
        if self.absences is not None and PyDict_Size(at_place(record, _OPENINGS)) > 0:
            self.end(record, event, now)
        if self.opens is not None:
            self.open(record, event, now)
        return 0

    cdef int open(self, PyObject* record, PyObject* event, PyObject* now) except -1:
        """Keep an event that opens something. (See `rules.situations.pairs.open_`.)"""
        cdef object opened, waits
        cdef list keys = fits(<PyObject*>self.opens, at_place(event, _DATA), <object>record, <object>now)
        if not keys:
            return 0
        opened = whole_at(record, _OPENED) + 1
        put(record, _OPENED, <PyObject*>opened)
        waits = (<object>at_place(record, _TABLES)).waits
        for key in keys:
            self.keep(record, waits, key, event, now)
        return 0

    cdef int keep(self, PyObject* record, object waits, object key, PyObject* event, PyObject* now) except -1:
        """Keep it as one that opens what has this key, and set the timers of absences."""
        cdef object of = self.openings[key]
        cdef list kept = self.kept(record, <PyObject*>of, key, now)
        cdef object latest = <object>at_place(event, _TIME)
        cdef object due
        cdef PyObject* waiting = PyDict_GetItemWithError(<PyObject*>waits, <PyObject*>key)
        if kept:
            if whole_at(last_of(<PyObject*>kept), _LATEST) > whole_of(<PyObject*>latest):
                latest = <object>at_place(last_of(<PyObject*>kept), _LATEST)
            let_go_of_what_is_over(kept, whole_of(now) - whole_at(<PyObject*>of, _KEEP))
        opening = _Opening(
            <object>at_place(event, _DATA),
            <object>at_place(event, _TIME),
            <object>now,
            <object>at_place(event, _SOURCE),
            <object>at_place(event, _ID),
            None,
            <object>at_place(record, _OPENED),
            latest,
        )
        kept.append(opening)
        if at_place(record, _JOINED) is not Py_None:
            join_(<object>record, <object>at_place(record, _JOINED), key, opening)
        if waiting is not NULL:
            for rule, wait in <object>waiting:
                due = whole_of(now) + <long long>wait
                heappush(<object>at_place(record, _HEAP), (due, _ABSENCE, rule))
        if len(kept) > _MOST_OPEN:
            let_go(self.program, of, <object>record, key, <object>now)
        return 0

    cdef list kept(self, PyObject* record, PyObject* of, object key, PyObject* now):
        """What has this key, to which an opening is about to be added."""
        cdef PyObject* found = PyDict_GetItemWithError(at_place(record, _OPENINGS), <PyObject*>key)
        if found is not NULL:
            return <list>found
        made = []
        (<object>at_place(record, _OPENINGS))[key] = made
        if at_place(record, _FORGET_DUE) is Py_None:
            set_forgetting(<object>record, <object>now, whole_of(now) + whole_at(of, _KEEP))
        return made


cdef bint joins(object record, object key, list kept, object join, PyObject* data) except -1:
    """Whether one of these openings may have what an event must have in common with it."""
    cdef PyObject* on = <PyObject*>join
    cdef bint textual = <object>at_place(on, _TEXTUAL)
    cdef object own = compared(data, at_place(on, _FIELD), textual)
    cdef Py_ssize_t at
    if own is None:
        return False
    if len(kept) > _MANY:
        return own in joined(record, key, kept, join)
    for at in range(len(kept)):
        if compared(at_place(PyList_GET_ITEM(<PyObject*>kept, at), _OPENING_DATA), at_place(on, _OTHER), textual) == own:
            return True
    return False


cdef object compared(PyObject* data, PyObject* field, bint textual):
    """A value as it is compared; None if it is missing."""
    cdef PyObject* value = PyDict_GetItemWithError(data, field)
    if value is NULL:
        return None
    return folded(<object>value) if textual and isinstance(<object>value, str) else <object>value


cdef int let_go_of_what_is_over(list kept, long long until) except -1:
    """Of openings, in the order taken, let go of those up to a moment."""
    cdef Py_ssize_t over = 0
    while over < len(kept) and whole_at(PyList_GET_ITEM(<PyObject*>kept, over), _TAKEN) <= until:
        over += 1
    if over:
        del kept[:over]
    return 0


def completed_by(one, event):
    """The key of what opens a rule, how long it may be completed (ms), the rule's id, and what they must share."""
    step = one.steps[1]
    return one.pair.opening, step.duration, one.rule.id, step.joins.get(event)

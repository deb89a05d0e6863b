# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Positions: see `positions.pyi` for what is promised."""

from models.borrowed cimport (
    PyObject, PyDict_GetItemWithError, PyDict_Size, PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE,
    Py_None,
)
from streams.fields cimport at_place, place_of, put, whole_at, whole_of

from models.events import Event
from models.place_index import COLUMNS, PER_DEGREE, GridCell
from rules.profile import Reach
from rules.record import Position, Record
from rules.situations.places import NOWHERE, changed, move

cdef extern from "Python.h":
    bint PyFloat_CheckExact(PyObject* of)
    bint PySet_Contains(PyObject* of, PyObject* key) except -1

cdef object _Position = Position
cdef object _NOWHERE = NOWHERE
cdef object _move = move
cdef object _changed = changed
cdef double _PER_DEGREE = PER_DEGREE
cdef long long _COLUMNS = COLUMNS

cdef Py_ssize_t _EVENT_TIME = place_of(Event, "time")
cdef Py_ssize_t _DATA = place_of(Event, "data")
cdef Py_ssize_t _INSIDE = place_of(Record, "inside")
cdef Py_ssize_t _POSITION = place_of(Record, "position")
cdef Py_ssize_t _TIME = place_of(Position, "time")
cdef Py_ssize_t _TAKEN = place_of(Position, "taken")
cdef Py_ssize_t _LATITUDE = place_of(Position, "latitude")
cdef Py_ssize_t _LONGITUDE = place_of(Position, "longitude")
cdef Py_ssize_t _CELL = place_of(Position, "cell")
cdef Py_ssize_t _MEMBERS = place_of(Position, "members")
cdef Py_ssize_t _PLACES = place_of(Reach, "places")
cdef Py_ssize_t _ASKED = place_of(GridCell, "asked")
cdef Py_ssize_t _ANSWERS = place_of(GridCell, "answers")


cdef class Whereabouts:
    def __init__(self, program, fields):
        self.program, self.index, self.fields = program, program.places, tuple(fields)
        self.fades = program.plan.vocabulary.position_fades

    cdef object move(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach):
        """What the position of an event changes (`Moved`); NOWHERE if nothing that somebody waits for."""
        cdef PyObject* time = at_place(event, _EVENT_TIME)
        cdef PyObject* last = at_place(record, _POSITION)
        cdef PyObject* latitude = Py_None
        cdef PyObject* longitude = Py_None
        cdef PyObject* cell = Py_None
        where = where_of(<object>at_place(event, _DATA), self.fields)
        if where is None:
            return _NOWHERE
        if last is not Py_None and whole_of(time) < whole_at(last, _TIME):
            return _NOWHERE
        if is_point(where):
            latitude, longitude = PyTuple_GET_ITEM(<PyObject*>where, 0), PyTuple_GET_ITEM(<PyObject*>where, 1)
        elif type(where) is str:
            cell = <PyObject*>where
        else:
            return _move(self.program, <object>record, <object>event, <object>now, where)
        members, was = self.members(where), ()
        if last is Py_None:
            (<object>record).position = _Position(
                <object>time, <object>now, <object>latitude, <object>longitude, <object>cell, members
            )
        else:
            if whole_at(last, _TAKEN) + self.fades > whole_of(now):
                was = <object>at_place(last, _MEMBERS)
            elif PyDict_Size(at_place(record, _INSIDE)):
                (<object>record).inside.clear()
            put(last, _TIME, time)
            put(last, _TAKEN, now)
            put(last, _LATITUDE, latitude)
            put(last, _LONGITUDE, longitude)
            put(last, _CELL, cell)
            put(last, _MEMBERS, <PyObject*>members)
        if not PyDict_Size(at_place(record, _INSIDE)) and not is_waited_for(at_place(reach, _PLACES), was, members):
            return _NOWHERE
        return _changed(self.program, <object>record, <object>event, <object>now, was, members)

    cdef object members(self, where):
        """The members of places that hold a point or are a radio cell."""
        cdef PyObject* found
        if type(where) is str:
            found = PyDict_GetItemWithError(<PyObject*>self.index.spelled, <PyObject*>where)
            return self.index.members_in_cell(where) if found is NULL else <object>found
        return self.members_at(where[0], where[1])

    cdef object members_at(self, double latitude, double longitude):
        """Those that hold a point (see `models.place_index.PlaceIndex.members_at`)."""
        cdef long long row = <long long>((latitude + 90.0) * _PER_DEGREE)
        cdef long long column = <long long>((longitude + 180.0) * _PER_DEGREE)
        cdef double north, east, away
        cdef PyObject* cell
        cdef PyObject* found
        cdef object key, held = 0
        key = row * _COLUMNS + column
        cell = PyDict_GetItemWithError(<PyObject*>self.index.recent, <PyObject*>key)
        if cell is NULL:
            return self.index.members_at(latitude, longitude)
        if PyTuple_CheckExact(cell):
            return <object>cell
        kept = <object>cell  # (what is asked may change the index)
        for bit, of_latitude, of_longitude, weight, surely, perhaps, inside in <tuple><object>at_place(cell, _ASKED):
            north, east = latitude - <double>of_latitude, longitude - <double>of_longitude
            away = north * north + <double>weight * east * east
            if away <= <double>surely or (away <= <double>perhaps and inside(latitude, longitude)):
                held |= bit
        found = PyDict_GetItemWithError(at_place(<PyObject*>kept, _ANSWERS), <PyObject*>held)
        return self.index.answer(kept, held) if found is NULL else <object>found


cdef bint is_waited_for(PyObject* places, tuple was, tuple now) except -1:
    """Whether she has entered or left one of these places."""
    return was is not now and (any_beyond(places, now, was) or any_beyond(places, was, now))


cdef bint any_beyond(PyObject* places, tuple members, tuple others) except -1:
    """Whether one of these places has a member that is not among the others."""
    for member in members:
        if PySet_Contains(places, PyTuple_GET_ITEM(<PyObject*>member, 0)) and member not in others:
            return True
    return False


cdef bint is_point(where):
    cdef PyObject* of = <PyObject*>where
    return (
        PyTuple_CheckExact(of)
        and PyTuple_GET_SIZE(of) == 2
        and PyFloat_CheckExact(PyTuple_GET_ITEM(of, 0))
        and PyFloat_CheckExact(PyTuple_GET_ITEM(of, 1))
    )


cdef object where_of(dict data, tuple fields):
    """The position that an event gives: the first of the fields that has a value."""
    for name in fields:
        where = data.get(name)
        if where is not None:
            return where
    return None

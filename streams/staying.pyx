# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Positions that change nothing: see `staying.pyi` for what is promised."""

from streams.fields cimport PyObject, at_place, place_of, put

from models.events import Event
from models.place_index import COLUMNS, PER_DEGREE, GridCell
from rules.record import Position, Record

cdef extern from "Python.h":
    PyObject* Py_None
    bint PyUnicode_CheckExact(PyObject* of)
    bint PyTuple_CheckExact(PyObject* of)
    bint PyFloat_CheckExact(PyObject* of)
    double PyFloat_AS_DOUBLE(PyObject* of)
    Py_ssize_t PyTuple_GET_SIZE(PyObject* of)
    PyObject* PyTuple_GET_ITEM(PyObject* items, Py_ssize_t at)
    long long PyLong_AsLongLong(PyObject* number) except? -1
    PyObject* PyDict_GetItemWithError(PyObject* of, PyObject* key) except? NULL

cdef object _GridCell = GridCell
cdef double _PER_DEGREE = PER_DEGREE
cdef long long _COLUMNS = COLUMNS

cdef Py_ssize_t _EVENT_TIME = place_of(Event, "time")
cdef Py_ssize_t _DATA = place_of(Event, "data")
cdef Py_ssize_t _POSITION = place_of(Record, "position")
cdef Py_ssize_t _TIME = place_of(Position, "time")
cdef Py_ssize_t _TAKEN = place_of(Position, "taken")
cdef Py_ssize_t _LATITUDE = place_of(Position, "latitude")
cdef Py_ssize_t _LONGITUDE = place_of(Position, "longitude")
cdef Py_ssize_t _CELL = place_of(Position, "cell")
cdef Py_ssize_t _MEMBERS = place_of(Position, "members")
cdef Py_ssize_t _ASKED = place_of(GridCell, "asked")
cdef Py_ssize_t _ANSWERS = place_of(GridCell, "answers")


cdef class Staying:
    def __init__(self, index, fields, fades):
        self.index, self.fields, self.fades = index, tuple(fields), fades

    cdef bint stays(self, PyObject* record, PyObject* event, PyObject* now) except -1:
        """Whether the event gives no position, or one that changes nothing but the position itself: then it is hers."""
        cdef PyObject* last = at_place(record, _POSITION)
        cdef PyObject* time = at_place(event, _EVENT_TIME)
        cdef PyObject* members
        where = where_of(<dict><object>at_place(event, _DATA), self.fields)
        if where is None:
            return True
        if last is Py_None:
            return False
        if PyLong_AsLongLong(time) < PyLong_AsLongLong(at_place(last, _TIME)):
            return True
        if PyLong_AsLongLong(at_place(last, _TAKEN)) + self.fades <= PyLong_AsLongLong(now):
            return False
        members = self.members(where)
        if members is NULL or members is not at_place(last, _MEMBERS):
            return False
        put(last, _TIME, time)
        put(last, _TAKEN, now)
        if PyTuple_CheckExact(<PyObject*>where):
            put(last, _LATITUDE, PyTuple_GET_ITEM(<PyObject*>where, 0))
            put(last, _LONGITUDE, PyTuple_GET_ITEM(<PyObject*>where, 1))
            put(last, _CELL, Py_None)
        else:
            put(last, _LATITUDE, Py_None)
            put(last, _LONGITUDE, Py_None)
            put(last, _CELL, <PyObject*>where)
        return True

    cdef PyObject* members(self, where) except? NULL:
        """The members of places that hold a position, borrowed of the index; NULL if it is not known yet."""
        cdef PyObject* of = <PyObject*>where
        cdef PyObject* latitude
        cdef PyObject* longitude
        if PyUnicode_CheckExact(of):
            return PyDict_GetItemWithError(<PyObject*>self.index.spelled, of)
        if not PyTuple_CheckExact(of) or PyTuple_GET_SIZE(of) != 2:
            return NULL
        latitude, longitude = PyTuple_GET_ITEM(of, 0), PyTuple_GET_ITEM(of, 1)
        if not PyFloat_CheckExact(latitude) or not PyFloat_CheckExact(longitude):
            return NULL
        return self.members_at(PyFloat_AS_DOUBLE(latitude), PyFloat_AS_DOUBLE(longitude))

    cdef PyObject* members_at(self, double latitude, double longitude) except? NULL:
        """See `PlaceIndex.members_at`."""
        cdef long long row = <long long>((latitude + 90.0) * _PER_DEGREE)
        cdef long long column = <long long>((longitude + 180.0) * _PER_DEGREE)
        cdef double north, east, away
        cdef PyObject* cell
        cdef object key, held = 0
        key = row * _COLUMNS + column
        cell = PyDict_GetItemWithError(<PyObject*>self.index.recent, <PyObject*>key)
        if cell is NULL or PyTuple_CheckExact(cell):
            return cell
        for bit, of_latitude, of_longitude, weight, surely, perhaps, inside in <tuple><object>at_place(cell, _ASKED):
            north, east = latitude - <double>of_latitude, longitude - <double>of_longitude
            away = north * north + <double>weight * east * east
            if away <= <double>surely or (away <= <double>perhaps and inside(latitude, longitude)):
                held |= bit
        return PyDict_GetItemWithError(at_place(cell, _ANSWERS), <PyObject*>held)


cdef object where_of(dict data, tuple fields):
    """The position that an event gives: the first of the fields that has a value."""
    for name in fields:
        where = data.get(name)
        if where is not None:
            return where
    return None

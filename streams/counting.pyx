# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""The counting of a backlog, compiled: see `counting.pyi` for what is promised."""

from streams.fields cimport PyObject, at_place, place_of, whole_of

from rules.facts.series import ASKED, Series
from rules.record import Record

cdef extern from "Python.h":
    PyObject* Py_None
    PyObject* Py_True
    bint PyLong_CheckExact(PyObject* of)
    object PyNumber_Add(PyObject* one, PyObject* other)
    Py_ssize_t PyList_GET_SIZE(PyObject* items)
    PyObject* PyList_GET_ITEM(PyObject* items, Py_ssize_t at)
    int PyList_Append(PyObject* items, PyObject* item) except -1
    PyObject* PyDict_GetItemWithError(PyObject* of, PyObject* key) except? NULL

cdef object _Record = Record
cdef object _Series = Series
cdef Py_ssize_t _ASKED = ASKED

cdef Py_ssize_t _KEPT_SERIES = place_of(Record, "kept_series")
cdef Py_ssize_t _TIMES = place_of(Series, "times")
cdef Py_ssize_t _COLUMNS = place_of(Series, "columns")
cdef Py_ssize_t _WHOLE = place_of(Series, "whole")


cdef class Row:
    # The key of its series, what it sums up (empty: nothing; None: more than that), and how entries are merged.
    cdef object key, only, fields, keep, width
    cdef bint sums

    def __init__(self, key, only, fields, keep, width):
        self.key, self.only, self.fields, self.keep, self.width = key, only, fields, keep, width
        self.sums = bool(only)

    cdef int count(self, dict series, now, PyObject* time, dict data) except -1:
        """Put an entry into the series of this row."""
        cdef PyObject* found = PyDict_GetItemWithError(<PyObject*>series, <PyObject*>self.key)
        cdef PyObject* times
        if found is NULL:
            kept = series[self.key] = _Series(self.fields)
        else:
            kept = <object>found
        if not self.is_put_in(<PyObject*>kept, time, data):
            kept.add(<object>time, data, now - self.keep, self.width)
        else:
            times = at_place(<PyObject*>kept, _TIMES)
            if not PyList_GET_SIZE(times) % _ASKED:
                kept.shrink(now - self.keep, self.width)
        return 0

    cdef bint is_put_in(self, PyObject* kept, PyObject* time, dict data) except -1:
        """Put in what comes last, and has all its values; False for what is otherwise: that is left to the series."""
        cdef PyObject* times = at_place(kept, _TIMES)
        cdef PyObject* column
        cdef PyObject* value
        cdef Py_ssize_t size = PyList_GET_SIZE(times)
        if self.only is None:
            return False
        if size and whole_of(time) < whole_of(PyList_GET_ITEM(times, size - 1)):
            return False
        if self.sums:
            value = PyDict_GetItemWithError(<PyObject*>data, <PyObject*>self.only)
            if value is NULL or not PyLong_CheckExact(value) or <object>value < 0:
                return False
            if at_place(kept, _WHOLE) is not Py_True:
                return False
            column = PyList_GET_ITEM(at_place(kept, _COLUMNS), 0)
            total = PyNumber_Add(PyList_GET_ITEM(column, PyList_GET_SIZE(column) - 1), value)
            PyList_Append(column, <PyObject*>total)
        PyList_Append(times, time)
        return True


cdef class CountRows:
    cdef tuple always
    # (field, rows for its values)
    cdef tuple tables

    def __init__(self, tuple always, tuple tables):
        self.always, self.tables = always, tables

    def __call__(self, record, list entries):
        cdef dict series, rows, data
        cdef PyObject* found
        if type(record) is not _Record:
            raise TypeError(f"a record is expected, not {record!r}")
        series = <object>at_place(<PyObject*>record, _KEPT_SERIES)
        for now, time, data in entries:
            count_all(self.always, series, now, time, data)
            for field, rows in self.tables:
                found = PyDict_GetItemWithError(<PyObject*>data, <PyObject*>field)
                found = PyDict_GetItemWithError(<PyObject*>rows, Py_None if found is NULL else found)
                if found is not NULL:
                    count_all(<tuple>found, series, now, time, data)


cdef int count_all(tuple rows, dict series, now, time, dict data) except -1:
    cdef Row row
    for row in rows:
        row.count(series, now, <PyObject*>time, data)
    return 0

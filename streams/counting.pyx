# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""The counting of events in rows, compiled: see `counting.pyi` for what is promised."""

from models.borrowed cimport (
    PyObject, PyDict_GetItemWithError, PyList_Append, PyList_GET_ITEM, PyList_GET_SIZE, PyLong_CheckExact,
    PyObject_RichCompareBool, Py_GE, Py_None,
)
from streams.fields cimport at_place, place_of, put, whole_at, whole_of

from rules.facts.series import ASKED, NEVER, Series
from rules.record import Record

cdef extern from "Python.h":
    PyObject* Py_True
    object PyNumber_Add(PyObject* one, PyObject* other)

cdef object _Record = Record
cdef object _Series = Series
cdef object _NEVER = NEVER
cdef Py_ssize_t _ASKED = ASKED

cdef Py_ssize_t _KEPT_SERIES = place_of(Record, "kept_series")
cdef Py_ssize_t _TIMES = place_of(Series, "times")
cdef Py_ssize_t _COLUMNS = place_of(Series, "columns")
cdef Py_ssize_t _WHOLE = place_of(Series, "whole")
cdef Py_ssize_t _RESTS_UNTIL = place_of(Series, "rests_until")
cdef Py_ssize_t _RESTS_ENTRIES = place_of(Series, "rests_entries")
cdef Py_ssize_t _RESTS_TOTAL = place_of(Series, "rests_total")


cdef class Row:
    # The part, the key of its series, what it sums up (empty: nothing; None: more than that), and how entries are merged.
    cdef object number, key, only, fields, keep, width
    cdef bint sums

    def __init__(self, number, key, only, fields, keep, width):
        self.number, self.key, self.only, self.fields, self.keep, self.width = number, key, only, fields, keep, width
        self.sums = bool(only)

    cdef object series_in(self, dict series):
        """The series of this row."""
        cdef PyObject* found = PyDict_GetItemWithError(<PyObject*>series, <PyObject*>self.key)
        if found is not NULL:
            return <object>found
        kept = series[self.key] = _Series(self.fields)
        return kept

    cdef bint count(self, kept, now, PyObject* time, dict data) except -1:
        """Put an entry into its series; False for what is not usual, which the series does."""
        cdef PyObject* times
        if not self.is_put_in(<PyObject*>kept, time, data):
            kept.add(<object>time, data, now - self.keep, self.width)
            return False
        times = at_place(<PyObject*>kept, _TIMES)
        if not PyList_GET_SIZE(times) % _ASKED:
            kept.shrink(now - self.keep, self.width)
        return True

    cdef bint is_put_in(self, PyObject* kept, PyObject* time, dict data) except -1:
        """Put in what comes last, and has all its values; False for what is otherwise."""
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

    cdef bint rests(self, PyObject* kept, PyObject* now) except -1:
        """Whether no line on its series can be crossed by what was put in, as that was usual."""
        cdef PyObject* column
        if (
            whole_of(now) >= whole_at(kept, _RESTS_UNTIL)
            or PyList_GET_SIZE(at_place(kept, _TIMES)) >= whole_at(kept, _RESTS_ENTRIES)
        ):
            return False
        if not self.sums:
            return True
        column = PyList_GET_ITEM(at_place(kept, _COLUMNS), 0)
        return not PyObject_RichCompareBool(
            PyList_GET_ITEM(column, PyList_GET_SIZE(column) - 1), at_place(kept, _RESTS_TOTAL), Py_GE
        )


cdef inline int rest(PyObject* kept) except -1:
    """No line is on this series. (See `rules.facts.series.Series.rest`.)"""
    put(kept, _RESTS_UNTIL, <PyObject*>_NEVER)
    put(kept, _RESTS_ENTRIES, <PyObject*>_NEVER)
    put(kept, _RESTS_TOTAL, <PyObject*>_NEVER)
    return 0


cdef class CountRows:
    def __init__(self, tuple always, tuple tables):
        self.always, self.tables = always, tables

    def __call__(self, record, list entries):
        cdef dict series, data
        cdef Py_ssize_t table
        cdef Row row
        if type(record) is not _Record:
            raise TypeError(f"a record is expected, not {record!r}")
        series = <object>at_place(<PyObject*>record, _KEPT_SERIES)
        for now, time, data in entries:
            for table in range(-1, len(self.tables)):
                for row in self.rows_of(table, data):
                    row.count(row.series_in(series), now, <PyObject*>time, data)

    cdef tuple rows_of(self, Py_ssize_t table, dict data):
        """The rows of one table (-1: those of all events) in which an event counts."""
        cdef PyObject* found
        if table < 0:
            return self.always
        field, rows = self.tables[table]
        found = PyDict_GetItemWithError(<PyObject*>data, <PyObject*>field)
        found = PyDict_GetItemWithError(<PyObject*>rows, Py_None if found is NULL else found)
        return () if found is NULL else <tuple>found

    cdef list crossed(self, record, PyObject* now, PyObject* time, dict data, dict quick):
        """Count one event, and ask of each part what that crosses: numbers of rules, each with None."""
        cdef dict series = <object>at_place(<PyObject*>record, _KEPT_SERIES)
        cdef list crossed = []
        cdef Py_ssize_t table
        cdef PyObject* ask
        cdef Row row
        for table in range(-1, len(self.tables)):
            for row in self.rows_of(table, data):
                kept = row.series_in(series)
                if row.count(kept, <object>now, time, data) and row.rests(<PyObject*>kept, now):
                    continue
                ask = PyDict_GetItemWithError(<PyObject*>quick, <PyObject*>row.number)
                if ask is NULL:
                    rest(<PyObject*>kept)
                    continue
                for number in (<object>ask)(record, kept, <object>now, <object>time, data):
                    crossed.append((number, None))
        return crossed

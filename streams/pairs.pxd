"""Sequences of two steps: see `pairs.pyi`."""

from models.borrowed cimport PyObject


cdef class Pairs:
    cdef object program, opens, absences
    cdef dict openings, completed

    cdef bint may_complete(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach) except -1
    cdef bint is_open(self, PyObject* record, object rule, PyObject* event, long long now) except -1
    cdef int end(self, PyObject* record, PyObject* event, PyObject* now) except -1
    cdef int end_and_open(self, PyObject* record, PyObject* event, PyObject* now) except -1
    cdef int open(self, PyObject* record, PyObject* event, PyObject* now) except -1
    cdef int keep(self, PyObject* record, object waits, object key, PyObject* event, PyObject* now) except -1
    cdef list kept(self, PyObject* record, PyObject* of, object key, PyObject* now)

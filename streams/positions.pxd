"""Positions: see `positions.pyi`."""

from models.borrowed cimport PyObject


cdef class Whereabouts:
    cdef object program, index
    cdef tuple fields
    cdef long long fades

    cdef object move(self, PyObject* record, PyObject* event, PyObject* now, PyObject* reach)
    cdef object members(self, where)
    cdef object members_at(self, double latitude, double longitude)

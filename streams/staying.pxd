"""Positions that change nothing: see `staying.pyi`."""

from streams.fields cimport PyObject


cdef class Staying:
    cdef object index
    cdef tuple fields
    cdef long long fades

    cdef bint stays(self, PyObject* record, PyObject* event, PyObject* now) except -1
    cdef PyObject* members(self, where) except? NULL
    cdef PyObject* members_at(self, double latitude, double longitude) except? NULL

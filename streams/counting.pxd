"""The counting of events in rows, for other compiled code."""

from models.borrowed cimport PyObject


cdef class CountRows:
    # The rows in which all events count, and (field, rows for its values).
    cdef tuple always, tables

    cdef tuple rows_of(self, Py_ssize_t table, dict data)
    cdef list crossed(self, object record, PyObject* now, PyObject* time, dict data, dict quick)

"""Which of many patterns an event fits: see `fits.pyi`."""

from streams.fields cimport PyObject


# (The fitting and the data are borrowed: somebody else must hold them.)
cdef list fits(PyObject* fitting, PyObject* data, object record, object now)

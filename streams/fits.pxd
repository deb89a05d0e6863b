"""Which of many patterns an event fits: see `fits.pyi`."""

from models.borrowed cimport PyObject


# The form in which a text is compared: see `models.text.fold`.
cdef str folded(str text)

# (The fitting and the data are borrowed: somebody else must hold them.)
cdef list fits(PyObject* fitting, PyObject* data, object record, object now)

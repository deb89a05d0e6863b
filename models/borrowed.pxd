"""What compiled code asks of CPython about objects that it borrows.

Cython's own declarations (`cpython.list` and others) take and give objects whose references are counted at each use. Here
a pointer is valid for as long as what holds it is there, and is not changed; what is to be kept is counted by hand.
"""

cdef extern from "Python.h":
    ctypedef struct PyObject
    PyObject* Py_None

    void Py_INCREF(PyObject* of)
    void Py_DECREF(PyObject* of)

    int Py_LT
    int Py_EQ
    int Py_GE
    int PyObject_RichCompareBool(PyObject* one, PyObject* other, int how) except -1

    bint PyLong_CheckExact(PyObject* of)

    bint PyTuple_CheckExact(PyObject* of)
    Py_ssize_t PyTuple_GET_SIZE(PyObject* items)
    PyObject* PyTuple_GET_ITEM(PyObject* items, Py_ssize_t at)

    Py_ssize_t PyList_GET_SIZE(PyObject* items)
    PyObject* PyList_GET_ITEM(PyObject* items, Py_ssize_t at)
    int PyList_Append(PyObject* items, PyObject* item) except -1

    Py_ssize_t PyDict_Size(PyObject* of)
    PyObject* PyDict_GetItemWithError(PyObject* of, PyObject* key) except? NULL

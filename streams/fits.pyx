# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Which of many patterns an event fits: see `fits.pyi` for what is promised."""

from models.borrowed cimport PyObject, PyDict_GetItemWithError, PyObject_RichCompareBool, Py_LT, Py_None
from streams.fields cimport at_place, place_of

from models.text import fold as _fold
from rules.fitting import Fitting
from rules.shortcuts import Shortcut

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)

cdef object fold = _fold
cdef object _Fitting = Fitting
cdef Py_ssize_t _ASK = place_of(Fitting, "ask")
cdef Py_ssize_t _SHORTCUT = place_of(Fitting, "shortcut")
cdef Py_ssize_t _FIELD = place_of(Shortcut, "field")
cdef Py_ssize_t _ALWAYS = place_of(Shortcut, "always")
cdef Py_ssize_t _ANSWERS = place_of(Shortcut, "answers")
cdef Py_ssize_t _FOLDED = place_of(Shortcut, "folded")
cdef Py_ssize_t _WORDS = place_of(Shortcut, "words")
cdef Py_ssize_t _LEAST = place_of(Shortcut, "least")


cdef list fits(PyObject* fitting, PyObject* data, object record, object now):
    cdef PyObject* known = at_place(fitting, _SHORTCUT)
    cdef PyObject* value
    cdef PyObject* least
    if known is Py_None:
        return (<object>at_place(fitting, _ASK))(<object>data, record, now)
    value = PyDict_GetItemWithError(data, at_place(known, _FIELD))
    if value is NULL or value is Py_None:
        return <list>at_place(known, _ALWAYS)
    if at_place(known, _ANSWERS) is not Py_None:
        return answer(known, <object>value)
    if at_place(known, _WORDS) is not Py_None:
        return holding(known, <object>value)
    least = at_place(known, _LEAST)
    if PyObject_RichCompareBool(value, least, Py_LT):
        return <list>at_place(known, _ALWAYS)
    return (<object>at_place(fitting, _ASK))(<object>data, record, now)


cdef inline list answer(PyObject* known, object value):
    """What this value of the field leads to."""
    cdef object key = folded(value) if <object>at_place(known, _FOLDED) else value
    cdef PyObject* found = PyDict_GetItemWithError(at_place(known, _ANSWERS), <PyObject*>key)
    return <list>at_place(known, _ALWAYS) if found is NULL else <list>found


cdef list holding(PyObject* known, object value):
    """What a text leads to that holds some words."""
    cdef list found = (<list>at_place(known, _ALWAYS)).copy()
    cdef str text = folded(value)
    for words, payloads in <list>at_place(known, _WORDS):
        for word in <tuple>words:
            if <str>word in text:
                found += payloads
                break
    return found


cdef str folded(str text):
    return text.lower() if PyUnicode_IS_ASCII(text) else fold(text)


def fitted(fitting, dict data not None, record, now):
    if type(fitting) is not _Fitting:
        raise TypeError(f"a fitting is expected, not {fitting!r}")
    return fits(<PyObject*>fitting, <PyObject*>data, record, now)

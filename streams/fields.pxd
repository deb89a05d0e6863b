"""Attributes of objects with a fixed place, as those of `__slots__` and of structs of msgspec: read without a look-up."""

from models.borrowed cimport PyObject, Py_DECREF, Py_INCREF

cdef extern from "Python.h":
    ctypedef struct PyMemberDef:
        Py_ssize_t offset
    ctypedef struct PyMemberDescrObject:
        PyMemberDef* d_member

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define ask_for(place) __builtin_prefetch(place)
    #else
    #define ask_for(place) ((void)(place))
    #endif
    """
    # What is there will be looked at soon: the processor brings it while it does other things.
    void ask_for(const void* place) noexcept


cdef inline Py_ssize_t place_of(object of, str name) except -1:
    """Where an attribute stands in the objects of a class; ImportError if that is not fixed."""
    member = getattr(of, name)
    if type(member).__name__ != "member_descriptor":
        raise ImportError(f"{name} of {of.__name__} has no fixed place")
    return (<PyMemberDescrObject*><PyObject*>member).d_member.offset


cdef inline PyObject* at_place(PyObject* of, Py_ssize_t place) noexcept:
    """What an attribute holds, borrowed; NULL if nothing."""
    return (<PyObject**>(<char*>of + place))[0]


cdef inline void put(PyObject* of, Py_ssize_t place, PyObject* value) noexcept:
    """Give an attribute another value."""
    cdef PyObject* before = at_place(of, place)
    Py_INCREF(value)
    (<PyObject**>(<char*>of + place))[0] = value
    Py_DECREF(before)


cdef inline long long whole_of(PyObject* number) except? -1:
    """A whole number; OverflowError, TypeError. (As Cython reads it: CPython's own function goes byte by byte.)"""
    return <long long><object>number


cdef inline long long whole_at(PyObject* of, Py_ssize_t place) except? -1:
    """The whole number that an attribute holds."""
    return whole_of(at_place(of, place))

# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Moments that come to everybody and are mostly refused: see `refusing.pyi` for what is promised."""

from heapq import heapreplace

from models.borrowed cimport PyObject, PyDict_GetItemWithError, PyList_GET_ITEM, PyList_GET_SIZE, PyTuple_GET_ITEM
from streams.fields cimport at_place, place_of, put, whole_at, whole_of

from rules.compile.view import View
from rules.record import Record
from rules.situations.moments import next_moment
from rules.situations.timers import TimerKind

cdef object _Record = Record
cdef object _View = View
cdef object _next_moment = next_moment
cdef object _heapreplace = heapreplace
cdef object _MOMENT = TimerKind.MOMENT

cdef Py_ssize_t _HEAP = place_of(Record, "heap")
cdef Py_ssize_t _TAKEN = place_of(Record, "taken")
cdef Py_ssize_t _MOMENT_DUE = place_of(Record, "moment_due")


cdef class Refusing:
    cdef list rules
    cdef dict number_of
    cdef object backs

    def __init__(self, program):
        self.rules, self.number_of, self.backs = list(program.rules), program.number_of, program.plan.backs

    def __call__(self, record, until):
        cdef PyObject* heap
        cdef PyObject* first
        cdef long long last = whole_of(<PyObject*>until)
        if type(record) is not _Record:
            raise TypeError(f"a record is expected, not {record!r}")
        while True:
            heap = at_place(<PyObject*>record, _HEAP)
            if not PyList_GET_SIZE(heap):
                return True
            first = PyList_GET_ITEM(heap, 0)
            if whole_of(PyTuple_GET_ITEM(first, 0)) > last:
                return True
            if not self.passes_over(record, <tuple>first):
                return False

    cdef bint passes_over(self, record, tuple timer) except -1:
        """Pass over the first timer of a record, if it is that of a moment which is refused, and is to come again."""
        cdef PyObject* of = <PyObject*>record
        cdef PyObject* due
        cdef PyObject* number
        now, kind, name = timer
        if kind is not _MOMENT:
            return False
        due = PyDict_GetItemWithError(at_place(of, _MOMENT_DUE), <PyObject*>name)
        number = PyDict_GetItemWithError(<PyObject*>self.number_of, <PyObject*>name)
        if due is NULL or number is NULL or whole_of(due) > whole_of(<PyObject*>now):
            return False
        one = self.rules[<Py_ssize_t>whole_of(number)]
        if not is_stopped(<tuple>one.unsettled, _View(record, now)):
            return False
        following = _next_moment(one.rule, record, now, self.backs)
        if following is None:
            return False
        if whole_of(<PyObject*>now) > whole_at(of, _TAKEN):
            put(of, _TAKEN, <PyObject*>now)
        _heapreplace(<object>at_place(of, _HEAP), (following, _MOMENT, name))
        (<dict>at_place(of, _MOMENT_DUE))[name] = following
        return True


cdef bint is_stopped(tuple lines, view) except -1:
    """Whether one of these lines stops a rule; what throws is left to others."""
    try:
        for judged in lines:
            if judged.check(view) is not judged.wanted:
                return True
    except Exception:
        pass
    return False

# cython: language_level=3, boundscheck=False, wraparound=False, binding=False, annotation_typing=False
"""The lines on a count or a sum that an event crosses, compiled: see `plain_totals.py` for what is promised."""

from models.borrowed cimport PyObject, PyList_GET_ITEM, PyObject_RichCompareBool, Py_LT
from rules.compile.view import View
from rules.facts.series import NEVER

cdef object _View = View
cdef object _NEVER = NEVER


cdef Py_ssize_t right_of(list items, item, Py_ssize_t low) except -1:
    """The place behind all that are not greater than this one. (See `bisect.bisect_right`.)"""
    cdef Py_ssize_t high = len(items), middle
    while low < high:
        middle = (low + high) // 2
        if PyObject_RichCompareBool(<PyObject*>item, PyList_GET_ITEM(<PyObject*>items, middle), Py_LT):
            high = middle
        else:
            low = middle + 1
    return low


cdef class Total:
    """A count or a sum over a window that ends now."""

    cdef object start, leaves, length, field
    cdef Py_ssize_t column

    def __init__(self, window, column, field):
        self.start, self.leaves, self.length = window.start, window.leaves, window.length
        self.column, self.field = column, field

    cdef object begin(self, record, now):
        """When the window began; None if there is none."""
        return self.start(record, now) if self.length is None else now - self.length

    cdef object amount(self, dict data):
        return 1 if self.column < 0 else data.get(self.field)

    cdef object of(self, series, Py_ssize_t low, begin):
        """What it comes to. (See `rules.compile.resting.total_of`.)"""
        cdef list sums
        if self.column < 0:
            total = len(<list>series.times) - low
        else:
            sums = (<list>series.columns)[self.column]
            total = sums[len(sums) - 1] - sums[low]
        if series.merged_until > begin:
            for bucket in series.buckets or ():
                if bucket.last_time > begin:
                    total += bucket.count if self.column < 0 else bucket.fields[self.column][1]
        return total

    cdef int rest_below(self, series, more) except -1:
        """Lines rest at most until it has grown by so much."""
        cdef list sums
        if self.column < 0:
            entries = len(<list>series.times) + more
            if entries < series.rests_entries:
                series.rests_entries = entries
        else:
            sums = (<list>series.columns)[self.column]
            total = sums[len(sums) - 1] + more
            if total < series.rests_total:
                series.rests_total = total
        return 0

    cdef int rest_above(self, record, series, now, Py_ssize_t low, begin, limit) except -1:
        """Lines rest at most until it may come to less than this limit again."""
        time = self.held_by(series, low, begin, limit)
        until = self.leaves(record, now, time) if self.length is None else time + self.length
        if until < series.rests_until:
            series.rests_until = until
        return 0

    cdef object held_by(self, series, Py_ssize_t low, begin, limit):
        """The time of an entry that must leave before it does. (See `rules.compile.resting.rest_above`.)"""
        cdef list times = series.times, sums
        cdef Py_ssize_t place
        if limit <= 0:
            return _NEVER
        if self.column < 0:
            place = len(times) - limit
        else:
            sums = (<list>series.columns)[self.column]
            place = right_of(sums, sums[len(sums) - 1] - limit, low) - 1
        if place >= low:
            return times[place]
        if series.merged_until <= begin:
            return begin
        return min([bucket.last_time for bucket in series.buckets or () if bucket.last_time > begin], default=begin)


cdef class CrossLimits(Total):
    cdef object crossed, reschedule, least, most
    cdef list limits
    cdef bint falls

    def __init__(self, crossed, limits, window, column, field, reschedule, falls):
        Total.__init__(self, window, column, field)
        self.crossed, self.limits, self.reschedule, self.falls = crossed, limits, reschedule, falls
        self.least, self.most = (limits[0], max(limits)) if limits else (_NEVER, _NEVER)

    def __call__(self, record, series, now, time, dict data):
        cdef Py_ssize_t low, reached
        begin = self.begin(record, now)
        if begin is None:
            return ()
        low = right_of(series.times, begin, 0)
        after = self.of(series, low, begin)
        reached = right_of(self.limits, after, 0)
        if reached < len(self.limits):
            self.rest_below(series, self.limits[reached] - after)
        if reached:
            self.rest_above(record, series, now, low, begin, self.limits[reached - 1])
        amount = self.amount(data)
        if amount is None or time <= begin:
            return ()
        if self.reschedule is not None and (self.column < 0 or self.falls or self.column in series.negative):
            self.reschedule(_View(record, now))
        if amount >= 0 and (after < self.least or after - amount >= self.most):
            return ()
        return self.crossed(after - amount, after)


cdef class CrossLimit(Total):
    cdef object limit, each, reschedule
    cdef tuple only
    cdef bint falls

    def __init__(self, rule, limit, window, column, field, each, reschedule, falls):
        Total.__init__(self, window, column, field)
        self.only, self.limit, self.each, self.reschedule, self.falls = (rule,), limit, each, reschedule, falls

    def __call__(self, record, series, now, time, dict data):
        cdef Py_ssize_t low
        if self.reschedule is not None and (self.falls or series.negative):
            self.reschedule(_View(record, now), None if self.each is None else data[self.each])
        limit = self.limit(record, now)
        if limit is None:
            return ()
        begin = self.begin(record, now)
        if begin is None:
            return ()
        low = right_of(series.times, begin, 0)
        after = self.of(series, low, begin)
        if after < limit:
            self.rest_below(series, limit - after)
        else:
            self.rest_above(record, series, now, low, begin, limit)
        amount = self.amount(data)
        if amount is None or time <= begin:
            return ()
        before = after - amount
        crossed = after < limit <= before if self.falls else before < limit <= after
        return self.only if crossed else ()

# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=False, annotation_typing=False
"""Whether an absence has ended for an opening, compiled: see `plain_ended.py` for what it promises."""


def has_ended(record, opening, absence, long long until):
    cdef object ends = opening.ends
    cdef object at = None if ends is None else (<dict>ends).get(absence)
    cdef long long begin, time
    cdef list noted
    cdef tuple one
    cdef Py_ssize_t place
    if at is not None and <long long>at < until:
        return True
    ends = record.ends
    if ends is None:
        return False
    begin, noted = opening.time, ends.noted
    for place in range(first_from(noted, opening.number), len(noted)):
        one = <tuple>noted[place]
        time = one[1]
        if time >= until:
            if ends.in_order:
                return False
        elif time >= begin and absence in one[2]:
            return True
    return False


cdef Py_ssize_t first_from(list noted, long long number) except -1:
    """The first of what was noted after so many openings, or more."""
    cdef Py_ssize_t low = 0, high = len(noted), middle
    while low < high:
        middle = (low + high) // 2
        if <long long>(<tuple>noted[middle])[0] < number:
            low = middle + 1
        else:
            high = middle
    return low

# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""Events in the order in which they are taken, and by customer: see `ordering.pyi` for what is promised.

An event is an object somewhere in memory, and most are in no near cache of the processor any more. A loop that does
little for each lets the processor wait for several of them at once; so what is asked of events is read in such loops,
and put side by side.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.string cimport memcpy, memmove
from models.borrowed cimport (
    PyObject, PyList_GET_ITEM, PyObject_RichCompareBool, PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE,
    Py_DECREF, Py_EQ, Py_INCREF,
)
from streams.fields cimport ask_for, at_place, place_of, whole_at

from models.consent import OF_CONSENT, withdraws
from models.events import Event

cdef extern from "Python.h":
    Py_hash_t PyObject_Hash(PyObject* of) except -1
    bint PyUnicode_Check(PyObject* of)
    int PyUnicode_Compare(PyObject* one, PyObject* other)
    ctypedef struct PyTypeObject
    PyTypeObject* Py_TYPE(PyObject* of)
    list PyList_New(Py_ssize_t size)
    void PyList_SET_ITEM(object items, Py_ssize_t at, PyObject* item)

cdef enum:
    # Entries that are put in order one by one.
    FEW = 16
    # What is looked at so many events later is asked for.
    SOON = 8

# What a withdrawal is put ahead by: it comes before all others that are taken at the same moment.
cdef long long _AHEAD = 1 << 62
cdef object _OF_CONSENT = OF_CONSENT
cdef object _withdraws = withdraws
cdef object _Event = Event


cdef Py_ssize_t _TYPE = place_of(Event, "type")
cdef Py_ssize_t _CUSTOMER = place_of(Event, "customer")
cdef Py_ssize_t _TIME = place_of(Event, "time")
cdef Py_ssize_t _ARRIVED = place_of(Event, "arrived")
cdef Py_ssize_t _SOURCE = place_of(Event, "source")
cdef Py_ssize_t _ID = place_of(Event, "id")


cdef struct Entry:
    # When it is taken, and its time (ms; that of a withdrawal put ahead).
    long long taken
    long long time
    # Of its arrival.
    long long number
    PyObject* event


cdef inline int compared(PyObject* one, PyObject* other) noexcept:
    if one == other or not PyUnicode_Check(one) or not PyUnicode_Check(other):
        return 0
    return PyUnicode_Compare(one, other)


cdef bint before(const Entry* one, const Entry* other) noexcept:
    """Whether one is taken before another."""
    cdef int order
    if one.taken != other.taken:
        return one.taken < other.taken
    if one.time != other.time:
        return one.time < other.time
    order = compared(at_place(one.event, _TYPE), at_place(other.event, _TYPE))
    if not order:
        order = compared(at_place(one.event, _SOURCE), at_place(other.event, _SOURCE))
    if not order:
        order = compared(at_place(one.event, _ID), at_place(other.event, _ID))
    return order < 0 if order else one.number < other.number


cdef void put_in_order(Entry* entries, Py_ssize_t size, Entry* spare) noexcept:
    """Sort them by merging. What is nearly in order is hardly moved. `spare` has room for as many."""
    cdef Py_ssize_t half = size // 2, at, place
    cdef Entry one
    if size > FEW:
        put_in_order(entries, half, spare)
        put_in_order(entries + half, size - half, spare)
        merge(entries, half, size, spare)
        return
    for at in range(1, size):
        one = entries[at]
        place = at
        while place and before(&one, &entries[place - 1]):
            entries[place] = entries[place - 1]
            place -= 1
        entries[place] = one


cdef void merge(Entry* entries, Py_ssize_t half, Py_ssize_t size, Entry* spare) noexcept:
    """Merge the first `half` with the others; both are in order. `spare` has room for the first."""
    cdef Py_ssize_t to, left = 0, right = half, moved
    if not half or half == size:
        return
    to = taken_until(entries, half, &entries[half])
    moved = half - to
    memcpy(spare, &entries[to], moved * sizeof(Entry))
    while left < moved and right < size:
        if before(&entries[right], &spare[left]):
            entries[to] = entries[right]
            right += 1
        else:
            entries[to] = spare[left]
            left += 1
        to += 1
    memcpy(&entries[to], &spare[left], (moved - left) * sizeof(Entry))


cdef Py_ssize_t taken_until(const Entry* entries, Py_ssize_t size, const Entry* one) noexcept:
    """How many of them are not after this one."""
    cdef Py_ssize_t low = 0, high = size, middle
    while low < high:
        middle = (low + high) // 2
        if before(one, &entries[middle]):
            high = middle
        else:
            low = middle + 1
    return low


cdef class Waiting:
    cdef Entry* entries
    # Room for entries that are being put in order.
    cdef Entry* spare
    cdef Py_ssize_t room
    cdef Py_ssize_t size
    # So many, from the first, are in order.
    cdef Py_ssize_t ordered

    def __dealloc__(self):
        cdef Py_ssize_t at
        for at in range(self.size):
            Py_DECREF(self.entries[at].event)
        PyMem_Free(self.entries)
        PyMem_Free(self.spare)

    def __len__(self):
        return self.size

    def add(self, events, long long first, long long step, long long settle):
        cdef Py_ssize_t at, count = len(events)
        cdef long long arrived, latest = 0
        cdef Entry* entry
        cdef PyObject* event
        self.make_room(self.size + count)
        for at in range(count):
            one = events[at]
            if type(one) is not _Event:
                raise TypeError(f"an event is expected, not {type(one).__name__}")
            event = <PyObject*>one
            entry = &self.entries[self.size]
            arrived = whole_at(event, _ARRIVED)
            entry.time = whole_at(event, _TIME)
            entry.taken = arrived - settle
            if <object>at_place(event, _TYPE) in _OF_CONSENT and _withdraws(one):
                entry.time -= _AHEAD
            elif entry.time > entry.taken:
                entry.taken = entry.time
            entry.number = first + at * step
            entry.event = event
            Py_INCREF(event)
            self.size += 1
            if not at or arrived > latest:
                latest = arrived
        return latest if count else None

    cdef int make_room(self, Py_ssize_t size) except -1:
        cdef Entry* entries
        cdef Py_ssize_t room = max(size, 2 * self.room)
        if size <= self.room:
            return 0
        entries = <Entry*>PyMem_Realloc(self.entries, room * sizeof(Entry))
        if entries is NULL:
            raise MemoryError
        self.entries = entries
        entries = <Entry*>PyMem_Realloc(self.spare, room * sizeof(Entry))
        if entries is NULL:
            raise MemoryError
        self.spare, self.room = entries, room
        return 0

    cdef void in_order(self) noexcept:
        if self.ordered < self.size:
            put_in_order(&self.entries[self.ordered], self.size - self.ordered, self.spare)
            merge(self.entries, self.ordered, self.size, self.spare)
            self.ordered = self.size

    def take(self, until, list finished=None):
        cdef Py_ssize_t at, end
        cdef list pairs
        self.in_order()
        end = self.size if until is None else self.until(until)
        pairs = [(self.entries[at].taken, <object>self.entries[at].event) for at in range(end)]
        if finished is not None:
            finished.extend([self.entries[at].number for at in range(end)])
        for at in range(end):
            Py_DECREF(self.entries[at].event)
        if end:
            self.size -= end
            self.ordered = self.size
            memmove(self.entries, &self.entries[end], self.size * sizeof(Entry))
        return pairs

    cdef Py_ssize_t until(self, long long last) noexcept:
        """How many are taken at or before this moment."""
        cdef Py_ssize_t low = 0, high = self.size, middle
        while low < high:
            middle = (low + high) // 2
            if self.entries[middle].taken > last:
                high = middle
            else:
                low = middle + 1
        return low

    def numbers(self):
        cdef Py_ssize_t at
        return [self.entries[at].number for at in range(self.size)]


cdef struct Group:
    # A customer's events: the hash of her name, the name, how many they are, and where they are put.
    Py_hash_t hash
    PyObject* customer
    Py_ssize_t size
    PyObject* pairs


def by_customer(list pairs not None):
    cdef Py_ssize_t size = len(pairs), slots = 4
    while slots < 2 * size:
        slots *= 2
    # Of each event the group; and groups by hash: their numbers and 1, 0 where there is none.
    cdef PyObject** events = <PyObject**>PyMem_Malloc(size * sizeof(PyObject*))
    cdef unsigned int* group_of = <unsigned int*>PyMem_Malloc(size * sizeof(unsigned int))
    cdef unsigned int* table = <unsigned int*>PyMem_Calloc(slots, sizeof(unsigned int))
    cdef Group* groups = <Group*>PyMem_Malloc(size * sizeof(Group))
    try:
        if events is NULL or group_of is NULL or table is NULL or groups is NULL:
            raise MemoryError
        read_events(pairs, events)
        return lists(pairs, groups, grouped(events, size, group_of, groups, table, slots - 1), group_of)
    finally:
        PyMem_Free(events)
        PyMem_Free(group_of)
        PyMem_Free(table)
        PyMem_Free(groups)


cdef inline bint is_event(PyObject* of) noexcept:
    return Py_TYPE(of) == <PyTypeObject*>_Event


cdef int read_events(list pairs, PyObject** events) except -1:
    cdef Py_ssize_t at
    cdef PyObject* pair
    for at in range(len(pairs)):
        pair = PyList_GET_ITEM(<PyObject*>pairs, at)
        if not PyTuple_CheckExact(pair) or PyTuple_GET_SIZE(pair) != 2 or not is_event(PyTuple_GET_ITEM(pair, 1)):
            raise TypeError(f"a moment and an event are expected, not {<object>pair!r}")
        events[at] = PyTuple_GET_ITEM(pair, 1)
    return 0


cdef Py_ssize_t grouped(
    PyObject** events, Py_ssize_t size, unsigned int* group_of, Group* groups, unsigned int* table, Py_ssize_t mask
) except -1:
    """Find the group of each; returns how many there are."""
    cdef Py_ssize_t at, slot, count = 0
    cdef Py_hash_t hash
    cdef PyObject* customer
    cdef Group* group
    for at in range(size):
        if at + SOON < size:
            ask_for(at_place(events[at + SOON], _CUSTOMER))
        customer = at_place(events[at], _CUSTOMER)
        hash = PyObject_Hash(customer)
        slot = hash & mask
        while table[slot]:
            group = &groups[table[slot] - 1]
            if group.hash == hash and is_same(group.customer, customer):
                break
            slot = (slot + 1) & mask
        else:
            group = &groups[count]
            group.hash, group.customer, group.size = hash, customer, 0
            count += 1
            table[slot] = <unsigned int>count
        group.size += 1
        group_of[at] = table[slot] - 1
    return count


cdef inline bint is_same(PyObject* one, PyObject* other) except -1:
    return one == other or PyObject_RichCompareBool(one, other, Py_EQ)


cdef list lists(list pairs, Group* groups, Py_ssize_t count, const unsigned int* group_of):
    """(customer, her events), in the order in which customers come first."""
    cdef Py_ssize_t at
    cdef list found = [None] * count, hers
    cdef Group* group
    cdef PyObject* pair
    for at in range(count):
        hers = PyList_New(groups[at].size)
        groups[at].pairs, groups[at].size = <PyObject*>hers, 0
        found[at] = (<object>groups[at].customer, hers)
    for at in range(len(pairs)):
        group = &groups[group_of[at]]
        pair = <PyObject*>pairs[at]
        Py_INCREF(pair)
        PyList_SET_ITEM(<object>group.pairs, group.size, pair)
        group.size += 1
    return found

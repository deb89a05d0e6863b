# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=False
"""The events a customer had lately, compiled: see `plain_seen.py` for what it promises.

What was taken stands in one block of memory, in its order; the first few stand in the object itself, as most customers
have no more. What makes no repeat any more is what came first, so it is left where it is until the block is full: then
what still makes repeats is moved to a block of twice its own size. Few are looked through; where there may be more, an
index stands behind them.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_CheckExact
from libc.stdint cimport int64_t, uint16_t, uint64_t
from libc.string cimport memcpy, memmove, memset

from xxhash import xxh3_64_intdigest

from rules.facts.takings import REMEMBERED, REMEMBERED_FOR

cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object text)
    const void* PyUnicode_1BYTE_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)

cdef enum:
    # Takings that stand in the object; takings that are looked through one by one.
    FEW = 4
    SCANNED = 16
    # Slots of the index for each taking there is room for.
    SLOTS = 2
    # A slot holds the place of a taking, from 1 on, and some bits of its hash, so that others are seldom looked at.
    PLACE = 0x0FFF
    TAG = 0xF000

cdef unsigned int _REMEMBERED = REMEMBERED
cdef uint64_t _REMEMBERED_FOR = REMEMBERED_FOR
# The largest block has room for less than four times as many.
assert 4 * REMEMBERED <= PLACE + 1
cdef object _hash = xxh3_64_intdigest


cdef struct Taking:
    uint64_t key
    int64_t taken


@cython.final
cdef class Seen:
    cdef unsigned int _count
    cdef unsigned int _room
    cdef Taking* _takings
    cdef Taking _few[FEW]

    def __cinit__(self):
        self._room = FEW
        self._takings = self._few

    def __dealloc__(self):
        if self._takings != self._few:
            PyMem_Free(self._takings)

    def __len__(self):
        return self._count

    def again(self, source, id, int64_t now, /):
        cdef uint64_t key = key_of(source, id)
        cdef unsigned int place
        if self._count and not lasts(self._takings[self._count - 1].taken, now):
            # What came last makes no repeat, so nothing does.
            move(self, self._count, FEW)
        place = place_of(self, key)
        if place and place + _REMEMBERED > self._count and lasts(self._takings[place - 1].taken, now):
            return True
        remember(self, key, now)
        return False

    def flat(self, int64_t now, /):
        cdef list numbers = []
        cdef uint64_t last = 0
        cdef unsigned int at
        for at in range(first_of(self, now), self._count):
            numbers.append(self._takings[at].key)
            # (Unsigned, as that wraps around.)
            numbers.append(<int64_t> (<uint64_t> self._takings[at].taken - last))
            last = <uint64_t> self._takings[at].taken
        return numbers

    def read(self, list numbers not None, /):
        cdef uint64_t taken = 0
        cdef Py_ssize_t at
        if len(numbers) % 2:
            raise ValueError("a hash without a moment")
        move(self, self._count, FEW)
        for at in range(0, len(numbers), 2):
            taken += <uint64_t> <int64_t> numbers[at + 1]
            remember(self, numbers[at], <int64_t> taken)


cdef uint64_t key_of(source, id) except? 0:
    """The hash of an event."""
    cdef Py_ssize_t size, more
    cdef char* text
    if (PyUnicode_CheckExact(source) and PyUnicode_CheckExact(id)
            and PyUnicode_IS_COMPACT_ASCII(source) and PyUnicode_IS_COMPACT_ASCII(id)):
        size, more = PyUnicode_GET_LENGTH(source), PyUnicode_GET_LENGTH(id)
        name = PyBytes_FromStringAndSize(NULL, size + 1 + more)
        text = PyBytes_AS_STRING(name)
        memcpy(text, PyUnicode_1BYTE_DATA(source), size)
        text[size] = 0x1f
        memcpy(text + size + 1, PyUnicode_1BYTE_DATA(id), more)
    else:
        name = f"{source}\x1f{id}".encode("utf-8", "surrogatepass")
    return _hash(name)


cdef inline bint lasts(int64_t taken, int64_t now) noexcept:
    """Whether what was taken then makes a repeat now. (Unsigned, as the difference may have 64 bits.)"""
    return now < taken or <uint64_t> now - <uint64_t> taken < _REMEMBERED_FOR


cdef inline uint16_t* slot_of(Seen self, uint64_t key) noexcept:
    """The slot of the index that holds the place of this hash, or the empty one in which it belongs."""
    cdef uint16_t* slots = <uint16_t*> (self._takings + self._room)
    cdef unsigned int mask = SLOTS * self._room - 1
    cdef unsigned int at = key & mask
    while slots[at] and ((slots[at] ^ (key >> 48)) & TAG or self._takings[(slots[at] & PLACE) - 1].key != key):
        at = (at + 1) & mask
    return slots + at


cdef inline unsigned int place_of(Seen self, uint64_t key) noexcept:
    """Where this hash stands, and last if more than once, from 1 on; 0 if nowhere."""
    cdef unsigned int at = self._count
    if self._room > SCANNED:
        return slot_of(self, key)[0] & PLACE
    while at and self._takings[at - 1].key != key:
        at -= 1
    return at


cdef int remember(Seen self, uint64_t key, int64_t now) except -1:
    """Put an event behind the others."""
    if self._count == self._room:
        make_room(self, now)
    self._takings[self._count].key = key
    self._takings[self._count].taken = now
    self._count += 1
    if self._room > SCANNED:
        slot_of(self, key)[0] = <uint16_t> (((key >> 48) & TAG) | self._count)
    return 0


cdef unsigned int first_of(Seen self, int64_t now) noexcept:
    """Where what makes repeats begins, from 0 on."""
    cdef unsigned int first = self._count - _REMEMBERED if self._count > _REMEMBERED else 0
    while first < self._count and not lasts(self._takings[first].taken, now):
        first += 1
    return first


cdef int make_room(Seen self, int64_t now) except -1:
    """Forget what makes no repeat any more, and have room for as many again as are left."""
    cdef unsigned int first = first_of(self, now)
    cdef unsigned int room = FEW
    while room < 2 * (self._count - first):
        room *= 2
    move(self, first, room)
    return 0


cdef int move(Seen self, unsigned int first, unsigned int room) except -1:
    """Forget what stands before the first, and have room for so many."""
    cdef Taking* old = self._takings
    cdef Taking* new = self._few
    cdef unsigned int left = self._count - first
    cdef unsigned int at
    cdef size_t index = SLOTS * room * sizeof(uint16_t) if room > SCANNED else 0
    if room == self._room:
        new = old
    elif room > FEW:
        new = <Taking*> PyMem_Malloc(room * sizeof(Taking) + index)
        if new == NULL:
            raise MemoryError
    memmove(new, old + first, left * sizeof(Taking))
    if old != new and old != self._few:
        PyMem_Free(old)
    self._takings, self._room, self._count = new, room, left
    if index:
        memset(new + room, 0, index)
        for at in range(left):
            slot_of(self, new[at].key)[0] = <uint16_t> (((new[at].key >> 48) & TAG) | (at + 1))
    return 0

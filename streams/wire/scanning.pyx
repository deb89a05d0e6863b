# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""A compiled reader of lines of the usual form: see `scanning.pyi` for what it promises.

The bytes of a line are walked once, and no object is made that does not stand in the event. Whoever reads gives the
place behind what it has read, or NULL where that is not of the usual form; NULL with an exception is an error.

Bytes of Python end with a zero that does not belong to them, and JSON has a zero nowhere: whoever looks at one byte
after the other, and stops at what it does not expect, never looks beyond it. Where several bytes are looked at together,
`end` says how many there are. That is why bounds are not checked.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from libc.string cimport memcmp, memcpy

from models.events import Event
from models.types import NUMBER_LIMIT, Kind
from streams.wire.envelope import LONGEST_NAME, NO_SOURCE
from streams.wire.quick_source import Form
from streams.wire.sent import COMPLETING, UNUSED, can_be_sent
from streams.wire.times import EARLIEST, LATEST

cdef extern from "Python.h":
    void Py_INCREF(PyObject*)
    void Py_XDECREF(PyObject*)
    str PyUnicode_New(Py_ssize_t size, Py_UCS4 greatest)
    unsigned char* PyUnicode_1BYTE_DATA(PyObject* text)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject* text)
    str PyUnicode_DecodeUTF8(const char* text, Py_ssize_t size, const char* errors)
    PyObject* PyDict_GetItemWithError(PyObject* known, PyObject* key) except? NULL
    int PyDict_SetItem(PyObject* known, PyObject* key, PyObject* value) except -1
    object PyLong_FromLongLong(long long value)
    PyObject* PyTuple_GET_ITEM(PyObject* items, Py_ssize_t at)
    double PyOS_string_to_double(const char* text, char** end, PyObject* overflow) except? -1.0

cdef extern from "float.h":
    const int FLT_EVAL_METHOD

ctypedef const unsigned char* Place

cdef enum:
    # Fields of a type of event; types that have more are read by others.
    MOST_FIELDS = 96
    # Names of attributes that are passed over.
    MOST_PASSED_OVER = 16
    # Bytes of a number that is read with all its digits.
    LONGEST_NUMBER = 40
    # Texts that are kept, of those that come again.
    KEPT_TEXTS = 1024
    LONGEST_KEPT = 32

cdef enum:
    SPECVERSION, ID, SOURCE, TYPE, SUBJECT, TIME, ARRIVED, DATA, NOT_USED, PASSED_OVER

cdef enum:
    TEXT, CHOICE, DATE, MOMENT, YES_NO, AMOUNT, POINT, ANYTHING

cdef dict _FORMS = {
    Form.TEXT: TEXT, Form.TEXTS: TEXT, Form.MOMENT: MOMENT, Form.YES_NO: YES_NO, Form.AMOUNT: AMOUNT, Form.POINT: POINT
}
cdef long long _EARLIEST = EARLIEST
cdef long long _LATEST = LATEST
cdef long long _NUMBER_LIMIT = NUMBER_LIMIT
cdef Py_ssize_t _LONGEST_NAME = LONGEST_NAME
cdef object _Event = Event
cdef str _NO_SOURCE = NO_SOURCE
#: Stands for a value that has been checked, and is not in the event.
cdef object _LEFT_OUT = object()
#: Days before each month of a year that is no leap year; and of each month.
cdef int[13] _BEFORE = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
cdef int[13] _LENGTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
#: Days of the years 1 to 1969.
cdef long long _BEFORE_1970 = 719_162
#: The powers of ten that are floats, exactly; and up to which size all whole numbers are.
cdef double[23] _TENS = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
cdef unsigned long long _WHOLE_FLOATS = 1 << 53


cdef struct Name:
    Place text
    Py_ssize_t size
    # What it names.
    int what


cdef struct Text:
    Place start
    Py_ssize_t size
    # Whether it is ASCII.
    bint plain


# Its objects are kept alive by its type.
cdef struct FieldTo:
    PyObject* name
    # A dict of what has been read of texts; Names of choices, and the choices.
    PyObject* known
    PyObject* spelled
    PyObject* choices
    # Of an amount: what whole numbers are greater than, by what they are multiplied, and how many decimals that is.
    long long low
    long long grid
    int places
    int form
    bint optional
    bint kept
    # The spelling that came after it last.
    int next


@cython.final
cdef class Names:
    """Names, of things that have numbers; none is empty."""

    cdef list _texts
    cdef Name* all
    cdef int count
    cdef int* _slots
    cdef unsigned int _mask

    def __cinit__(self, list named not None):
        """`named`: pairs of a name and what it names."""
        cdef int number
        cdef unsigned int at
        self._texts = [name.encode() for name, _ in named]
        self.count = len(named)
        self._mask = 7
        while self._mask < 2 * self.count:
            self._mask = 2 * self._mask + 1
        self.all = <Name*> PyMem_Malloc(max(self.count, 1) * sizeof(Name))
        self._slots = <int*> PyMem_Malloc((self._mask + 1) * sizeof(int))
        if self.all == NULL or self._slots == NULL:
            raise MemoryError
        for at in range(self._mask + 1):
            self._slots[at] = -1
        for number in range(self.count):
            text = self._texts[number]
            self.all[number].text = <Place> PyBytes_AS_STRING(text)
            self.all[number].size = PyBytes_GET_SIZE(text)
            self.all[number].what = named[number][1]
            at = _hash(self.all[number].text, self.all[number].size) & self._mask
            while self._slots[at] >= 0:
                at = (at + 1) & self._mask
            self._slots[at] = number

    def __dealloc__(self):
        PyMem_Free(self.all)
        PyMem_Free(self._slots)

    cdef inline int find(self, Place text, Py_ssize_t size) noexcept:
        """The number of the name, or -1."""
        cdef unsigned int at = _hash(text, size) & self._mask
        cdef int number
        while True:
            number = self._slots[at]
            if number < 0 or (self.all[number].size == size and memcmp(self.all[number].text, text, size) == 0):
                return number
            at = (at + 1) & self._mask

    def number_of(self, name):
        """The number of a name, or -1."""
        return self._texts.index(name.encode()) if name.encode() in self._texts else -1

    cdef inline Place key(self, Place at, Place end, int expected, int* found) noexcept:
        """A key of an object, and its colon: the place of its value. Of names that JSON need not escape."""
        cdef Name* name = &self.all[expected]
        cdef Text text
        if expected < self.count and end - at > name.size + 2 and at[0] == b'"' and at[name.size + 1] == b'"' and (
            memcmp(at + 1, name.text, name.size) == 0
        ):
            found[0] = expected
            at += name.size + 2
        else:
            at = _text(at, &text)
            if at == NULL:
                return NULL
            found[0] = self.find(text.start, text.size)
            if found[0] < 0:
                return NULL
        at = _blanks(at)
        return _blanks(at + 1) if at[0] == b":" else NULL


@cython.final
cdef class Texts:
    """Texts that came lately: of those that come again there is one object, which knows its hash."""

    cdef list _kept

    def __cinit__(self):
        self._kept = [""] * KEPT_TEXTS

    cdef inline str of(self, Text* text):
        """UnicodeDecodeError where it is not UTF-8."""
        cdef Py_ssize_t number
        cdef PyObject* kept
        if not text.plain or text.size > LONGEST_KEPT:
            return _text_of(text)
        number = _hash(text.start, text.size) % KEPT_TEXTS
        kept = <PyObject*> self._kept[number]
        if PyUnicode_GET_LENGTH(kept) == text.size and memcmp(PyUnicode_1BYTE_DATA(kept), text.start, text.size) == 0:
            return <str> kept
        made = _text_of(text)
        self._kept[number] = made
        return made


@cython.final
cdef class Type:
    """A type of event, and its fields: first those that are required, last those that are passed over."""

    cdef str name
    cdef Names spellings
    cdef FieldTo* fields
    cdef int required
    cdef int known
    cdef int count
    cdef bint keeps_null
    # The spelling with which data began last.
    cdef int first
    cdef object told
    cdef list passed_over
    cdef list _kept

    def __cinit__(self, told, list passed_over not None):
        """`passed_over`: names of fields that the vocabulary does not know."""
        cdef FieldTo* to
        fields = sorted(told.fields, key=lambda field: not field.required)
        self.name, self.keeps_null = told.name, told.keeps_null
        self.told, self.passed_over, self._kept = told, passed_over, []
        self.required, self.known = sum(field.required for field in fields), len(fields)
        self.count = self.known + len(passed_over)
        spelled = [(name, n) for n, field in enumerate(fields) for name in field.attributes.values()]
        self.spellings = Names(spelled + list(zip(passed_over, range(self.known, self.count))))
        self.fields = <FieldTo*> PyMem_Malloc(max(self.count, 1) * sizeof(FieldTo))
        if self.fields == NULL:
            raise MemoryError
        for number, field in enumerate(fields):
            to = &self.fields[number]
            name, choices, known = field.name, field.choices, told.known.get(field.name)
            of_choices = Names(list(zip(choices, range(len(choices)))))
            self._kept += (name, choices, known, of_choices)
            to.name, to.choices, to.spelled = <PyObject*> name, <PyObject*> choices, <PyObject*> of_choices
            to.known = NULL if known is None else <PyObject*> known
            to.low, to.grid, to.places = field.low, field.grid, len(str(field.grid)) - 1
            if field.form is Form.LOOKED_UP:
                to.form = DATE if told.kinds[field.name] is Kind.DATE else CHOICE
            else:
                to.form = _FORMS[field.form]
            to.optional, to.kept, to.next = not field.required, field.kept, 0
        for number, name in enumerate(passed_over, self.known):
            to = &self.fields[number]
            counted = (told.name, name)
            self._kept.append(counted)
            to.name, to.form, to.optional, to.kept, to.next = <PyObject*> counted, ANYTHING, True, False, 0

    def __dealloc__(self):
        PyMem_Free(self.fields)


@cython.final
cdef class Scanner:
    """Reads lines of the usual form: see `scanning.pyi`."""

    cdef Names _attributes
    # Their names; those that are passed over are the last.
    cdef list _called
    cdef Names _names
    cdef list _types
    cdef int _known
    # Attributes that may not be missing: a bit for each.
    cdef unsigned int _needed
    # The attribute that came after each one last; with which an event began last.
    cdef int[NOT_USED + MOST_PASSED_OVER + 8] _next
    cdef int _first
    cdef Texts _texts
    # The date that was read last.
    cdef unsigned char[10] _date
    cdef long long _day

    def __init__(self, types, *, bint complete):
        attributes = ["specversion", "id", "source", "type", "subject", "time", "arrived", "data"]
        self._called = list(zip(attributes, range(NOT_USED))) + [(name, NOT_USED) for name in UNUSED]
        self._known = len(self._called)
        self._attributes = Names(self._called)
        self._needed = 1 << ID | 1 << TYPE | 1 << SUBJECT | 1 << TIME
        if complete:
            for name in COMPLETING:
                self._needed |= 1 << <int> attributes.index(name)
        types = [type_ for type_ in types if len(type_.fields) <= MOST_FIELDS]
        self._types = [Type(type_, []) for type_ in types]
        self._names = Names([(name, n) for n, type_ in enumerate(types) for name in type_.names])
        self._texts = Texts()
        self._day = 0
        memcpy(self._date, <char*> b"1970-01-01", 10)

    def pass_over(self, event, name, *, of_data):
        """From now on fields, or attributes, of this name are counted."""
        cdef Type type_
        if not can_be_sent([name]):
            return
        if of_data:
            for number, type_ in enumerate(self._types):
                if type_.name == event and type_.count < MOST_FIELDS and type_.spellings.number_of(name) < 0:
                    self._types[number] = Type(type_.told, [*type_.passed_over, name])
        elif len(self._called) < self._known + MOST_PASSED_OVER and self._attributes.number_of(name) < 0:
            self._called.append((name, PASSED_OVER))
            self._attributes = Names(self._called)

    def scan(self, line, arrived, ignored):
        """The event of a line, or None."""
        return self._scan(line, arrived, ignored)

    def scan_all(self, lines, arrived, ignored, Py_ssize_t limit, otherwise):
        """The event of each line, or what `otherwise` makes of it."""
        cdef list events = []
        if arrived is None:
            for line in lines:
                event = self._scan(line, None, ignored) if len(line) <= limit else None
                events.append(otherwise(line, None) if event is None else event)
        else:
            for line, at in zip(lines, arrived, strict=True):
                event = self._scan(line, at, ignored) if len(line) <= limit else None
                events.append(otherwise(line, at) if event is None else event)
        return events

    cdef _scan(self, line, arrived, ignored):
        cdef PyObject* values[MOST_FIELDS]
        cdef int count = 0
        cdef int number
        if not PyBytes_CheckExact(line):
            return None
        try:
            return self._event(line, arrived, ignored, values, &count)
        except (OverflowError, UnicodeDecodeError):
            return None
        finally:
            for number in range(count):
                Py_XDECREF(values[number])

    cdef _event(self, line, arrived, ignored, PyObject** values, int* count):
        cdef Place at = <Place> PyBytes_AS_STRING(line)
        cdef Place end = at + PyBytes_GET_SIZE(line)
        cdef unsigned int seen = 0
        cdef int which = 0
        cdef int* expected = &self._first
        cdef Text text, identity, subject, source
        cdef long long moment = 0, stated = 0
        cdef Type type_ = None
        cdef bint told = arrived is not None
        cdef long long latest = _LATEST
        cdef int what
        cdef list passed_over = None
        if told:
            if type(arrived) is not int:
                return None
            latest = arrived
        at = _blanks(at)
        if at[0] != b"{":
            return None
        at = _blanks(at + 1)
        while True:
            at = self._attributes.key(at, end, expected[0], &which)
            if at == NULL or seen >> which & 1:
                return None
            seen |= 1 << which
            expected[0] = which
            expected = &self._next[which]
            what = self._attributes.all[which].what
            if what == DATA:
                if type_ is None:
                    return None
                at = self._data(type_, at, end, values)
            elif what == PASSED_OVER:
                at = _anything(at)
            else:
                at = _text(at, &text)
                if at == NULL:
                    return None
                if what == ID:
                    identity = text
                elif what == SUBJECT:
                    subject = text
                elif what == SOURCE:
                    source = text
                elif what == TIME:
                    if not self._moment(&text, &moment):
                        return None
                elif what == ARRIVED:
                    if not (text.plain if told else self._moment(&text, &stated)):
                        return None
                elif what == TYPE:
                    which = self._names.find(text.start, text.size)
                    if which < 0:
                        return None
                    type_ = <Type> self._types[self._names.all[which].what]
                    for which in range(type_.count):
                        values[which] = NULL
                    count[0] = type_.count
                elif what == SPECVERSION:
                    if text.size != 3 or memcmp(text.start, b"1.0", 3) != 0:
                        return None
                elif not text.plain:
                    return None
            if at == NULL:
                return None
            at = _blanks(at)
            if at[0] != b",":
                break
            at = _blanks(at + 1)
        if at[0] != b"}" or _blanks(at + 1) != end or seen & self._needed != self._needed:
            return None

        for which in range(type_.required):
            if values[which] == NULL:
                return None
        if told and moment > latest:
            return None
        if type_.count > type_.known or seen >> self._known:
            passed_over = self._passed_over(type_, seen, values)
            for counted in passed_over:
                if counted not in ignored:
                    return None
        customer, id = _name(&subject), _name(&identity)
        origin = _NO_SOURCE
        if seen >> SOURCE & 1:
            origin = self._texts.of(&source) if 0 < source.size <= LONGEST_KEPT else _name_within(&source)
        if customer is None or id is None or origin is None:
            return None
        time = PyLong_FromLongLong(moment)
        if not told:
            arrived = PyLong_FromLongLong(stated) if seen >> ARRIVED & 1 else time
        event = _Event(type_.name, customer, time, arrived, origin, id, _fields(type_, values))
        if passed_over is not None:
            for counted in passed_over:
                ignored[counted] += 1
        return event

    cdef list _passed_over(self, Type type_, unsigned int seen, PyObject** values):
        """What is to be counted: types of event, and names."""
        cdef int number
        found = [<object> type_.fields[number].name for number in range(type_.known, type_.count) if values[number] != NULL]
        for number in range(self._known, len(self._called)):
            if seen >> number & 1:
                found.append((type_.name, self._called[number][0]))
        return found

    cdef Place _data(self, Type type_, Place at, Place end, PyObject** values) except? NULL:
        """The fields of an event: their values, NULL where nothing was sent."""
        cdef int* expected = &type_.first
        cdef int which = 0
        cdef int number
        cdef FieldTo* to
        if at[0] != b"{":
            return NULL
        at = _blanks(at + 1)
        if at[0] == b"}":
            return at + 1
        while True:
            at = type_.spellings.key(at, end, expected[0], &which)
            if at == NULL:
                return NULL
            number = type_.spellings.all[which].what
            if values[number] != NULL:
                return NULL
            to = &type_.fields[number]
            expected[0] = which
            expected = &to.next
            if at[0] == b"n":
                if not to.optional or at[1] != b"u" or at[2] != b"l" or at[3] != b"l":
                    return NULL
                at += 4
                value = None if type_.keeps_null and to.form != ANYTHING else _LEFT_OUT
                Py_INCREF(<PyObject*> value)
                values[number] = <PyObject*> value
            else:
                at = self._value(to, at, &values[number])
            if at == NULL:
                return NULL
            at = _blanks(at)
            if at[0] != b",":
                break
            at = _blanks(at + 1)
        return at + 1 if at[0] == b"}" else NULL

    cdef Place _value(self, FieldTo* to, Place at, PyObject** value) except? NULL:
        """A value, as the event has it."""
        cdef Text text
        cdef long long number = 0
        cdef bint quoted = at[0] == b'"'
        cdef Place begin = at
        cdef double latitude = 0, longitude = 0
        cdef int which
        made = None
        if to.form == AMOUNT:
            at = _amount(to, at + quoted, &number)
            if at != NULL and quoted:
                at = at + 1 if at[0] == b'"' else NULL
            if at != NULL:
                made = PyLong_FromLongLong(number) if to.kept else _LEFT_OUT
            elif not quoted:
                return NULL
        elif to.form == POINT:
            at = _point(at, &latitude, &longitude)
            if at == NULL:
                return NULL
            made = (latitude, longitude)
        elif to.form == ANYTHING:
            made = _LEFT_OUT
            at = _anything(at)
            if at == NULL:
                return NULL
        elif to.form == YES_NO and not quoted:
            if at[0] == b"t" and at[1] == b"r" and at[2] == b"u" and at[3] == b"e":
                made, at = True, at + 4
            elif at[0] == b"f" and at[1] == b"a" and at[2] == b"l" and at[3] == b"s" and at[4] == b"e":
                made, at = False, at + 5
            else:
                return NULL
        if made is None:
            at = _text(begin, &text)
            if at == NULL:
                return NULL
            if to.form == TEXT:
                made = self._texts.of(&text)
            elif to.form == MOMENT:
                if not self._moment(&text, &number):
                    return NULL
                made = PyLong_FromLongLong(number)
            elif to.form == DATE and text.size == 10 and self._day_of(text.start, &number):
                made = PyLong_FromLongLong(number)
            elif to.form == CHOICE and (which := (<Names> to.spelled).find(text.start, text.size)) >= 0:
                made = <object> PyTuple_GET_ITEM(to.choices, which)
            else:
                made = _looked_up(to, &text)
                if made is None:
                    return NULL
        if not to.kept:
            made = _LEFT_OUT
        Py_INCREF(<PyObject*> made)
        value[0] = <PyObject*> made
        return at

    cdef bint _moment(self, Text* text, long long* moment) noexcept:
        """A time such as `2026-03-02T10:00:00.250+08:00`, between EARLIEST and LATEST."""
        cdef Place at = text.start
        cdef Place end = at + text.size
        cdef long long day
        cdef int hour, minute, second, fraction = 0, weight = 100, offset = 0
        if text.size < 20 or not self._day_of(at, &day):
            return False
        hour, minute, second = _two(at + 11), _two(at + 14), _two(at + 17)
        if at[10] != b"T" or at[13] != b":" or at[16] != b":" or not (
            0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60
        ):
            return False
        at += 19
        if at[0] == b".":
            at += 1
            if not _is_digit(at[0]):
                return False
            while _is_digit(at[0]):
                fraction += (at[0] - 48) * weight
                weight //= 10
                at += 1
        if at[0] == b"Z":
            at += 1
        elif at[0] == b"+" or at[0] == b"-":
            if end - at != 6 or at[3] != b":":
                return False
            offset = _two(at + 1) * 60
            if not 0 <= offset < 24 * 60 or not 0 <= _two(at + 4) < 60:
                return False
            offset += _two(at + 4)
            if at[0] == b"-":
                offset = -offset
            at += 6
        else:
            return False
        moment[0] = (((day * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000 + fraction
        return at == end and _EARLIEST <= moment[0] < _LATEST

    cdef bint _day_of(self, Place at, long long* day) noexcept:
        """The date that ten bytes are, in days since 1970."""
        cdef int year, month, of_month
        if memcmp(at, self._date, 10) != 0:
            year, month, of_month = _two(at) * 100, _two(at + 5), _two(at + 8)
            if year < 0 or _two(at + 2) < 0 or at[4] != b"-" or at[7] != b"-" or not 1 <= month <= 12:
                return False
            year += _two(at + 2)
            leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            if year < 1 or not 1 <= of_month <= _LENGTH[month] + (leap and month == 2):
                return False
            before = year - 1
            self._day = before * 365 + before // 4 - before // 100 + before // 400 - _BEFORE_1970
            self._day += _BEFORE[month] + (leap and month > 2) + of_month - 1
            memcpy(self._date, at, 10)
        day[0] = self._day
        return True


cdef inline Place _blanks(Place at) noexcept:
    """Behind white space."""
    while at[0] <= 32 and (at[0] == 32 or at[0] == 10 or at[0] == 13 or at[0] == 9):
        at += 1
    return at


cdef inline Place _text(Place at, Text* text) noexcept:
    """A text without escapes; whether it is UTF-8 is not looked at."""
    cdef unsigned char byte, high = 0
    if at[0] != b'"':
        return NULL
    at += 1
    text.start = at
    while True:
        byte = at[0]
        if byte == b'"':
            break
        if byte < 32 or byte == b"\\":
            return NULL
        high |= byte
        at += 1
    text.size = at - text.start
    text.plain = high < 128
    return at + 1


cdef inline unsigned int _hash(Place at, Py_ssize_t size) noexcept:
    cdef unsigned int mixed = <unsigned int> size
    cdef Py_ssize_t number
    for number in range(size):
        mixed = (mixed ^ at[number]) * 16_777_619
    return mixed ^ mixed >> 15


cdef inline str _text_of(Text* text):
    """UnicodeDecodeError where it is not UTF-8."""
    if not text.plain:
        return PyUnicode_DecodeUTF8(<const char*> text.start, text.size, NULL)
    made = PyUnicode_New(text.size, 127)
    memcpy(PyUnicode_1BYTE_DATA(<PyObject*> made), text.start, text.size)
    return made


cdef inline str _name_within(Text* text):
    """A name that is neither empty nor too long, or None."""
    if text.size == 0 or (text.plain and text.size > _LONGEST_NAME):
        return None
    made = _text_of(text)
    return made if text.plain or len(made) <= _LONGEST_NAME else None


cdef inline str _name(Text* text):
    """A name of that kind that is not blank, or None."""
    made = _name_within(text)
    # No white space of ASCII but a blank may stand in a text.
    if made is not None and (text.start[0] == 32 or not text.plain) and made.isspace():
        return None
    return made


cdef inline dict _fields(Type type_, PyObject** values):
    """What has been sent, and is not left out."""
    cdef dict fields = {}
    cdef int number
    for number in range(type_.count):
        if values[number] != NULL and values[number] != <PyObject*> _LEFT_OUT:
            PyDict_SetItem(<PyObject*> fields, type_.fields[number].name, values[number])
    return fields


cdef _looked_up(FieldTo* to, Text* text):
    """What has been read of such a text before, or None."""
    cdef PyObject* known
    if to.known == NULL:
        return None
    made = _text_of(text)
    known = PyDict_GetItemWithError(to.known, <PyObject*> made)
    return None if known == NULL else <object> known


cdef inline bint _is_digit(unsigned char byte) noexcept:
    return 48 <= byte <= 57


cdef inline int _two(Place at) noexcept:
    """The number that two digits are; something below zero if they are none."""
    return (at[0] - 48) * 10 + at[1] - 48 if _is_digit(at[0]) and _is_digit(at[1]) else -10_000


cdef inline Place _amount(FieldTo* to, Place at, long long* value) noexcept:
    """A number without exponent, brought to the grid.

    Its decimals are no more than the grid has. A number of JSON does not begin with a zero that says nothing; a text
    that does is left to those who read more slowly.
    """
    cdef bint negative = at[0] == b"-"
    cdef Place begin
    cdef int digits, decimals = 0
    at += negative
    begin = at
    value[0] = 0
    while _is_digit(at[0]):
        value[0] = value[0] * 10 + at[0] - 48
        at += 1
        if at - begin > 12:
            return NULL
    digits = at - begin
    if digits == 0 or (digits > 1 and begin[0] == b"0"):
        return NULL
    if negative:
        value[0] = -value[0]
    if at[0] != b".":
        if not to.low < value[0] < _NUMBER_LIMIT:
            return NULL
        value[0] *= to.grid
        return at
    if digits >= 12 or (negative and to.low == -1):
        return NULL
    at += 1
    while _is_digit(at[0]):
        decimals += 1
        if decimals > to.places:
            return NULL
        value[0] = value[0] * 10 + (-(at[0] - 48) if negative else at[0] - 48)
        at += 1
    if decimals == 0:
        return NULL
    for digits in range(to.places - decimals):
        value[0] *= 10
    return at


cdef Place _anything(Place at) except? NULL:
    """A value that is passed over: a text, true, false, null, or a number without exponent."""
    cdef Text text
    cdef Place begin
    if at[0] == b'"':
        at = _text(at, &text)
        if at != NULL and not text.plain:
            _text_of(&text)
        return at
    if at[0] == b"t" and at[1] == b"r" and at[2] == b"u" and at[3] == b"e":
        return at + 4
    if at[0] == b"f" and at[1] == b"a" and at[2] == b"l" and at[3] == b"s" and at[4] == b"e":
        return at + 5
    if at[0] == b"n" and at[1] == b"u" and at[2] == b"l" and at[3] == b"l":
        return at + 4
    at += at[0] == b"-"
    begin = at
    while _is_digit(at[0]) and at - begin < LONGEST_NUMBER:
        at += 1
    if at == begin or (begin[0] == b"0" and at - begin > 1):
        return NULL
    if at[0] != b".":
        return at
    begin = at + 1
    at = begin
    while _is_digit(at[0]):
        at += 1
    return at if at > begin else NULL


cdef Place _point(Place at, double* latitude, double* longitude) except? NULL:
    """An object of degrees, in either order."""
    cdef bint has_latitude = False, has_longitude = False
    if at[0] != b"{":
        return NULL
    while True:
        at = _blanks(at + 1)
        if at[0] != b'"' or at[1] != b"l":
            return NULL
        if at[2] == b"a" and at[3] == b"t" and at[4] == b'"' and not has_latitude:
            has_latitude = True
            at = _degrees(at + 5, 90.0, latitude)
        elif at[2] == b"o" and at[3] == b"n" and at[4] == b'"' and not has_longitude:
            has_longitude = True
            at = _degrees(at + 5, 180.0, longitude)
        else:
            return NULL
        if at == NULL:
            return NULL
        at = _blanks(at)
        if at[0] != b",":
            break
    return at + 1 if at[0] == b"}" and has_latitude and has_longitude else NULL


cdef Place _degrees(Place at, double most, double* degrees) except? NULL:
    """A colon, and a number without exponent, rounded as Python rounds it."""
    cdef char written[LONGEST_NUMBER + 1]
    cdef Place begin
    cdef unsigned long long digits = 0
    cdef int whole, decimals = 0
    cdef bint negative
    at = _blanks(at)
    if at[0] != b":":
        return NULL
    at = _blanks(at + 1)
    begin = at
    negative = at[0] == b"-"
    at += negative
    while _is_digit(at[0]):
        digits = digits * 10 + at[0] - 48
        at += 1
    whole = at - begin - negative
    # There is no whole number below zero that is nought, but a float is.
    if not 0 < whole <= 3 or (whole > 1 and begin[negative] == b"0") or (negative and digits == 0 and at[0] != b"."):
        return NULL
    if at[0] == b".":
        at += 1
        while _is_digit(at[0]):
            decimals += 1
            if decimals < 17:
                digits = digits * 10 + at[0] - 48
            at += 1
            if at - begin > LONGEST_NUMBER:
                return NULL
        if decimals == 0:
            return NULL
    if decimals < 17 and digits <= _WHOLE_FLOATS and FLT_EVAL_METHOD == 0:
        # Both are exact, so what the division rounds is their quotient.
        degrees[0] = <double> digits / _TENS[decimals]
        if negative:
            degrees[0] = -degrees[0]
    else:
        memcpy(written, begin, at - begin)
        written[at - begin] = 0
        degrees[0] = PyOS_string_to_double(written, NULL, NULL)
    return at if -most <= degrees[0] <= most else NULL

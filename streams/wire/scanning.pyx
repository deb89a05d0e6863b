# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, binding=True, annotation_typing=False
"""A compiled reader of lines of the usual form: see `scanning.pyi` for what it promises.

The bytes of a line are walked once, and no object is made that does not stand in the event. Functions that read give
the place behind what they have read, as those of `json_bytes.pxd` do; NULL with an exception is an error.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.string cimport memcmp
from models.borrowed cimport PyObject, PyDict_GetItemWithError, PyTuple_GET_ITEM, Py_INCREF
from streams.wire.json_bytes cimport (
    LONGEST_NUMBER, Place, PyUnicode_1BYTE_DATA, Text, anything, blanks, decimals, hash_of, point, quoted,
    text_of, whole_number, word,
)
from streams.wire.time_bytes cimport Day, day_of, moment_of

from models.events import Event
from models.types import NUMBER_LIMIT, Kind
from streams.wire.envelope import LONGEST_NAME, NO_SOURCE
from streams.wire.quick_source import Form
from streams.wire.sent import COMPLETING, UNUSED, can_be_sent
from streams.wire.times import EARLIEST, LATEST

cdef extern from "Python.h":
    void Py_XDECREF(PyObject*)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject* text)
    int PyDict_SetItem(PyObject* known, PyObject* key, PyObject* value) except -1
    object PyLong_FromLongLong(long long value)

cdef enum:
    # Fields of a type of event; types that have more are read by others.
    MOST_FIELDS = 96
    # Names of attributes that are passed over; all attributes, for each of which there is a bit.
    MOST_PASSED_OVER = 16
    MOST_ATTRIBUTES = 32
    # How deep a value that is passed over may be nested.
    DEEPEST = 4
    # Digits before the point of an amount.
    MOST_DIGITS = 12
    # Texts that are kept, of those that come again, and how long they are at most.
    KEPT_TEXTS = 1024
    LONGEST_KEPT = 32

# The attributes of an event, in the order of their numbers; those that are known, but not used; those passed over.
cdef enum:
    SPECVERSION, ID, SOURCE, TYPE, SUBJECT, TIME, ARRIVED, DATA, NOT_USED, PASSED_OVER

# What is done to a value.
cdef enum:
    TEXT, CHOICE, DATE, MOMENT, YES_NO, AMOUNT, POINT, ANYTHING

cdef dict _FORMS = {
    Form.TEXT: TEXT, Form.TEXTS: TEXT, Form.MOMENT: MOMENT, Form.YES_NO: YES_NO, Form.AMOUNT: AMOUNT, Form.POINT: POINT
}
cdef long long _EARLIEST = EARLIEST
cdef long long _LATEST = LATEST
# Amounts have few digits, so that they are smaller.
assert 10**MOST_DIGITS <= NUMBER_LIMIT
cdef Py_ssize_t _LONGEST_NAME = LONGEST_NAME
cdef object _Event = Event
cdef str _NO_SOURCE = NO_SOURCE
#: Stands for a value that has been checked, and is not in the event.
cdef object _LEFT_OUT = object()


cdef struct Name:
    Place text
    Py_ssize_t size
    # What it names.
    int what


# What is said about an event besides its data.
cdef struct Said:
    # The attributes that were there: a bit for each.
    unsigned int seen
    Text id
    Text subject
    Text source
    long long time
    long long arrived


# A field of a type of event, as it is sent. Its objects are kept alive by the type.
cdef struct SentField:
    PyObject* name
    # A dict of what has been read of texts; Names of choices, and the choices.
    PyObject* known
    PyObject* spelled
    PyObject* choices
    # Of an amount: whether it may be negative, and the decimals of its grid.
    bint negative
    int places
    int form
    bint optional
    bint kept
    # The spelling that came after it last.
    int next


@cython.final
cdef class Names:
    """Names of things that have numbers."""

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
        while self._mask < 2 * <unsigned int> self.count:
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
            at = hash_of(self.all[number].text, self.all[number].size) & self._mask
            while self._slots[at] >= 0:
                at = (at + 1) & self._mask
            self._slots[at] = number

    def __dealloc__(self):
        PyMem_Free(self.all)
        PyMem_Free(self._slots)

    cdef inline int find(self, Place text, Py_ssize_t size) noexcept:
        """The number of the name, or -1."""
        cdef unsigned int at = hash_of(text, size) & self._mask
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
            at = quoted(at, &text)
            if at == NULL:
                return NULL
            found[0] = self.find(text.start, text.size)
            if found[0] < 0:
                return NULL
        at = blanks(at)
        return blanks(at + 1) if at[0] == b":" else NULL


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
            return text_of(text)
        number = hash_of(text.start, text.size) % KEPT_TEXTS
        kept = <PyObject*> self._kept[number]
        if PyUnicode_GET_LENGTH(kept) == text.size and memcmp(PyUnicode_1BYTE_DATA(kept), text.start, text.size) == 0:
            return <str> kept
        made = text_of(text)
        self._kept[number] = made
        return made


@cython.final
cdef class Type:
    """A type of event, and its fields: first those that are required, last those that are passed over."""

    cdef str name
    cdef Names spellings
    cdef SentField* fields
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
        cdef SentField* sent
        fields = sorted(told.fields, key=lambda field: not field.required)
        self.name, self.keeps_null = told.name, told.keeps_null
        self.told, self.passed_over, self._kept = told, passed_over, []
        self.required, self.known = sum(field.required for field in fields), len(fields)
        self.count = self.known + len(passed_over)
        spelled = [(name, n) for n, field in enumerate(fields) for name in field.attributes.values()]
        self.spellings = Names(spelled + list(zip(passed_over, range(self.known, self.count))))
        self.fields = <SentField*> PyMem_Malloc(max(self.count, 1) * sizeof(SentField))
        if self.fields == NULL:
            raise MemoryError
        for number, field in enumerate(fields):
            sent = &self.fields[number]
            name, choices, known = field.name, field.choices, told.known.get(field.name)
            of_choices = Names(list(zip(choices, range(len(choices)))))
            self._kept += (name, choices, known, of_choices)
            sent.name, sent.choices, sent.spelled = <PyObject*> name, <PyObject*> choices, <PyObject*> of_choices
            sent.known = NULL if known is None else <PyObject*> known
            sent.negative, sent.places = field.low < -1, len(str(field.grid)) - 1
            if field.form is Form.LOOKED_UP:
                sent.form = DATE if told.kinds[field.name] is Kind.DATE else CHOICE
            else:
                sent.form = _FORMS[field.form]
            sent.optional, sent.kept, sent.next = not field.required, field.kept, 0
        for number, name in enumerate(passed_over, self.known):
            sent = &self.fields[number]
            counted = (told.name, name)
            self._kept.append(counted)
            sent.name, sent.form, sent.optional, sent.kept, sent.next = <PyObject*> counted, ANYTHING, True, False, 0

    def __dealloc__(self):
        PyMem_Free(self.fields)


@cython.final
cdef class Scanner:
    """Reads lines of the usual form: see `scanning.pyi`."""

    cdef Names _attributes
    # Their names and what they are. Those that are passed over come behind those that are known.
    cdef list _called
    cdef int _known
    # The attribute that came after each one last; with which an event began last.
    cdef int[MOST_ATTRIBUTES] _next
    cdef int _first
    # Attributes that may not be missing: a bit for each.
    cdef unsigned int _needed
    # The types of events, and their names on the wire.
    cdef list _types
    cdef Names _names
    cdef Texts _texts
    cdef Day _day

    def __init__(self, types, *, bint complete):
        attributes = ["specversion", "id", "source", "type", "subject", "time", "arrived", "data"]
        self._called = list(zip(attributes, range(NOT_USED))) + [(name, NOT_USED) for name in UNUSED]
        self._known = len(self._called)
        assert self._known + MOST_PASSED_OVER <= MOST_ATTRIBUTES
        self._attributes = Names(self._called)
        self._needed = 1 << ID | 1 << TYPE | 1 << SUBJECT | 1 << TIME
        if complete:
            for name in COMPLETING:
                self._needed |= 1 << <int> attributes.index(name)
        types = [type_ for type_ in types if len(type_.fields) <= MOST_FIELDS]
        self._types = [Type(type_, []) for type_ in types]
        self._names = Names([(name, n) for n, type_ in enumerate(types) for name in type_.names])
        self._texts = Texts()

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
        cdef Said said
        cdef Type type_
        cdef bint told = arrived is not None
        cdef long long latest = 0
        cdef int number
        cdef list passed_over = None
        said.seen = 0
        if told:
            if type(arrived) is not int:
                return None
            latest = arrived
        type_ = self._walk(line, &said, told, values, count)
        if type_ is None or said.seen & self._needed != self._needed or (told and said.time > latest):
            return None
        for number in range(type_.required):
            if values[number] == NULL:
                return None
        if type_.count > type_.known or said.seen >> self._known:
            passed_over = self._passed_over(type_, said.seen, values)
            for counted in passed_over:
                if counted not in ignored:
                    return None
        customer, id, source = _name(&said.subject), _name(&said.id), _NO_SOURCE
        if said.seen >> SOURCE & 1:
            source = self._source(&said.source)
        if customer is None or id is None or source is None:
            return None
        time = PyLong_FromLongLong(said.time)
        if not told:
            arrived = PyLong_FromLongLong(said.arrived) if said.seen >> ARRIVED & 1 else time
        event = _Event(type_.name, customer, time, arrived, source, id, _fields(type_, values))
        if passed_over is not None:
            for counted in passed_over:
                ignored[counted] += 1
        return event

    cdef Type _walk(self, line, Said* said, bint told, PyObject** values, int* count):
        """The type of an event, when all of its line has been read."""
        cdef Place at = <Place> PyBytes_AS_STRING(line)
        cdef Place end = at + PyBytes_GET_SIZE(line)
        cdef int* expected = &self._first
        cdef int which = 0, what, number
        cdef Text text
        cdef Type type_ = None
        at = blanks(at)
        if at[0] != b"{":
            return None
        at = blanks(at + 1)
        while True:
            at = self._attributes.key(at, end, expected[0], &which)
            if at == NULL or said.seen >> which & 1:
                return None
            said.seen |= 1 << which
            expected[0] = which
            expected = &self._next[which]
            what = self._attributes.all[which].what
            if what == DATA:
                # What is sent before its type is not understood.
                at = self._data(type_, at, end, values) if type_ is not None else NULL
            elif what == PASSED_OVER:
                at = anything(at, DEEPEST)
            else:
                at = quoted(at, &text)
                if at == NULL or not self._attribute(what, &text, said, told):
                    return None
                if what == TYPE:
                    number = self._names.find(text.start, text.size)
                    if number < 0:
                        return None
                    type_ = <Type> self._types[self._names.all[number].what]
                    for number in range(type_.count):
                        values[number] = NULL
                    count[0] = type_.count
            if at == NULL:
                return None
            at = blanks(at)
            if at[0] != b",":
                break
            at = blanks(at + 1)
        return type_ if at[0] == b"}" and blanks(at + 1) == end else None

    cdef bint _attribute(self, int what, Text* text, Said* said, bint told) noexcept:
        """Whether the text of an attribute is of the usual form."""
        if what == ID:
            said.id = text[0]
        elif what == SUBJECT:
            said.subject = text[0]
        elif what == SOURCE:
            said.source = text[0]
        elif what == TIME:
            return self._moment(text, &said.time)
        elif what == ARRIVED and not told:
            return self._moment(text, &said.arrived)
        elif what == SPECVERSION:
            return text.size == 3 and memcmp(text.start, b"1.0", 3) == 0
        elif what != TYPE:
            # Nobody makes a text of it, which would find out whether it is UTF-8.
            return text.plain
        return True

    cdef str _source(self, Text* text):
        return self._texts.of(text) if 0 < text.size <= LONGEST_KEPT else _name_within(text)

    cdef list _passed_over(self, Type type_, unsigned int seen, PyObject** values):
        """What is to be counted: types of event, and names."""
        cdef int number
        found = []
        for number in range(type_.known, type_.count):
            if values[number] != NULL:
                found.append(<object> type_.fields[number].name)
        for number in range(self._known, len(self._called)):
            if seen >> number & 1:
                found.append((type_.name, self._called[number][0]))
        return found

    cdef Place _data(self, Type type_, Place at, Place end, PyObject** values) except? NULL:
        """The fields of an event: their values, NULL where nothing was sent."""
        cdef int* expected = &type_.first
        cdef int which = 0
        cdef int number
        cdef SentField* field
        if at[0] != b"{":
            return NULL
        at = blanks(at + 1)
        if at[0] == b"}":
            return at + 1
        while True:
            at = type_.spellings.key(at, end, expected[0], &which)
            if at == NULL:
                return NULL
            number = type_.spellings.all[which].what
            if values[number] != NULL:
                return NULL
            field = &type_.fields[number]
            expected[0] = which
            expected = &field.next
            if at[0] == b"n":
                at = word(at, b"null")
                if at == NULL or not field.optional:
                    return NULL
                value = None if type_.keeps_null and field.form != ANYTHING else _LEFT_OUT
                Py_INCREF(<PyObject*> value)
                values[number] = <PyObject*> value
            else:
                at = self._value(field, at, &values[number])
            if at == NULL:
                return NULL
            at = blanks(at)
            if at[0] != b",":
                break
            at = blanks(at + 1)
        return at + 1 if at[0] == b"}" else NULL

    cdef Place _value(self, SentField* field, Place at, PyObject** value) except? NULL:
        """A value, as the event has it."""
        cdef Text text
        cdef long long number = 0
        cdef bint is_text = at[0] == b'"'
        cdef Place begin = at
        cdef double latitude = 0, longitude = 0
        cdef int which
        made = None
        if field.form == AMOUNT:
            at = _amount(field, at + is_text, &number)
            if at != NULL and is_text:
                at = at + 1 if at[0] == b'"' else NULL
            if at != NULL:
                made = PyLong_FromLongLong(number) if field.kept else _LEFT_OUT
            elif not is_text:
                return NULL
        elif field.form == POINT:
            at = point(at, &latitude, &longitude)
            if at == NULL:
                return NULL
            made = (latitude, longitude)
        elif field.form == ANYTHING:
            made = _LEFT_OUT
            at = anything(at, DEEPEST)
            if at == NULL:
                return NULL
        elif field.form == YES_NO and not is_text:
            made = at[0] == b"t"
            at = word(at, b"true" if at[0] == b"t" else b"false")
            if at == NULL:
                return NULL
        if made is None:
            at = quoted(begin, &text)
            if at == NULL:
                return NULL
            if field.form == TEXT:
                made = self._texts.of(&text)
            elif field.form == MOMENT:
                if not self._moment(&text, &number):
                    return NULL
                made = PyLong_FromLongLong(number)
            elif field.form == DATE and day_of(text.start, text.size, &self._day, &number):
                made = PyLong_FromLongLong(number)
            elif field.form == CHOICE and (which := (<Names> field.spelled).find(text.start, text.size)) >= 0:
                made = <object> PyTuple_GET_ITEM(field.choices, which)
            else:
                made = _looked_up(field, &text)
                if made is None:
                    return NULL
        if not field.kept:
            made = _LEFT_OUT
        Py_INCREF(<PyObject*> made)
        value[0] = <PyObject*> made
        return at

    cdef bint _moment(self, Text* text, long long* moment) noexcept:
        return moment_of(text.start, text.size, &self._day, moment) and _EARLIEST <= moment[0] < _LATEST


cdef inline str _name_within(Text* text):
    """A name that is neither empty nor too long, or None."""
    if text.size == 0 or (text.plain and text.size > _LONGEST_NAME):
        return None
    made = text_of(text)
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


cdef _looked_up(SentField* field, Text* text):
    """What has been read of such a text before, or None."""
    cdef PyObject* known
    if field.known == NULL:
        return None
    made = text_of(text)
    known = PyDict_GetItemWithError(field.known, <PyObject*> made)
    return None if known == NULL else <object> known


cdef inline Place _amount(SentField* field, Place at, long long* value) noexcept:
    """A number without exponent, brought to the grid; what decimals it has more are nought."""
    cdef bint negative = at[0] == b"-"
    cdef Place begin = at + negative
    cdef int places = field.places
    at = whole_number(begin)
    if at == NULL or at - begin > MOST_DIGITS:
        return NULL
    value[0] = 0
    while begin < at:
        value[0] = value[0] * 10 + begin[0] - 48
        begin += 1
    if at[0] == b".":
        begin = at + 1
        at = decimals(begin)
        if at == NULL or at - begin > LONGEST_NUMBER:
            return NULL
        while begin < at:
            if places:
                value[0] = value[0] * 10 + begin[0] - 48
                places -= 1
            elif begin[0] != b"0":
                return NULL
            begin += 1
    while places:
        value[0] *= 10
        places -= 1
    if negative:
        # Of what is never below nothing, -0 is left to others.
        value[0] = -value[0]
        return at if field.negative else NULL
    return at

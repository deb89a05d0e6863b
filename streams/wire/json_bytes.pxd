"""Parts of JSON, read from bytes: for compiled code that walks a line.

Each function gives the place behind what it has read, or NULL where that is not of the usual form.

Bytes of Python end with a zero that does not belong to them, and JSON has a zero nowhere: whoever looks at one byte
after the other, and stops at what it does not expect, never looks beyond it. So no function is told where a line ends.
"""

from libc.string cimport memcmp, memcpy
from models.borrowed cimport PyObject

cdef extern from "Python.h":
    str PyUnicode_New(Py_ssize_t size, Py_UCS4 greatest)
    unsigned char* PyUnicode_1BYTE_DATA(PyObject* text)
    str PyUnicode_DecodeUTF8(const char* text, Py_ssize_t size, const char* errors)
    double PyOS_string_to_double(const char* text, char** end, PyObject* overflow) except? -1.0

cdef extern from *:
    """
    #include <float.h>
    #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
    #define DIVISION_ROUNDS_ONCE 1
    #else
    #define DIVISION_ROUNDS_ONCE 0
    #endif
    /* The powers of ten by which decimals are divided: floats, exactly. */
    static const double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
        1e14, 1e15, 1e16};
    /* Up to this all whole numbers are. */
    #define LARGEST_EXACT (1ULL << 53)
    """
    const bint DIVISION_ROUNDS_ONCE
    const unsigned long long LARGEST_EXACT
    const double* powers_of_ten

ctypedef const unsigned char* Place

cdef enum:
    # Bytes of a number that is read with all its digits; decimals that are summed up.
    LONGEST_NUMBER = 40
    MOST_DECIMALS = 16
    # Keys of an object that nobody reads.
    MOST_KEYS = 16


cdef struct Text:
    Place start
    Py_ssize_t size
    # Whether it is ASCII.
    bint plain


cdef inline Place blanks(Place at) noexcept:
    """Behind white space."""
    while at[0] <= 32 and (at[0] == 32 or at[0] == 10 or at[0] == 13 or at[0] == 9):
        at += 1
    return at


cdef inline Place word(Place at, const char* expected) noexcept:
    """Behind a word such as `true`."""
    while expected[0]:
        if at[0] != expected[0]:
            return NULL
        at += 1
        expected += 1
    return at


cdef inline bint is_digit(unsigned char byte) noexcept:
    return 48 <= byte <= 57


cdef inline Place quoted(Place at, Text* text) noexcept:
    """A text without escapes; whether it is UTF-8 is found out by `text_of`."""
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


cdef inline unsigned int hash_of(Place at, Py_ssize_t size) noexcept:
    cdef unsigned int mixed = <unsigned int> size
    cdef Py_ssize_t number
    for number in range(size):
        mixed = (mixed ^ at[number]) * 16_777_619
    return mixed ^ mixed >> 15


cdef inline str text_of(Text* text):
    """UnicodeDecodeError where it is not UTF-8."""
    if not text.plain:
        return PyUnicode_DecodeUTF8(<const char*> text.start, text.size, NULL)
    made = PyUnicode_New(text.size, 127)
    memcpy(PyUnicode_1BYTE_DATA(<PyObject*> made), text.start, text.size)
    return made


cdef inline Place whole_number(Place at) noexcept:
    """Digits, which begin with nought only where it is the only one."""
    cdef Place begin = at
    while is_digit(at[0]):
        at += 1
    return at if at - begin == 1 or (at > begin and begin[0] != b"0") else NULL


cdef inline Place decimals(Place at) noexcept:
    """Digits, one at least."""
    cdef Place begin = at
    while is_digit(at[0]):
        at += 1
    return at if at > begin else NULL


cdef inline Place anything(Place at, int depth) except? NULL:
    """A value that nobody reads; objects and lists are nested no deeper than this."""
    cdef Text text
    cdef Place begin = at
    if at[0] == b'"':
        at = quoted(at, &text)
        if at != NULL and not text.plain:
            text_of(&text)
        return at
    if at[0] == b"t":
        return word(at, b"true")
    if at[0] == b"f":
        return word(at, b"false")
    if at[0] == b"n":
        return word(at, b"null")
    if at[0] == b"{" or at[0] == b"[":
        return _members(at, depth - 1) if depth > 0 else NULL
    at = whole_number(at + (at[0] == b"-"))
    # Whole numbers of hundreds of digits are refused by others.
    if at == NULL or at - begin > LONGEST_NUMBER:
        return NULL
    return decimals(at + 1) if at[0] == b"." else at


cdef inline Place _members(Place at, int depth) except? NULL:
    """An object or a list that nobody reads; no key of an object stands twice."""
    cdef Text keys[MOST_KEYS]
    cdef bint of_object = at[0] == b"{"
    cdef unsigned char end = b"}" if of_object else b"]"
    cdef int count = 0, number
    at = blanks(at + 1)
    if at[0] == end:
        return at + 1
    while True:
        if of_object:
            if count == MOST_KEYS:
                return NULL
            at = quoted(at, &keys[count])
            if at == NULL or not keys[count].plain:
                return NULL
            for number in range(count):
                if keys[number].size == keys[count].size and (
                    memcmp(keys[number].start, keys[count].start, keys[count].size) == 0
                ):
                    return NULL
            count += 1
            at = blanks(at)
            if at[0] != b":":
                return NULL
            at = blanks(at + 1)
        at = anything(at, depth)
        if at == NULL:
            return NULL
        at = blanks(at)
        if at[0] != b",":
            return at + 1 if at[0] == end else NULL
        at = blanks(at + 1)


cdef inline Place degrees(Place at, double most, double* value) except? NULL:
    """A number without exponent, no larger than this in size, rounded to a float as Python does."""
    cdef char written[LONGEST_NUMBER + 1]
    cdef Place begin = at, point, digit
    cdef bint negative = at[0] == b"-"
    cdef unsigned long long digits = 0
    cdef Py_ssize_t places = 0
    point = at = whole_number(at + negative)
    # Three digits, and the sign.
    if at == NULL or at - begin > 4:
        return NULL
    if at[0] == b".":
        at = decimals(at + 1)
        if at == NULL or at - begin > LONGEST_NUMBER:
            return NULL
        places = at - point - 1
    elif negative and begin[1] == b"0":
        # There is no whole number -0, but a float.
        return NULL
    if places <= MOST_DECIMALS:
        digit = begin + negative
        while digit < at:
            if digit != point:
                digits = digits * 10 + digit[0] - 48
            digit += 1
    if places <= MOST_DECIMALS and digits <= LARGEST_EXACT and DIVISION_ROUNDS_ONCE:
        # Both are floats exactly, so only their quotient is rounded.
        value[0] = <double> digits / powers_of_ten[places]
        if negative:
            value[0] = -value[0]
    else:
        memcpy(written, begin, at - begin)
        written[at - begin] = 0
        value[0] = PyOS_string_to_double(written, NULL, NULL)
    return at if -most <= value[0] <= most else NULL


cdef inline Place point(Place at, double* latitude, double* longitude) except? NULL:
    """An object of degrees, in either order."""
    cdef bint has_latitude = False, has_longitude = False
    cdef Place name
    if at[0] != b"{":
        return NULL
    while True:
        name = blanks(at + 1)
        at = word(name, b'"lat"')
        if at == NULL:
            at = word(name, b'"lon"')
        if at == NULL:
            return NULL
        at = blanks(at)
        if at[0] != b":":
            return NULL
        at = blanks(at + 1)
        if name[2] == b"a" and not has_latitude:
            has_latitude = True
            at = degrees(at, 90.0, latitude)
        elif name[2] == b"o" and not has_longitude:
            has_longitude = True
            at = degrees(at, 180.0, longitude)
        else:
            return NULL
        if at == NULL:
            return NULL
        at = blanks(at)
        if at[0] != b",":
            break
    return at + 1 if at[0] == b"}" and has_latitude and has_longitude else NULL

"""Times and dates, read from bytes: for compiled code that walks a line.

What is true of `streams.wire.json_bytes` is true of these: the bytes end with one that is no digit.
"""

from libc.string cimport memcmp, memcpy
from streams.wire.json_bytes cimport Place, is_digit

cdef extern from *:
    """
    static const int days_before[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    static const int days_in[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    """
    # Of a year that is no leap year: the days before a month, and those in it. January is 1.
    const int* days_before
    const int* days_in

cdef enum:
    # Bytes of a date; of a time without fraction and offset.
    DATE_SIZE = 10
    SECOND_SIZE = 19
    # Days of the years 1 to 1969.
    BEFORE_1970 = 719_162


# A date that was read, in days since 1970; at first there is none.
cdef struct Day:
    unsigned char[DATE_SIZE] text
    int day


cdef inline int two_digits(Place at) noexcept:
    """The number that they are; something far below zero where they are none."""
    return (at[0] - 48) * 10 + at[1] - 48 if is_digit(at[0]) and is_digit(at[1]) else -10_000


cdef inline bint day_of(Place at, Py_ssize_t size, Day* last, long long* day) noexcept:
    """Whether this is a date such as `2026-03-02`, of the years 1 to 9999; most are the one that was read `last`."""
    cdef int year, month, of_month, before
    cdef bint leap
    if size != DATE_SIZE:
        return False
    if memcmp(at, last.text, DATE_SIZE) != 0:
        year, month, of_month = two_digits(at) * 100 + two_digits(at + 2), two_digits(at + 5), two_digits(at + 8)
        if year < 1 or not 1 <= month <= 12 or at[4] != b"-" or at[7] != b"-":
            return False
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if not 1 <= of_month <= days_in[month] + (leap and month == 2):
            return False
        before = year - 1
        last.day = before * 365 + before // 4 - before // 100 + before // 400 - BEFORE_1970
        last.day += days_before[month] + (leap and month > 2) + of_month - 1
        memcpy(last.text, at, DATE_SIZE)
    day[0] = last.day
    return True


cdef inline bint moment_of(Place at, Py_ssize_t size, Day* last, long long* moment) noexcept:
    """Whether this is a time such as `2026-03-02T10:00:00.250+08:00`: then its moment, in milliseconds since 1970."""
    cdef Place end = at + size
    cdef long long day = 0
    cdef int hour, minute, second, offset = 0, fraction = 0, weight = 100
    if size <= SECOND_SIZE or not day_of(at, DATE_SIZE, last, &day):
        return False
    hour, minute, second = two_digits(at + 11), two_digits(at + 14), two_digits(at + 17)
    if at[10] != b"T" or at[13] != b":" or at[16] != b":":
        return False
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return False
    at += SECOND_SIZE
    if at[0] == b".":
        at += 1
        if not is_digit(at[0]):
            return False
        # What is finer than a millisecond is cut off.
        while is_digit(at[0]):
            fraction += (at[0] - 48) * weight
            weight //= 10
            at += 1
    moment[0] = (((day * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + fraction
    if at[0] == b"Z":
        return at + 1 == end
    if end - at != 6 or (at[0] != b"+" and at[0] != b"-") or at[3] != b":":
        return False
    hour, minute = two_digits(at + 1), two_digits(at + 4)
    if not (0 <= hour < 24 and 0 <= minute < 60):
        return False
    offset = (hour * 60 + minute) * 60_000
    moment[0] += offset if at[0] == b"-" else -offset
    return True

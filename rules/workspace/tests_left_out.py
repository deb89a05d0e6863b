"""A rule's file without its tests, which a run does not need and which are most of it."""

from __future__ import annotations

import re

from rules.language.keys import key_in
from rules.language.keywords import Language

# A key of the file begins in the first column, and everything that belongs to it does not (a list may).
_KEY = "|".join(key_in("tests", language) for language in Language).encode()
_TESTS = re.compile(rb"^(?:" + _KEY + rb"):.*(?:\r?\n(?:[ \t#-].*)?(?=\r?\n|\Z))*", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]+")


def without_tests(content: bytes | str) -> bytes | str:
    """The content with the lines of `tests:` (in any language) left empty: all other lines keep their numbers."""
    if isinstance(content, str):
        left = without_tests(content.encode("utf-8", "surrogatepass"))
        assert isinstance(left, bytes)
        return left.decode("utf-8", "surrogatepass")
    return _TESTS.sub(lambda match: _LINE.sub(b"", match[0]), content)

"""Tests of one text, and whether some text may pass them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.text import fold
from rules.checks.reasoning.terms import choices_of
from rules.typed import Expression


class Test(StrEnum):
    """What is asked of a text."""

    #: pytest must not take it for one of its own.
    __test__ = False

    IS = "is"
    CONTAINS = "contains"
    STARTS = "starts with"


_PASSES = {
    Test.IS: str.__eq__,
    Test.CONTAINS: str.__contains__,
    Test.STARTS: str.startswith,
}


@dataclass(frozen=True, slots=True)
class TextTest:
    """`of` is, contains or starts with `text` (folded), or does not if not `wanted`."""

    of: Expression
    test: Test
    text: str
    wanted: bool

    def passed_by(self, text: str) -> bool:
        """Whether a folded text passes."""
        return _PASSES[self.test](text, self.text) is self.wanted


def may_pass(of: Expression, tests: Iterable[TextTest]) -> bool:
    """Whether some value of `of` may pass all of them; False only if none can."""
    asked = list(tests)
    wanted = [test for test in asked if test.wanted]
    exact = next((test.text for test in wanted if test.test is Test.IS), None)
    if exact is not None:
        candidates: list[str] | None = [exact]
    else:
        choices = choices_of(of)
        candidates = None if choices is None else [fold(choice) for choice in choices]
    if candidates is not None:
        return any(all(test.passed_by(text) for test in asked) for text in candidates)
    beginnings = [test.text for test in wanted if test.test is Test.STARTS]
    longest = max(beginnings, key=len, default="")
    if not all(longest.startswith(beginning) for beginning in beginnings):
        return False
    pieces = [*beginnings, *(test.text for test in wanted if test.test is Test.CONTAINS), ""]
    return not any(_shut_out(test, longest, pieces) for test in asked if not test.wanted)


def _shut_out(refused: TextTest, beginning: str, pieces: list[str]) -> bool:
    """Whether whatever is wanted has what is refused."""
    match refused.test:
        case Test.STARTS:
            return beginning.startswith(refused.text)
        case Test.CONTAINS:
            return any(refused.text in piece for piece in pieces)
        case Test.IS:
            return False

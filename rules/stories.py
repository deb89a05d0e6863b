"""The tests of a rule, as data: a customer, what happens to her, and what is expected of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from models.types import Fixed


class StoryEvent(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """An event of the story. `at` is milliseconds since 1970; `line` its line in the file.

    Names in `data` are canonical; for `customer changed` they are attributes, and None removes one.
    """

    at: int
    event: str
    data: Mapping[str, Fixed]
    line: int


class ExpectKind(StrEnum):
    GUIDANCE = "guidance"
    OFFER = "offer"
    GRANT = "grant"
    TASK = "task"
    NOTHING = "nothing"


class StoryExpect(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """What is expected at a moment.

    GUIDANCE may come `with_offer` (the name of the offer or grant of the same message); OFFER and GRANT have `name`,
    TASK has in `name` who gets it (a role, a person, or the attribute that names her). NOTHING may say what stopped
    the rule: `stopped_by` is a line as the rule has it, `at most` or `when`.
    """

    at: int
    kind: ExpectKind
    line: int
    name: str | None = None
    with_offer: str | None = None
    channel: str | None = None
    saying: str | None = None
    stopped_by: str | None = None
    text: str = ""


class Story(Struct, frozen=True, gc=False, array_like=True):
    """One test. `customer` are attributes, canonical and typed; `zone` is the time zone the times were read in."""

    it: str
    customer: Mapping[str, Fixed]
    lines: tuple[StoryEvent | StoryExpect, ...]
    zone: str
    #: Whether policy is applied; off unless the test says so.
    policy: bool = False
    #: Where the test stands in its file.
    line: int = 0

    def must_not_fire(self) -> bool:
        """Whether the test expects nothing at all."""
        expected = [line.kind for line in self.lines if isinstance(line, StoryExpect)]
        return all(kind is ExpectKind.NOTHING for kind in expected)

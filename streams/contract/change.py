"""A change of the contract, and where it is written."""

from __future__ import annotations

from msgspec import Struct

#: The code of a change that breaks nothing.
COMPATIBLE = "N701"
#: The code of one that breaks nobody's program, but that workers can't take over.
NO_ADDITION = "E707"
VOCABULARY, POLICY = "vocabulary.yaml", "policy.yaml"


class Change(Struct, frozen=True):
    """One change: its code of `rules.problems`, for `whom` it matters, `what` it is, and what to do (`fix`).

    `file` and `keys` say where: the keys that lead to it from the top of the file, as far as they are still there. A
    change of Beforehand itself is in no file.
    """

    code: str
    whom: str
    what: str
    fix: str | None = None
    file: str = ""
    keys: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Whether somebody's program would fail, or be misunderstood."""
        return self.code != COMPATIBLE

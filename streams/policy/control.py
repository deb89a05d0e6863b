"""Control groups: who is left out so that a rule's effect can be measured. Stable, and the same on every machine."""

from __future__ import annotations

from hashlib import blake2b

from models.types import NUMBER_GRID
from rules.typed import Control

_WHOLE = 1 << 64


def in_control(control: Control | None, kind: str, rule: str, customer: str) -> bool:
    """Whether this customer is in the control group of a rule for actions of this kind.

    BLAKE2-64 of (`control`, rule, customer) as a share of 2^64 is below the share written.
    """
    if control is None or kind not in control.kinds:
        return False
    digest = blake2b(f"control\x1f{rule}\x1f{customer}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") * NUMBER_GRID < control.share * _WHOLE

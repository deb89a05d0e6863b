"""An event as the engine reads it: decoded, typed, its values on the grid of their types."""

from __future__ import annotations

from msgspec import Struct

from models.types import Value


class Event(Struct, frozen=False, gc=False):
    """Something that happened to a customer. Times are milliseconds since 1970 (UTC).

    `type` and the keys of `data` are the vocabulary's canonical names. For `customer changed` the keys are
    attributes and `None` removes one.
    """

    type: str
    customer: str
    #: When it happened, as its producer says.
    time: int
    #: When it reached us.
    arrived: int
    source: str
    id: str
    data: dict[str, Value]

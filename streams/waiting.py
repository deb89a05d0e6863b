"""Events that wait to be taken, and events by customer: by compiled code where it has been compiled, else in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.ordering import Waiting, by_customer
else:
    try:
        from streams.ordering import Waiting, by_customer
    except ImportError:  # it has not been compiled
        from streams.plain_ordering import Waiting, by_customer

__all__ = ["Waiting", "by_customer"]

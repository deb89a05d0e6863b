"""What time it is for the broker, at least.

A worker must never believe that arrivals have come further than they have: it would fire an absence whose event is in
the log already. So its own clock, which may be wrong, plays no part. A record that was appended at B by the broker's
clock and is here at the moment m of a clock that only ever counts on shows that the broker's clock was past B at m, and
has counted on since.
"""

from __future__ import annotations

from collections import deque

#: What was heard longer ago is forgotten, in milliseconds: no two clocks run equally fast for ever.
REMEMBERED = 60_000
#: How much two clocks may come apart while something is remembered, in milliseconds.
_DRIFT = 20


class BrokerClock:
    """A lower bound of the broker's time. Moments of our own are milliseconds of a clock that only counts on."""

    def __init__(self, skew: int) -> None:
        """`skew`: by how much the clocks of several brokers may differ (ms)."""
        self._skew = skew
        #: (heard at, appended - heard at), the later the less.
        self._heard: deque[tuple[int, int]] = deque()

    def hear(self, appended: int, now: int) -> None:
        """Something that the broker appended at `appended` (ms since 1970) is here at `now`."""
        heard, ahead = self._heard, appended - now
        while heard and heard[-1][1] <= ahead:
            heard.pop()
        heard.append((now, ahead))

    def at_least(self, now: int) -> int | None:
        """The broker's time at `now`, or rather less (ms since 1970); None where nothing was heard lately."""
        heard = self._heard
        while heard and heard[0][0] < now - REMEMBERED:
            heard.popleft()
        return now + heard[0][1] - self._skew - _DRIFT if heard else None

    def latest(self, now: int) -> int | None:
        """The broker's time at `now` as well as it is known (ms since 1970): to measure by, not to decide by."""
        least = self.at_least(now)
        return None if least is None else least + self._skew + _DRIFT

    def is_known(self, now: int, young: int) -> bool:
        """Whether something was heard within the last `young` ms."""
        return bool(self._heard) and self._heard[-1][0] >= now - young

"""Pacing: a recorded day played at a multiple of its speed."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Shorter waits are saved up: the operating system can't keep them.
_LEAST = 0.02


class Pace:
    """Says how long to wait before an arrival may be read. `speed` 60 plays an hour in a minute."""

    def __init__(
        self, speed: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.speed = speed
        self._clock = clock
        self._sleep = sleep
        self._began: tuple[float, int] | None = None

    def ahead(self, arrived: int) -> float:
        """Seconds until an arrival of that moment (ms) is due; the first is due at once."""
        if self._began is None:
            self._began = (self._clock(), arrived)
        real, recorded = self._began
        return real + (arrived - recorded) / 1000 / self.speed - self._clock()

    def must_wait(self, arrived: int) -> bool:
        """Whether it is worth waiting."""
        return self.ahead(arrived) >= _LEAST

    def wait(self, arrived: int) -> None:
        """Wait until the arrival is due."""
        self._sleep(max(0.0, self.ahead(arrived)))

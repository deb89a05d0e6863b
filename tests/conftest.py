"""What all tests share: how hard Hypothesis tries, and that commands keep nothing in the folder of whoever runs them.

`short` is for every run; `make test-long` chooses `long`. No deadline: machines are slow at times, laws are not.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

MAY_BE_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("short", max_examples=40, deadline=None, derandomize=True, suppress_health_check=MAY_BE_SLOW)
settings.register_profile("long", max_examples=5_000, deadline=None, suppress_health_check=MAY_BE_SLOW)
settings.load_profile("short")

os.environ["BEFOREHAND_CACHE"] = "off"

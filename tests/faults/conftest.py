"""Systems on trial, on the servers of the test run or on servers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.system import System

MakeSystem = Callable[..., System]


@pytest.fixture
def shared(tmp_path: Path, kafka: str, redis_url: str, own_name: str) -> Iterator[MakeSystem]:
    """Makes a system on the Kafka and the Redis of the test run; arguments: see `System`."""
    made: list[System] = []

    def make(*options: str, **others: object) -> System:
        made.append(System(tmp_path / "system", kafka, redis_url, f"{own_name}.", *options, **others))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for system in made:
        system.close()

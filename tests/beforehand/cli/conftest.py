from __future__ import annotations

import pytest


@pytest.fixture
def topics_prefix(kafka: str, own_name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The commands use the Kafka of this test run, and topics whose names begin with this."""
    monkeypatch.setenv("BEFOREHAND_KAFKA", kafka)
    monkeypatch.setenv("BEFOREHAND_PREFIX", f"{own_name}.")
    return f"{own_name}."

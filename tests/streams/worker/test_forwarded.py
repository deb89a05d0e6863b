from __future__ import annotations

from dataclasses import dataclass, field

from streams.worker.forwarded import forwarding


@dataclass(frozen=True)
class Came:
    """A message as a consumer has it."""

    headers: list[tuple[str, bytes | None]]
    topic: str = "events.service"
    partition: int = 0
    offset: int = 0
    key: bytes | None = b"c-1"
    value: bytes | None = b"{}"
    timestamp: int = field(default=0)


def test_headers_of_moderate_size_go_along() -> None:
    """A message is passed on as it came."""
    headers: list[tuple[str, bytes | None]] = [("trace", b"x" * 1_000), ("ce_id", b"1"), ("none", None)]
    assert list(forwarding(Came(headers), "events.service", 3).headers) == headers


def test_large_headers_stay_behind() -> None:
    """What is not the event's own is left out where it would make the message too large for Kafka."""
    came = Came([("large", b"x" * 3_000_000), ("ce_id", b"1"), ("Content-Type", b"application/json")])
    message = forwarding(came, "events.service", 3)
    assert list(message.headers) == [("ce_id", b"1"), ("Content-Type", b"application/json")]
    assert (message.key, message.value, message.partition) == (b"c-1", b"{}", 3)

"""A gateway for text messages, as somebody else would write it: it sends each hand-off once, by its id, and logs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults.topic_logs import TopicLog


class Gateway:
    """Reads `handoff.sms`; its own log says what customers got."""

    def __init__(self, address: str, topic: str, log: Path) -> None:
        self._topic = TopicLog(address, [topic])
        self._log = log
        self._log.touch()
        #: Id -> the hand-off as it came first.
        self.sent: dict[str, bytes] = {}
        #: Hand-offs that came again, with what had come before, and with something else under the same id.
        self.repeats = self.contradictions = 0

    def serve(self) -> None:
        """Send what has come."""
        with self._log.open("ab") as log:
            for message in self._topic.read():
                id_ = json.loads(message.value)["id"]
                before = self.sent.setdefault(id_, message.value)
                if before is message.value:
                    log.write(message.value + b"\n")
                elif before == message.value:
                    self.repeats += 1
                else:
                    self.contradictions += 1

    def delivered(self) -> list[bytes]:
        """What its log says it sent."""
        return self._log.read_bytes().splitlines()

    def close(self) -> None:
        self._topic.close()

"""What is worth nothing any more by the time it could be handed over."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.beforehand.cli.commands import RULE, call
from tests.beforehand.cli.topics_read import all_messages
from tests.streams.worker.processes import PATIENCE, workers
from tests.streams.worker.test_rules import decided, send, shop

__all__ = ["shop"]


def test_an_expired_hand_off_is_missed_and_her_record_hears_of_it(shop: Path, kafka: str, topics_prefix: str) -> None:
    """The decision stays sent; no channel gets it; a receipt of status `missed` comes back as an event of hers."""
    rule = RULE.replace("at most: 1 per 7 days", "  good for: 1 second\nat most: 1 per 7 days")
    (shop / "rules" / "data-nearly-used.yaml").write_text(rule, "utf-8")
    assert call("check", shop).exit_code == 0
    with workers(shop, shop / "log", 1):
        send(kafka, topics_prefix, {"type": "customer changed", "subject": "c", "data": {"plan": "M"}})
        send(kafka, topics_prefix, {"type": "data used", "subject": "c", "data": {"amount": "9 GB"}})
        (decision,) = decided(kafka, topics_prefix, 1)
        ends = time.monotonic() + PATIENCE
        while not (receipts := all_messages(kafka, [topics_prefix + "events.feedback"])) and time.monotonic() < ends:
            time.sleep(0.2)
    assert decision["outcome"] == "sent", (shop / "log").read_text()
    (receipt,) = [json.loads(message.value) for message in receipts]
    assert (receipt["type"], receipt["subject"]) == ("message receipt", "c")
    assert receipt["data"] == {"decision": decision["id"], "status": "missed", "channel": decision["channel"]}
    assert all_messages(kafka, [f"{topics_prefix}handoff.{decision['channel']}"]) == []

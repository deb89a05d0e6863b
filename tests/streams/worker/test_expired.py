"""What may not be handed over any more by the time it could be."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.beforehand.cli.commands import RULE, VOCABULARY, call
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
        reach_the_limit(kafka, topics_prefix)
        missed(shop, kafka, topics_prefix)


def test_a_hand_off_that_comes_into_quiet_hours_is_missed(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Decided before they began, and left in the outbox by a worker that died: her clocks are looked at again."""
    begins = int(time.time()) // 60 + 1  # the next minute, so many after 1970 began
    if begins * 60 - time.time() < 25:
        begins += 1
    span = "-".join(f"{minute // 60 % 24:02}:{minute % 60:02}" for minute in (begins, begins + 20))
    (shop / "policy.yaml").write_text(f"quiet hours: {{service: {span}}}\n", "utf-8")
    vocabulary = VOCABULARY.replace("Asia/Shanghai", "UTC")
    (shop / "vocabulary.yaml").write_text(vocabulary, "utf-8")
    assert call("check", shop).exit_code == 0
    with workers(shop, shop / "log", 1, BEFOREHAND_FAILPOINT="publish: before") as (dying,):
        reach_the_limit(kafka, topics_prefix)
        dying.wait(timeout=PATIENCE)
    assert time.time() < begins * 60, (shop / "log").read_text()
    time.sleep(begins * 60 - time.time())
    with workers(shop, shop / "log", 1):
        missed(shop, kafka, topics_prefix)


def reach_the_limit(kafka: str, prefix: str) -> None:
    """What brings a message."""
    send(kafka, prefix, {"type": "customer changed", "subject": "c", "data": {"plan": "M"}})
    send(kafka, prefix, {"type": "data used", "subject": "c", "data": {"amount": "9 GB"}})


def missed(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Its decision was made, and a receipt says that it was not handed over."""
    (decision,) = decided(kafka, topics_prefix, 1)
    ends = time.monotonic() + PATIENCE
    while not (receipts := all_messages(kafka, [topics_prefix + "events.feedback"])) and time.monotonic() < ends:
        time.sleep(0.2)
    assert decision["outcome"] == "sent", (shop / "log").read_text()
    (receipt,) = [json.loads(message.value) for message in receipts]
    assert (receipt["type"], receipt["subject"]) == ("message receipt", "c")
    assert receipt["data"] == {"decision": decision["id"], "status": "missed", "channel": decision["channel"]}
    assert all_messages(kafka, [f"{topics_prefix}handoff.{decision['channel']}"]) == []

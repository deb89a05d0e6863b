"""Topics that somebody deletes, makes anew or makes wider while workers run: it is said, and nothing is passed over."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import redis
from kafka.admin import KafkaAdminClient, NewPartitions

from streams.partitioning import partition_of
from streams.topics import DECISIONS, EVENT_TOPICS
from streams.worker.positions import check_topics
from streams.worker.worker import WorkerError
from tests.beforehand.cli.commands import call
from tests.beforehand.cli.topics_read import all_messages
from tests.beforehand.running_worker import RunningWorker, running_worker
from tests.streams.worker.test_repartition import more
from tests.streams.worker.test_rules import decided, send, shop

__all__ = ["shop"]

pytestmark = pytest.mark.timeout(200)

CONSUMPTION = "events.consumption"
LITTLE = {"type": "data used", "subject": "c", "data": {"amount": "1 MB"}}


def plan(customer: str) -> dict[str, object]:
    """Of a plan by which the rule counts."""
    return {"type": "customer changed", "subject": customer, "data": {"plan": "M"}}


def much(customer: str) -> dict[str, object]:
    """So much that the rule speaks of it."""
    return {"type": "data used", "subject": customer, "data": {"amount": "9 GB"}}


def has_taken(worker: RunningWorker, number: int) -> bool:
    """Whether it has taken so many events."""
    return worker.metrics()["beforehand_events_total"].get((), 0) == number


def seconds_of(worker: RunningWorker) -> float:
    """Seconds of a processor that it has used."""
    fields = Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end(worker: RunningWorker) -> None:
    """End it in good order."""
    worker.process.terminate()
    assert worker.process.wait(20) == 0, worker.log()


def test_a_topic_is_deleted_and_made_again(shop: Path, kafka: str, topics_prefix: str, redis_url: str) -> None:
    """It is said that it is gone, then that it is another one, also when that has more than was read of the first; what
    is in it is taken when the state of the partition has been forgotten, as the documents tell.
    """
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    number = partition_of("c", 3)
    with running_worker(shop) as worker:
        worker.wait_until_ready()
        send(kafka, topics_prefix, plan("c"), *[LITTLE] * 3)
        worker.wait(lambda: has_taken(worker, 4))
        admin.delete_topics([topics_prefix + CONSUMPTION])
        worker.wait(lambda: f"Kafka knows no topic {CONSUMPTION} any more" in worker.ready()[1])
        used = seconds_of(worker)
        time.sleep(2)
        assert seconds_of(worker) - used < 0.6
        assert call("topics", "create", shop, "--partitions", "3").exit_code == 0
        send(kafka, topics_prefix, *[LITTLE] * 8, much("c"))
        anew = f"{CONSUMPTION}/{number}: it was read up to 3, but what stands there from 0 on came later"
        worker.wait(lambda: anew in worker.ready()[1])
        assert has_taken(worker, 4)
        assert len(worker.log().splitlines()) < 60
        end(worker)
    assert all_messages(kafka, [topics_prefix + DECISIONS]) == []

    with redis.Redis.from_url(redis_url) as client:
        client.delete(*client.scan_iter(f"{topics_prefix}beforehand:{{{number}}}:*"))
    ((_, wrong),) = admin.delete_groups([f"{topics_prefix}beforehand"]).items()
    assert wrong == "OK"
    admin.close()
    with running_worker(shop, log="again.log"):
        assert len(decided(kafka, topics_prefix, 1)) == 1


def test_one_topic_is_made_wider() -> None:
    """Which one, and that the others must be too before customers move."""
    check_topics({"a": 3, "b": 3}, 3)
    with pytest.raises(WorkerError, match=r"kept for 3 partitions, and b has 5 now.* give all topics as many, end the"):
        check_topics({"a": 3, "b": 5}, 3)
    with pytest.raises(WorkerError, match=r"the topics have 5 now.* moved: end the workers, and .* --partitions 5"):
        check_topics({"a": 5, "b": 5}, 3)


def test_topics_are_made_wider(shop: Path, kafka: str, topics_prefix: str) -> None:
    """Once it is seen nothing is read until customers have moved, as producers send them elsewhere; then all is."""
    customers = [f"c{number}" for number in range(12)]
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    with running_worker(shop) as worker:
        worker.wait_until_ready()
        send(kafka, topics_prefix, *map(plan, customers))
        worker.wait(lambda: has_taken(worker, 12))
        admin.create_partitions({topics_prefix + topic: NewPartitions(5) for topic in EVENT_TOPICS})
        admin.close()
        worker.wait(lambda: "kept for 3 partitions, and the topics have 5 now" in worker.ready()[1])
        send(kafka, topics_prefix, *map(much, customers))
        time.sleep(2)  # in which they would have been taken
        assert has_taken(worker, 12)
        end(worker)
    refused = call("worker", shop)
    assert refused.exit_code == 2
    assert "kept for 3 partitions, and the topics of events have 5" in " ".join(refused.stderr.split())
    assert "5 partitions, 12 customers." in more(5, shop)
    with running_worker(shop, log="again.log"):
        found = decided(kafka, topics_prefix, 12)
    assert sorted(str(one["customer"]) for one in found) == sorted(customers)

"""Figures of workers on a real Kafka and a real Redis, beside a plain Faust agent on the same topic.

    make bench-streams        or        .venv/bin/python benchmarks/live.py --quick

Everything runs on this machine at once: broker, Redis, producer and worker share its cores. Ratios count.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, product
from pathlib import Path
from typing import Any

import msgspec
import redis as redis_py
from kafka import KafkaConsumer, TopicPartition
from rich.console import Console
from rich.table import Table

from beforehand.packs.telecom.dice import dice as dice_of
from benchmarks.rule_files import write_workspace
from benchmarks.rule_mix import place_count
from benchmarks.spread import Spread, spread
from benchmarks.workload import EXPONENT, START, vocabulary, workload
from models.moments import format_moment
from servers.kafka import Kafka
from servers.programs import program
from servers.redis import Redis
from streams.kafka.base import Connection, Wanted
from streams.kafka.topics import create_topics
from streams.progress import PROGRESS, Progress
from streams.stores.redis import PREFIX
from streams.topics import DECISIONS, EVENT_TOPICS, OWN_TOPICS, topics
from streams.wire.decoder import Decoder
from streams.wire.outgoing import event_message

PARTITIONS = 4
CUSTOMERS = 100_000
#: Events above this many bytes fire the trivial rule; one in a hundred is.
ABOVE = 99_000_000
CHANNELS = ("app", "sms")
#: Seconds in which latency is not measured yet: a broker that has just started is slow, and then there is much at once.
WARM = 5
#: Events a second meanwhile, where as many as can be made follow, and how many of those are made at once.
WARM_RATE, AT_ONCE = 10_000, 500

TRIVIAL_VOCABULARY = """\
time zone: Asia/Shanghai
currency: CNY
languages: [en]
settle: {settle}
customer:
  plan: S | M
events:
  data used: {{family: consumption, amount: data}}
"""
TRIVIAL_RULE = """\
title: Much at once
because: It is about to run out.
when: data used where amount > 99 MB
then:
  guide:
    en: You used much.
"""


class Servers:
    """A broker and a Redis for all figures of one run."""

    def __init__(self, folder: Path) -> None:
        self.kafka = Kafka(folder / "kafka", quick_start=False, heap="1g")
        self.redis = Redis(folder / "redis")
        self.connection = Connection((self.kafka.address,))
        #: Of the worker that was started last.
        self.log = folder / "worker.log"

    def environment(self, prefix: str) -> dict[str, str]:
        """What a worker on topics of this prefix is told."""
        own = {"BEFOREHAND_KAFKA": self.kafka.address, "BEFOREHAND_REDIS": self.redis.url, "BEFOREHAND_PREFIX": prefix}
        return {**os.environ, **own, "BEFOREHAND_HTTP": ""}

    def make_topics(self, prefix: str) -> None:
        """All topics; those that go out say, too, when the broker appended."""
        stamped = {"message.timestamp.type": "LogAppendTime"}
        declared = (*topics(CHANNELS), *OWN_TOPICS)
        create_topics(
            self.connection,
            [Wanted(prefix + one.name, PARTITIONS, {**one.settings, **stamped}) for one in declared],
            1,
        )

    def publish(self, topic: str, lines: Sequence[tuple[str, bytes]]) -> None:
        """(customer, event) to the customers' partitions, as fast as it goes."""
        with producing(self.kafka.address, topic) as write:
            for customer, line in lines:
                write(customer, line)

    def clocks(self, prefix: str, moment: int) -> None:
        """Tell every partition of every topic of events how far recorded time has come."""
        event = {"specversion": "1.0", "id": "end", "source": "bench", "type": "clock", "time": format_moment(moment)}
        for topic in EVENT_TOPICS:
            for partition in range(PARTITIONS):
                command = [program("kcat"), "-P", "-b", self.kafka.address, "-t", prefix + topic, "-p", str(partition)]
                subprocess.run(command, input=json.dumps(event).encode(), check=True, capture_output=True)

    @contextmanager
    def worker(self, workspace: Path, prefix: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """A worker process."""
        command = [sys.executable, "-m", "beforehand", "worker", str(workspace), *options]
        with self.log.open("wb") as out:
            process = subprocess.Popen(command, env=self.environment(prefix), stdout=out, stderr=out)
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def taken(self, prefix: str) -> int:
        """Events that the workers on this prefix have taken and committed."""
        with redis_py.Redis.from_url(self.redis.url) as client:
            kept = [client.hget(f"{prefix}{PREFIX}:{{{each}}}:settings", PROGRESS) for each in range(PARTITIONS)]
        return sum(msgspec.msgpack.decode(one, type=Progress).summary.events for one in kept if isinstance(one, bytes))


@contextmanager
def producing(address: str, topic: str) -> Iterator[Callable[[str, bytes], None]]:
    """Something to write (customer, event) to: kcat, which is fast and asks nothing of Python."""
    options = ["-X", "topic.partitioner=murmur2_random", "-X", "linger.ms=2", "-K", "\t"]
    command = [program("kcat"), "-P", "-b", address, "-t", topic, *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    pipe = process.stdin

    def write(customer: str, line: bytes) -> None:
        pipe.write(b"%b\t%b\n" % (customer.encode(), line))

    write.flush = pipe.flush  # type: ignore[attr-defined]
    yield write
    pipe.close()
    if process.wait():
        raise SystemExit("kcat could not publish")


def trivial_workspace(folder: Path, settle: str) -> Path:
    """A workspace of one rule that looks at one value of one event."""
    (folder / "rules").mkdir(parents=True)
    (folder / "vocabulary.yaml").write_text(TRIVIAL_VOCABULARY.format(settle=settle), "utf-8")
    (folder / "rules" / "much-at-once.yaml").write_text(TRIVIAL_RULE, "utf-8")
    return folder


def used(number: int, customer: str, amount: int, moment: int, **more: str) -> bytes:
    """An event of about 200 bytes."""
    stem = "fire" if amount > ABOVE else "e"
    event = {"specversion": "1.0", "id": f"{stem}-{number}", "source": "bench", "type": "data used"}
    data = {"amount": amount}
    return json.dumps({**event, "subject": customer, "time": format_moment(moment), **more, "data": data}).encode()


# ------------------------------------------------------------------ events a second


def agent_speed(servers: Servers, prefix: str, events: int) -> float:
    """Events a second of the plain agent."""
    script = str(Path(__file__).with_name("plain_agent.py"))
    arguments = [servers.kafka.address, prefix + EVENT_TOPICS[0], str(events), str(ABOVE)]
    with tempfile.TemporaryDirectory() as folder:  # where it is started, Faust makes a folder for tables
        process = subprocess.Popen(
            [sys.executable, script, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        try:
            line = next(one for one in process.stdout if b"seconds" in one)
        finally:
            process.kill()
            process.wait()
    return events * 0.9 / float(line.partition(b"seconds")[2].split()[0])


def worker_speed(servers: Servers, workspace: Path, prefix: str, events: int) -> float:
    """Events a second of one worker that finds all of them in the log, from a tenth of them to the last."""
    with servers.worker(workspace, prefix, "--recorded") as process:
        began, before = 0.0, 0
        while True:
            taken, now = servers.taken(prefix), time.perf_counter()
            if not began and taken >= events // 10:
                began, before = now, taken
            if taken >= events:
                return (events - before) / (now - began)
            if process.poll() is not None:
                raise SystemExit(f"the worker ended: {servers.log.read_text()[-2000:]}")
            time.sleep(0.05)


def trivial_events(servers: Servers, prefix: str, events: int, customers: int) -> None:
    """Publish recorded events of one type, of customers as in `benchmarks.workload`."""
    dice, start = dice_of(1, "trivial"), START
    lines = []
    shares = list(accumulate(rank**-EXPONENT for rank in range(1, customers + 1)))
    whose = dice.choices(range(customers), cum_weights=shares, k=events)
    for number, one in enumerate(whose):
        customer = f"c-{one:06}"
        moment = start + number * 2
        lines.append(
            (customer, used(number, customer, dice.randint(1, 100) * 1_000_000, moment, arrived=format_moment(moment)))
        )
    servers.publish(prefix + EVENT_TOPICS[0], lines)
    servers.clocks(prefix, start + events * 2 + 5_000)


def mixed_events(servers: Servers, prefix: str, rules: int, events: int, customers: int) -> int:
    """Publish the recorded events of `benchmarks.workload`; how many, with those that make the customers known."""
    company = vocabulary(place_count(rules), 1)
    load = workload(company, events, customers)
    decoder = Decoder(company)
    found = [*load.known, *(decoder.decode(line) for line in load.lines)]
    by_topic: dict[str, list[tuple[str, bytes]]] = {}
    latest = 0
    for event in found:
        message = event_message(event, company, recorded=True)  # type: ignore[arg-type]
        by_topic.setdefault(message.topic, []).append((event.customer, message.value or b""))  # type: ignore[union-attr]
        latest = max(latest, event.arrived)  # type: ignore[union-attr]
    for topic, lines in by_topic.items():
        servers.publish(prefix + topic, lines)
    servers.clocks(prefix, latest + 5_000)
    return len(found)


# ------------------------------------------------------------------ latency


def latencies(servers: Servers, workspace: Path, prefix: str, rate: int | None, seconds: float) -> list[int]:
    """Milliseconds from the append of an event to that of its hand-off, when warm.

    `rate`: so many events a second are published; None: as many as can be made here, whatever has to wait.
    """
    with servers.worker(workspace, prefix):
        _wait(lambda: "are ours" in servers.log.read_text(), 60)
        time.sleep(3)
        dice, number = dice_of(2, "live"), 0
        with producing(servers.kafka.address, prefix + EVENT_TOPICS[0]) as write:
            began = time.perf_counter()
            while (passed := time.perf_counter() - began) < WARM + seconds:
                warming = passed < WARM
                due = int(passed * (rate or WARM_RATE)) if rate or warming else number + AT_ONCE
                for _ in range(due - number):
                    customer = f"c-{dice.randrange(20_000):06}"
                    amount, moment = dice.randint(1, 100) * 1_000_000, _now()
                    write(customer, used(number, customer, amount, moment))
                    number += 1
                write.flush()  # type: ignore[attr-defined]
                if rate or warming:
                    time.sleep(0.005)
        _wait(lambda: servers.taken(prefix) >= number, 300)
        time.sleep(1)
    appended = {event["id"]: at for event, at in messages(servers, prefix + EVENT_TOPICS[0], b'"fire-')}
    decided = {decision["id"]: decision["event"]["id"] for decision, _ in messages(servers, prefix + DECISIONS, b"")}
    handed = [
        (decided[hand_off["data"]["decisions"][0]], at)
        for channel in CHANNELS
        for hand_off, at in messages(servers, f"{prefix}handoff.{channel}", b"")
    ]
    measured = min(appended.values()) + WARM * 1_000
    return sorted(at - appended[event] for event, at in handed if appended[event] >= measured)


def messages(servers: Servers, topic: str, holding: bytes) -> Iterator[tuple[dict[str, Any], int]]:
    """(value, when it was appended) of the messages of a topic that hold these bytes."""
    consumer = KafkaConsumer(bootstrap_servers=servers.kafka.address)
    places = [TopicPartition(topic, each) for each in range(PARTITIONS)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    ends = consumer.end_offsets(places)
    while any(consumer.position(place) < ends[place] for place in places):
        for some in consumer.poll(500).values():
            yield from ((json.loads(one.value), one.timestamp) for one in some if holding in one.value)
    consumer.close()


def recovery(servers: Servers, workspace: Path, prefix: str, customers: int) -> float:
    """Seconds from kill -9 of a worker to the first decision of the one that takes over, with so many customers."""
    now = _now()
    servers.publish(
        prefix + EVENT_TOPICS[0],
        [(f"c-{each:06}", used(each, f"c-{each:06}", 1_000_000, now)) for each in range(customers)],
    )
    with servers.worker(workspace, prefix) as first:
        _wait(lambda: servers.taken(prefix) >= customers, 600)
        with servers.worker(workspace, prefix):
            time.sleep(12)
            first.kill()
            began = time.perf_counter()
            names = [f"c-{each:06}" for each in range(50)]
            firing = [(name, used(customers + at, name, 100_000_000, _now())) for at, name in enumerate(names)]
            servers.publish(prefix + EVENT_TOPICS[0], firing)
            _wait(lambda: sum(1 for _ in messages(servers, prefix + DECISIONS, b"")) >= len(firing), 120)
            return time.perf_counter() - began


def _now() -> int:
    return time.time_ns() // 1_000_000


def _wait(reached: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > ends:
            raise SystemExit("what was waited for did not come")
        time.sleep(0.1)


# ------------------------------------------------------------------ all of it


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the events, one run each: does it work?")
    parser.add_argument("--only", choices=["speed", "latency", "recovery"], help="one part of it")
    chosen = parser.parse_args()
    size, runs = (30_000, 1) if chosen.quick else (300_000, 3)
    console = Console()
    with tempfile.TemporaryDirectory() as made:
        servers = Servers(Path(made))
        try:
            if chosen.only in (None, "speed"):
                console.print(_speeds(servers, Path(made), size, runs))
            if chosen.only in (None, "latency"):
                console.print(_latencies(servers, Path(made), 3 if chosen.quick else 20))
            if chosen.only in (None, "recovery"):
                number = 20_000 if chosen.quick else 500_000
                seconds = recovery(servers, _fresh(servers, Path(made), "recovery.", "2 seconds"), "recovery.", number)
                console.print(
                    f"Recovery after kill -9 with {number:,} customers: {seconds:.1f} s to the last of 50 decisions."
                )
        finally:
            servers.kafka.kill()
            servers.redis.kill()


def _fresh(servers: Servers, folder: Path, prefix: str, settle: str) -> Path:
    servers.make_topics(prefix)
    return trivial_workspace(folder / prefix, settle)


def _speeds(servers: Servers, folder: Path, events: int, runs: int) -> Table:
    table = Table(title="Events a second on one core, from a log that is there", box=None, header_style="bold")
    for heading in ("what", "events/s", "times the agent"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    agents: list[float] = []
    trivial: dict[str, list[float]] = {"0 seconds": [], "2 seconds": []}
    for run in range(runs):
        for settle, found in trivial.items():
            prefix = f"t{run}{settle[0]}."
            workspace = _fresh(servers, folder, prefix, settle)
            trivial_events(servers, prefix, events, CUSTOMERS)
            agents.append(agent_speed(servers, prefix, events))
            found.append(worker_speed(servers, workspace, prefix, events))
    base = spread(agents)
    _row(table, "plain Faust agent, a trivial rule", base, base)
    for settle, found in trivial.items():
        _row(table, f"worker, the same rule, settle {settle}", spread(found), base)
    for rules, seconds in product((100, 1_000), (0, 2)):
        mixed = []
        for run in range(runs):
            prefix = f"m{rules}{seconds}{run}."
            servers.make_topics(prefix)
            write_workspace(folder / prefix, rules, settle=seconds * 1_000)
            number = mixed_events(servers, prefix, rules, events, CUSTOMERS)
            mixed.append(worker_speed(servers, folder / prefix, prefix, number))
        _row(table, f"worker, {rules:,} rules over six topics, settle {seconds} seconds", spread(mixed), base)
    return table


def _row(table: Table, what: str, found: Spread, base: Spread) -> None:
    table.add_row(
        what, f"{found.median:,.0f} ({found.low:,.0f} to {found.high:,.0f})", f"{found.median / base.median:.1f}"
    )


def _latencies(servers: Servers, folder: Path, seconds: float) -> Table:
    table = Table(title="From the append of an event to that of its hand-off, ms", box=None, header_style="bold")
    for heading in ("events/s", "settle", "hand-offs", "p50", "p99", "p99 beyond settle"):
        table.add_column(heading, justify="right")
    for settle, milliseconds in (("0 seconds", 0), ("2 seconds", 2_000)):
        for rate in (1_000, 10_000, None):
            prefix = f"l{milliseconds}{rate or 'full'}."
            found = latencies(servers, _fresh(servers, folder, prefix, settle), prefix, rate, seconds)
            middle, late = found[len(found) // 2], found[int(len(found) * 0.99)]
            table.add_row(
                f"{rate:,}" if rate else "all that can be made",
                settle,
                f"{len(found):,}",
                f"{middle:,}",
                f"{late:,}",
                f"{late - milliseconds:,}",
            )
    return table


if __name__ == "__main__":
    main()

"""A whole system on trial: a shop on Kafka and Redis, with its workers and its gateway, and what is done to it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from beforehand.cli import app
from beforehand.wiring import files_of, load_and_check
from models.events import Event
from models.moments import format_moment
from streams.kafka.base import Connection
from streams.kafka.publishing import Publisher, publisher
from streams.publishing import Published as Sent
from streams.publishing import publish
from streams.sources.jsonl import FileSource
from streams.stores.redis import RedisStore
from streams.stores.redis_nodes import connect
from streams.stores.redis_registry import RedisRegistry
from streams.topics import DEAD_LETTERS, DECISIONS
from streams.wire.decoder import Decoder
from streams.wire.plans import CLOCK
from streams.worker.published import Published
from tests.faults.gateway import Gateway
from tests.faults.tcp_proxy import Proxy
from tests.faults.topic_logs import TopicLog
from tests.faults.trade import make_shop
from tests.faults.worker_processes import Fleet, Nursery

#: Seconds that are waited for what must come: machines are slow at times.
PATIENCE = 90
#: Events of a recorded day after which every partition is told how far time has come.
_TOLD_AFTER = 150


class System:
    """Made anew in `folder`; its topics and keys begin with `prefix`. `options` are those of its workers."""

    def __init__(
        self,
        nursery: Nursery,
        folder: Path,
        kafka: str,
        redis_url: str,
        prefix: str,
        *options: str,
        partitions: int = 6,
        unpaid: str = "30 minutes",
        network: Proxy | None = None,
    ) -> None:
        """`network`: through which the workers reach Redis. `unpaid`: see `make_shop`."""
        self.folder, self.kafka, self.redis_url, self.prefix = folder, kafka, redis_url, prefix
        self.partitions = partitions
        #: The rules that decide, and others of which one says something else: they follow each other by turns.
        self.shops = (
            make_shop(folder / "shop", unpaid=unpaid),
            make_shop(folder / "other-shop", unpaid=unpaid, here="has come"),
        )
        self.shop = self.shops[0]
        #: From which moments (ms) the rules of the other shop decide, then those of the first again, and so on.
        self.switches: list[int] = []
        #: When feeding began (s, of a clock that only counts on), the first arrival, and the latest that was sent (ms).
        self._fed_since: tuple[float, int, int] | None = None
        self.environment = {
            "BEFOREHAND_KAFKA": kafka,
            "BEFOREHAND_REDIS": redis_url if network is None else f"redis://127.0.0.1:{network.port}",
            "BEFOREHAND_PREFIX": prefix,
            "BEFOREHAND_CACHE": "off",
        }
        self.said = folder / "workers.log"
        self.said.touch()
        #: What was done to it: each may make what was decided go out once more.
        self.disturbances = 0
        self._began = time.monotonic()
        self._happened = (folder / "happened.log").open("a", encoding="utf-8")
        self.command("topics", "create", self.shop, "--partitions", str(partitions))
        self.fleet = Fleet(nursery, ["worker", str(self.shop), *options], self.said, self.environment, self.note)
        self.decisions = TopicLog(kafka, [prefix + DECISIONS])
        self.gateway = Gateway(kafka, prefix + "handoff.sms", folder / "gateway.jsonl")
        self._feed: threading.Thread | None = None
        self._feed_failed: list[BaseException] = []

    # ------------------------------------------------------------------ what happens

    def note(self, what: str) -> None:
        """Write down what happened, and when."""
        self._happened.write(f"{time.monotonic() - self._began:8.2f} {what}\n")
        self._happened.flush()

    def disturbed(self, what: str) -> None:
        """Something was done to it."""
        self.disturbances += 1
        self.note(what)

    def command(self, *arguments: str | Path) -> bytes:
        """What a command prints that must succeed."""
        texts = [str(argument) for argument in arguments]
        result = CliRunner().invoke(app, texts, prog_name="beforehand", env=self.environment)
        assert result.exit_code == 0, (texts, result.output, result.exception)
        return result.stdout_bytes

    def log(self) -> str:
        """What the workers have said."""
        return self.said.read_text("utf-8", errors="replace")

    # ------------------------------------------------------------------ events

    def feed(self, file: Path, rate: float | None = None) -> None:
        """Begin to publish a recorded day, at so many events a second; `fed` tells when it is done."""
        self._feed = threading.Thread(target=self._publish, args=(file, rate), daemon=True)
        self._feed.start()

    def _publish(self, file: Path, rate: float | None) -> None:
        workspace = load_and_check(self.shop, stories=False).workspace
        assert workspace is not None
        vocabulary = workspace.vocabulary
        try:
            with publisher(Connection((self.kafka,), prefix=self.prefix), vocabulary, recorded=True) as sink:
                often = _OftenTold(sink, self._sent)
                source = FileSource(file, Decoder(vocabulary), batch=50)
                publish(source, often, vocabulary, Sent(), recorded=True, rate=rate, watch=lambda _read, _count: None)
                sink.finish()
                assert not sink.undelivered.count, sink.undelivered
        except BaseException as wrong:  # noqa: BLE001 -- a thread's failure is the test's
            self._feed_failed.append(wrong)
        self.note(f"{file.name} is published")

    def _sent(self, arrived: int) -> None:
        began, first, _ = self._fed_since or (time.monotonic(), arrived, arrived)
        self._fed_since = began, first, arrived

    def publish_rules(self, ahead: float) -> None:
        """Publish the rules whose turn it is, to decide from what will arrive in so many seconds."""
        assert self._fed_since is not None
        began, first, latest = self._fed_since
        begins = int(latest + ahead * (latest - first) / (time.monotonic() - began))
        nodes = connect(self.redis_url)
        registry = RedisRegistry(nodes, f"{self.prefix}beforehand")
        loaded = load_and_check(self.shops[(len(self.switches) + 1) % 2], stories=False)
        number = len(self.switches) + 2
        assert registry.publish(Published(number, begins, int(time.time() * 1_000), files_of(loaded)))
        nodes.close()
        self.switches.append(begins)
        self.note(f"rule set {number} decides from {format_moment(begins)} on")

    def fed(self) -> bool:
        """Whether all of the day is published; raises what went wrong with it."""
        if self._feed_failed:
            raise self._feed_failed[0]
        return self._feed is None or not self._feed.is_alive()

    # ------------------------------------------------------------------ watching

    def look(self) -> None:
        """Start what has ended, and read what has come out."""
        self.fleet.tend()
        self.decisions.read()
        self.gateway.serve()

    def until(self, holds: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Look on until something holds, or patience has ended; whether it holds."""
        ends = time.monotonic() + patience
        while True:
            self.look()
            if holds():
                return True
            if time.monotonic() > ends:
                return False
            time.sleep(0.2)

    def has_decided(self, number: int, patience: float = PATIENCE) -> bool:
        """Wait until so many different decisions have come out."""
        return self.until(lambda: len({message.value for message in self.decisions.messages}) >= number, patience)

    def dead_letters(self) -> list[Any]:
        """The messages on the topic of dead letters."""
        log = TopicLog(self.kafka, [self.prefix + DEAD_LETTERS])
        log.read()
        log.close()
        return log.messages

    def records(self) -> dict[str, bytes]:
        """Customer -> her record, as Redis has it."""
        found: dict[str, bytes] = {}
        nodes = connect(self.redis_url)
        for number in range(self.partitions):
            store = RedisStore(nodes, number, f"{self.prefix}beforehand")
            found |= store.load(list(store.customers()))
        nodes.close()
        return found

    def close(self) -> list[int | None]:
        """End everything; the exit codes of the workers."""
        codes = self.fleet.end()
        self.decisions.close()
        self.gateway.close()
        self._happened.close()
        return codes


class _OftenTold:
    """Publishes, and tells every partition now and then how far time has come: so decisions come all the time."""

    def __init__(self, sink: Publisher, sent: Callable[[int], None]) -> None:
        self._sink, self._sent = sink, sent
        self._untold = 0

    def send(self, event: Event, line: int) -> None:
        self._sink.send(event, line)
        self._sent(event.arrived)
        self._untold += 1
        if self._untold >= _TOLD_AFTER and event.type != CLOCK:
            self._untold = 0
            at = event.arrived
            self._sink.send(Event(CLOCK, "", at, at, "trial", format_moment(at), {}), line)


def worker_log_of(system: System) -> str:
    """The end of what the workers said, for the message of a test that fails."""
    return os.linesep.join(system.log().splitlines()[-60:])

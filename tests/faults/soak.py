"""`python -m tests.faults.soak`: one disturbance every 30 seconds for MINUTES (60), then a verdict on each invariant.

It ends with 0 if all hold. What happened, what workers said and what the gateway sent stay in `build/soak`.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from pathlib import Path

from servers.kafka import Kafka
from servers.redis import Redis
from tests.faults.disturbances import DISTURBANCES, Trial
from tests.faults.system import System
from tests.faults.tcp_proxy import Proxy
from tests.faults.trade import write_day
from tests.faults.verdicts import broken, by_turns, undisturbed, verdicts
from tests.faults.worker_processes import Nursery

FOLDER = Path("build/soak")
#: Events a second, their customers, and the share of one of them.
RATE, CUSTOMERS, HOT = 50, 500, 0.2
WORKERS = 2
#: Seconds from one disturbance to the next.
EVERY = 30
#: Seconds that are waited for the last decisions.
PATIENCE = 300


def main() -> int:
    """0 if every invariant holds, else 1."""
    minutes, seed = float(os.environ.get("MINUTES", "60")), int(os.environ.get("SEED", "1"))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    kafka, redis, nursery = Kafka(FOLDER / "kafka"), Redis(FOLDER / "redis"), Nursery()
    network = Proxy(redis.port)
    try:
        system = System(nursery, FOLDER / "system", kafka.address, redis.url, "", "--recorded", network=network)
        return soak(Trial(system, kafka, redis, network, random.Random(seed)), minutes, seed)
    finally:
        network.close()
        nursery.close()
        redis.kill()
        kafka.kill()


def soak(trial: Trial, minutes: float, seed: int) -> int:
    """Disturb a system for so long; 0 if every invariant holds, else 1."""
    system, dice = trial.system, trial.dice
    day = write_day(system.folder / "day.jsonl", int(RATE * minutes * 60), CUSTOMERS, seed=seed, hot=HOT)
    expected, other = (undisturbed(system, day, shop) for shop in system.shops)
    _say(f"{minutes:g} minutes, seed {seed}: {len(expected.decisions):,} decisions expected")
    system.fleet.keep(WORKERS)
    system.feed(day, RATE)
    system.has_decided(1)
    deck: list[int] = []
    while not system.fed():
        begins = time.monotonic()
        if not deck:  # each of them comes before any comes again
            deck = dice.sample(range(len(DISTURBANCES)), len(DISTURBANCES))
        disturbance = DISTURBANCES[deck.pop()]
        disturbance(trial)
        decided = len({message.value for message in system.decisions.messages})
        _say(f"{disturbance.__name__:18} {decided:>9,} decided")
        system.until(system.fed, max(0.0, EVERY - (time.monotonic() - begins)))
    system.has_decided(len(expected.decisions), PATIENCE)
    found = verdicts(system, by_turns(system, expected, other))
    for verdict in found:
        _say(str(verdict))
    system.close()
    return 1 if broken(found) else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

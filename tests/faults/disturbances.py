"""What is done to a system: each returns when it is over, and leaves the system to recover."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis

from servers.kafka import Kafka
from servers.redis import Redis
from tests.faults.system import System
from tests.faults.tcp_proxy import Proxy

#: Seconds after which Kafka counts a silent worker as gone, and some more.
BEYOND_SESSION = 9
#: Seconds from which on published rules decide: a little more than a product's user must wait.
AHEAD = 12
#: Bytes that a Redis loses whose machine dies: some commits.
_LOST = 20_000


@dataclass
class Trial:
    """A system on servers of its own, with a network that may lose replies, and the dice."""

    system: System
    kafka: Kafka
    redis: Redis
    network: Proxy
    dice: random.Random


def kill_worker(trial: Trial) -> None:
    """kill -9 of one worker."""
    running = trial.system.fleet.running
    if running:
        trial.system.disturbed("a worker is killed")
        trial.system.fleet.kill(trial.dice.choice(running))


def kill_all_workers(trial: Trial) -> None:
    """kill -9 of all workers at once."""
    trial.system.disturbed("all workers are killed")
    for process in list(trial.system.fleet.running):
        trial.system.fleet.kill(process)


def freeze_worker(trial: Trial) -> None:
    """SIGSTOP until the others have taken over, then SIGCONT: what it wants to write then must be refused."""
    running = trial.system.fleet.running
    if not running:
        return
    process = trial.dice.choice(running)
    trial.system.disturbed(f"worker {process.pid} is frozen")
    process.send(signal.SIGSTOP)
    trial.system.until(lambda: False, BEYOND_SESSION)
    process.send(signal.SIGCONT)
    trial.system.note(f"worker {process.pid} goes on")


def storm(trial: Trial) -> None:
    """Every two seconds a worker joins or leaves, for 12 s."""
    fleet = trial.system.fleet
    for number in range(3):
        trial.system.disturbed("a worker joins")
        one = fleet.start_one()
        trial.system.until(lambda: False, 2)
        trial.system.disturbed("a worker leaves")
        if number % 2:
            fleet.kill(one)
        else:
            one.send(signal.SIGTERM)
        trial.system.until(lambda: False, 2)


def kill_kafka(trial: Trial) -> None:
    """kill -9 of Kafka, which starts on the same folder."""
    trial.system.disturbed("Kafka is killed")
    trial.kafka.kill()
    time.sleep(1)
    trial.kafka.restart()
    trial.system.note("Kafka runs again")


def kill_redis(trial: Trial) -> None:
    """kill -9 of Redis, which has lost the last of what it was told, as where its machine dies."""
    trial.system.disturbed("Redis is killed")
    trial.redis.kill()
    for log in (trial.redis.folder / "appendonlydir").glob("*.incr.aof"):
        os.truncate(log, max(0, log.stat().st_size - _LOST))
    trial.redis.restart()
    trial.system.note("Redis runs again")


def freeze_redis(trial: Trial) -> None:
    """Redis answers nothing for longer than anyone waits for an answer."""
    trial.system.disturbed("Redis is frozen")
    trial.redis.pause()
    trial.system.until(lambda: False, 7)
    trial.redis.resume()
    trial.system.note("Redis goes on")


def fill_redis(trial: Trial) -> None:
    """Redis has no memory left for a while."""
    trial.system.disturbed("Redis is full")
    with redis.Redis.from_url(trial.redis.url) as client:
        client.config_set("maxmemory", "1mb")
        trial.system.until(lambda: False, 6)
        client.config_set("maxmemory", "0")
    trial.system.note("Redis has memory again")


def lose_replies(trial: Trial) -> None:
    """The replies to some transactions are lost after they were made, some of them several times over."""
    trial.system.disturbed("replies of Redis are lost")
    trial.network.lose_replies(b"EXEC", trial.dice.choice([1, 2, 4]))


def publish_rules(trial: Trial) -> None:
    """Other rules are published, which decide some seconds later: just then something else may be the matter."""
    trial.system.publish_rules(AHEAD)


#: All of them.
DISTURBANCES: tuple[Callable[[Trial], None], ...] = (
    kill_worker,
    kill_all_workers,
    freeze_worker,
    storm,
    kill_kafka,
    kill_redis,
    freeze_redis,
    fill_redis,
    lose_replies,
    publish_rules,
)

"""State in Redis: one partition number's records, due timers, outbox and position under keys of one hash tag.

Who claims a partition number writes a random token; each commit checks, in its transaction, that the token and the
commit number are still what they were. So a worker that was frozen, and another one that took over meanwhile, never
both write; and a commit whose answer was lost is found to have been made when it is tried again.

Keys, `P` being the prefix and `7` the partition number (the braces keep them on one node of a Redis Cluster):

    P:{7}:state     hash: token, number, sequence, dead, position, counters
    P:{7}:records   hash: customer -> record
    P:{7}:due       sorted set: customer by the moment of her next timer (ms)
    P:{7}:outbox    stream: decisions to be published, by sequence number
    P:{7}:dead      stream: dead letters to be published, by their number
    P:{7}:reasons   hash: reason of dead letters -> how many
    P:{7}:settings  hash
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, cast

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError, WatchError

from models.speech import say
from streams.dead_letters import DeadLetter, decode_dead_letter, encode_dead_letter
from streams.stores.base import Commit, LostClaim, OutboxEntry, StoreError, is_repeat
from streams.stores.redis_nodes import ELSEWHERE, TRIES, Nodes, address_of, told_by
from streams.testing.failpoints import reach

#: What the names of all keys begin with.
PREFIX = "beforehand"
#: Records, or entries of the outbox, that are read at once.
_FETCHED = 5_000
#: How often a claim is written, where the partition number may have moved to another node.
_CLAIMED = 2
#: Keeps settings and takes entries from a stream if the claim still stands; whether it does. As a script, because a
#: server without memory refuses whatever is queued in a transaction, and this is what gives it some back.
_TRIM = """\
local claimed = redis.call('HMGET', KEYS[1], 'token', 'number')
if claimed[1] ~= ARGV[1] or (claimed[2] or '0') ~= ARGV[2] then return 0 end
for each = 4, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[each], ARGV[each + 1]) end
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
return 1
"""


def check_server(nodes: Nodes) -> list[str]:
    """Whether these servers can keep state: StoreError if one would lose some, else what should be better (sentences).

    Replicas are looked at too: any of them may take a master's place.
    """
    return [one for client in (*nodes.masters(), *nodes.replicas()) for one in _check(client)]


def _check(client: Redis) -> list[str]:
    try:
        memory, kept = client.info("memory"), client.info("persistence")
    except RedisError as wrong:
        raise StoreError(told_by(client, wrong)) from None
    where = address_of(client)
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise StoreError(
            say(
                "Redis at {where} throws data away when its memory is full (maxmemory-policy {policy}): customers "
                "would be forgotten. Set `maxmemory-policy noeviction` in redis.conf, or `redis-cli CONFIG SET "
                "maxmemory-policy noeviction`",
                where=where,
                policy=policy,
            )
        )
    if kept.get("aof_enabled"):
        return []
    advice = say(
        "Redis at {where} keeps no append-only file: what it loses when it dies is computed again from Kafka, but "
        "only as far back as the topics reach. Set `appendonly yes` and `appendfsync everysec`",
        where=where,
    )
    return [advice]


def key_of(prefix: str, number: int) -> str:
    """What the keys of a partition number begin with."""
    return f"{prefix}:{{{number}}}:"


class RedisStore:
    """The store of one partition number. `claim` comes first; then it is this process's, until somebody else claims."""

    def __init__(self, nodes: Nodes, number: int, prefix: str = PREFIX) -> None:
        self._nodes = nodes
        self._partition = number
        key = key_of(prefix, number)
        self._state, self._records, self._due = key + "state", key + "records", key + "due"
        self._outbox, self._dead, self._reasons = key + "outbox", key + "dead", key + "reasons"
        self._settings = key + "settings"
        self._token = b""
        self._number = self._sequence = self._dead_sequence = 0
        #: Entries of the outbox that are not published yet.
        self.unpublished = 0

    def claim(self) -> None:
        """From now on this process owns the partition number: whoever did before is refused at its next commit.

        Everything is to be read after this, not before: only then can nobody change it any more.
        """
        token = self._token = secrets.token_bytes(16)
        reach("claim: before")
        self._nodes.ask(self._state, lambda client: client.hset(self._state, "token", cast(Any, token)), _CLAIMED)
        reach("claim: written")
        number, sequence, dead = self._ask(lambda client: client.hmget(self._state, ["number", "sequence", "dead"]))
        self.unpublished = self._ask(lambda client: client.xlen(self._outbox))
        self._number, self._sequence, self._dead_sequence = int(number or 0), int(sequence or 0), int(dead or 0)

    # ------------------------------------------------------------------ commit

    def number(self) -> int:
        return self._number

    def commit(self, commit: Commit) -> None:
        if is_repeat(commit.number, self._number):
            return
        reach("commit: before")
        sequence, dead = self._sequence + len(commit.outbox), self._dead_sequence + len(commit.dead_letters)

        def write(pipe: Pipeline) -> None:
            state: dict[Any, Any] = {"number": commit.number, "sequence": sequence, "dead": dead}
            if commit.position is not None:
                state["position"] = commit.position
            if commit.counters is not None:
                state["counters"] = commit.counters
            pipe.hset(self._state, mapping=state)
            _write_hash(pipe, self._records, commit.records)
            _write_hash(pipe, self._settings, commit.settings)
            self._write_due(pipe, commit.due)
            for number, (id_, payload) in enumerate(commit.outbox, self._sequence + 1):
                pipe.xadd(self._outbox, {"id": id_, "payload": payload}, id=f"{number}-0")
            for number, letter in enumerate(commit.dead_letters, self._dead_sequence + 1):
                pipe.xadd(self._dead, {"letter": encode_dead_letter(letter)}, id=f"{number}-0")
                pipe.hincrby(self._reasons, letter.reason.value, 1)

        self._write(write, made=commit.number)
        self._number, self._sequence, self._dead_sequence = commit.number, sequence, dead
        self.unpublished += len(commit.outbox)
        reach("commit: after")

    def _write(self, write: Callable[[Pipeline], object], made: int) -> None:
        """Do this in one transaction, if the claim still stands; `made` is the number it leaves behind.

        A lost answer says nothing, so the state is asked: with the number `made` it has been done. An answer can't be
        overtaken by the transaction it belonged to, as that watches the state too.
        """
        for attempt in range(1, TRIES + 1):
            client = self._nodes.of(self._state)
            try:
                with client.pipeline(transaction=True) as pipe:
                    cast(Any, pipe).watch(self._state)
                    token, number = cast(Any, pipe.hmget(self._state, ["token", "number"]))
                    if token != self._token:
                        raise LostClaim(self._partition)
                    if int(number or 0) == made:
                        return
                    if int(number or 0) != self._number:
                        raise LostClaim(self._partition)
                    pipe.multi()
                    write(pipe)
                    pipe.execute()
                    return
            except WatchError:
                continue  # a claim, or the transaction whose answer was lost: asked again above
            except ELSEWHERE as wrong:
                self._nodes.look_again(client)
                if attempt == TRIES:
                    raise StoreError(told_by(client, wrong)) from None
            except RedisError as wrong:
                raise StoreError(told_by(client, wrong)) from None
        raise StoreError(
            say(
                "Redis: a transaction of partition {partition} was broken off {times} times",
                partition=self._partition,
                times=TRIES,
            )
        )

    def _write_due(self, pipe: Pipeline, due: Mapping[str, int | None]) -> None:
        kept = {customer: at for customer, at in due.items() if at is not None}
        if kept:
            pipe.zadd(self._due, cast(Any, kept))
        removed = [customer for customer, at in due.items() if at is None]
        if removed:
            pipe.zrem(self._due, *removed)

    # ------------------------------------------------------------------ reading

    def load(self, customers: Sequence[str]) -> dict[str, bytes]:
        records: dict[str, bytes] = {}
        for start in range(0, len(customers), _FETCHED):
            some = list(customers[start : start + _FETCHED])
            found = self._ask(partial(Redis.hmget, name=self._records, keys=some))
            records.update((customer, data) for customer, data in zip(some, found, strict=True) if data is not None)
        return records

    def customers(self) -> Iterator[str]:
        yield from sorted(key.decode() for key in self._ask(lambda client: client.hkeys(self._records)))

    def due(self, until: int, limit: int) -> list[tuple[int, str]]:
        found = self._ask(
            lambda client: client.zrange(
                self._due, cast(Any, "-inf"), cast(Any, until), byscore=True, offset=0, num=limit, withscores=True
            )
        )
        return [(int(score), customer.decode()) for customer, score in found]

    def position(self) -> bytes | None:
        return self._of_state("position")

    def counters(self) -> bytes | None:
        return self._of_state("counters")

    def _of_state(self, name: str) -> bytes | None:
        return cast(bytes | None, self._ask(lambda client: client.hget(self._state, name)))

    def setting(self, name: str) -> bytes | None:
        return cast(bytes | None, self._ask(lambda client: client.hget(self._settings, name)))

    def settings(self) -> dict[str, bytes]:
        found = self._ask(lambda client: client.hgetall(self._settings))
        return {name.decode(): value for name, value in found.items()}

    def outbox(self, after: int = 0) -> Iterator[OutboxEntry]:
        for sequence, fields in self._stream(self._outbox, after):
            yield OutboxEntry(sequence, fields[b"id"].decode(), fields[b"payload"])

    def _stream(self, key: str, after: int) -> Iterator[tuple[int, dict[bytes, bytes]]]:
        while True:
            found = self._ask(partial(Redis.xrange, name=key, min=f"({after}-0", count=_FETCHED))
            for id_, fields in found:
                after = int(id_.partition(b"-")[0])
                yield after, fields
            if len(found) < _FETCHED:
                return

    def trim(self, upto: int, settings: Mapping[str, bytes] = {}) -> None:
        reach("trim: before")
        self._trim(self._outbox, upto, settings)
        self.unpublished = self._sequence - upto
        reach("trim: after")

    def _trim(self, stream: str, upto: int, settings: Mapping[str, bytes] = {}) -> None:
        keys = self._state, stream, self._settings
        arguments: list[Any] = [self._token, self._number, f"{upto + 1}-0", *chain.from_iterable(settings.items())]
        if not self._ask(lambda client: client.eval(_TRIM, len(keys), *keys, *arguments)):
            raise LostClaim(self._partition)

    def dead_letters(self) -> Iterator[DeadLetter]:
        for _, letter in self.dead_outbox():
            yield letter

    def dead_outbox(self, after: int = 0) -> Iterator[tuple[int, DeadLetter]]:
        """(sequence number, letter) of those that are not published yet, above `after`."""
        for sequence, fields in self._stream(self._dead, after):
            yield sequence, decode_dead_letter(fields[b"letter"])

    def trim_dead(self, upto: int) -> None:
        """Forget the dead letters that are published, up to this sequence number."""
        self._trim(self._dead, upto)

    def dead_letter_counts(self) -> dict[str, int]:
        found = self._ask(lambda client: client.hgetall(self._reasons))
        return {reason.decode(): int(number) for reason, number in found.items()}

    def close(self) -> None:
        """Let go of the store. The clients are their maker's, who may have given them to other stores too."""
        self._token = b""

    def _ask(self, question: Callable[[Redis], Any]) -> Any:
        """The answer to a question that may be asked twice."""
        return self._nodes.ask(self._state, question)


def _write_hash(pipe: Pipeline, key: str, changes: Mapping[str, bytes | None]) -> None:
    kept = {name: value for name, value in changes.items() if value is not None}
    if kept:
        pipe.hset(key, mapping=cast(Any, kept))
    removed = [name for name, value in changes.items() if value is None]
    if removed:
        pipe.hdel(key, *removed)

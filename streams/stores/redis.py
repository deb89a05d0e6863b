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
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any, cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004 -- the name of Redis' own
    NoPermissionError,
    OutOfMemoryError,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 -- as above
    WatchError,
)
from redis.retry import Retry

from streams.dead_letters import DeadLetter, decode_dead_letter, encode_dead_letter
from streams.stores.base import Commit, LostClaim, OutboxEntry, StoreError, is_repeat
from streams.stores.redis_connection import Tls
from streams.testing.failpoints import reach

#: What the names of all keys begin with.
PREFIX = "beforehand"
#: Records, or entries of the outbox, that are read at once.
_FETCHED = 5_000
#: Seconds a command may take before the server counts as gone.
_TIMEOUT = 5.0
#: How often a commit whose answer was lost asks what became of it, before the server counts as gone.
_TRIES = 3
#: Keeps settings and takes entries from a stream if the claim still stands; whether it does. As a script, because a
#: server without memory refuses whatever is queued in a transaction, and this is what gives it some back.
_TRIM = """\
local claimed = redis.call('HMGET', KEYS[1], 'token', 'number')
if claimed[1] ~= ARGV[1] or (claimed[2] or '0') ~= ARGV[2] then return 0 end
for each = 4, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[each], ARGV[each + 1]) end
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
return 1
"""


def connect(url: str, tls: Tls | None = None, timeout: float = _TIMEOUT) -> Redis:
    """A client of the server at this address (`redis://`, `rediss://`, `unix://`); StoreError if it is no address.

    `timeout`: seconds a command may take. Nothing is retried behind our back: redis-py 8 would send a command that
    timed out up to ten times again, and a commit must know whether the one before was made.
    """
    options: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    if tls is not None and url.startswith("rediss:"):
        options |= tls.options()
    try:
        return Redis.from_url(url, retry=Retry(NoBackoff(), 0), protocol=3, **options)
    except ValueError as wrong:
        raise StoreError(f"the address of Redis is wrong ({wrong}); it looks like redis://host:6379/0") from None


def check_server(client: Redis) -> list[str]:
    """Whether this server can keep state: StoreError if it would lose some, else what should be better (sentences)."""
    with _told(client):
        memory, kept = client.info("memory"), client.info("persistence")
    where = address_of(client)
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise StoreError(
            f"Redis at {where} throws data away when its memory is full (maxmemory-policy {policy}): customers would "
            "be forgotten. Set `maxmemory-policy noeviction` in redis.conf, or `redis-cli CONFIG SET maxmemory-policy "
            "noeviction`"
        )
    if kept.get("aof_enabled"):
        return []
    advice = (
        f"Redis at {where} keeps no append-only file: what it loses when it dies is computed again from Kafka, but "
        "only as far back as the topics reach. Set `appendonly yes` and `appendfsync everysec`"
    )
    return [advice]


def address_of(client: Redis) -> str:
    """Where the server of a client is: host and port, or the path of a socket; never its password."""
    options = client.connection_pool.connection_kwargs
    return (
        str(options["path"]) if "path" in options else f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
    )


def key_of(prefix: str, number: int) -> str:
    """What the keys of a partition number begin with."""
    return f"{prefix}:{{{number}}}:"


class RedisStore:
    """The store of one partition number. `claim` comes first; then it is this process's, until somebody else claims."""

    def __init__(self, client: Redis, number: int, prefix: str = PREFIX) -> None:
        self._client = client
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
        self._token = secrets.token_bytes(16)
        reach("claim: before")
        with _told(self._client):
            self._client.hset(self._state, "token", cast(Any, self._token))
            reach("claim: written")
            number, sequence, dead = self._client.hmget(self._state, ["number", "sequence", "dead"])
            self.unpublished = self._client.xlen(self._outbox)
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
        for attempt in range(1, _TRIES + 1):
            try:
                with self._client.pipeline(transaction=True) as pipe:
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
            except (ConnectionError, TimeoutError) as wrong:
                if attempt == _TRIES:
                    raise StoreError(told_by(self._client, wrong)) from None
            except RedisError as wrong:
                raise StoreError(told_by(self._client, wrong)) from None
        raise StoreError(f"Redis at {address_of(self._client)}: a transaction was broken off {_TRIES} times")

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
            found = self._ask(partial(self._client.hmget, self._records, some))
            records.update((customer, data) for customer, data in zip(some, found, strict=True) if data is not None)
        return records

    def customers(self) -> Iterator[str]:
        yield from sorted(key.decode() for key in self._ask(lambda: self._client.hkeys(self._records)))

    def due(self, until: int, limit: int) -> list[tuple[int, str]]:
        found = self._ask(
            lambda: self._client.zrange(
                self._due, cast(Any, "-inf"), cast(Any, until), byscore=True, offset=0, num=limit, withscores=True
            )
        )
        return [(int(score), customer.decode()) for customer, score in found]

    def position(self) -> bytes | None:
        return self._of_state("position")

    def counters(self) -> bytes | None:
        return self._of_state("counters")

    def _of_state(self, name: str) -> bytes | None:
        return cast(bytes | None, self._ask(lambda: self._client.hget(self._state, name)))

    def setting(self, name: str) -> bytes | None:
        return cast(bytes | None, self._ask(lambda: self._client.hget(self._settings, name)))

    def settings(self) -> dict[str, bytes]:
        found = self._ask(lambda: self._client.hgetall(self._settings))
        return {name.decode(): value for name, value in found.items()}

    def outbox(self, after: int = 0) -> Iterator[OutboxEntry]:
        for sequence, fields in self._stream(self._outbox, after):
            yield OutboxEntry(sequence, fields[b"id"].decode(), fields[b"payload"])

    def _stream(self, key: str, after: int) -> Iterator[tuple[int, dict[bytes, bytes]]]:
        while True:
            found = self._ask(partial(self._client.xrange, key, f"({after}-0", "+", count=_FETCHED))
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
        if not self._ask(lambda: self._client.eval(_TRIM, len(keys), *keys, *arguments)):
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
        found = self._ask(lambda: self._client.hgetall(self._reasons))
        return {reason.decode(): int(number) for reason, number in found.items()}

    def close(self) -> None:
        """Let go of the store. The client is its maker's, who may have given it to other stores too."""
        self._token = b""

    def _ask(self, question: Callable[[], Any]) -> Any:
        """The answer to a question that may be asked twice, asked again where the connection was lost."""
        for _ in range(_TRIES - 1):
            try:
                return question()
            except (ConnectionError, TimeoutError):
                continue
            except RedisError as wrong:
                raise StoreError(told_by(self._client, wrong)) from None
        with _told(self._client):
            return question()


def _write_hash(pipe: Pipeline, key: str, changes: Mapping[str, bytes | None]) -> None:
    kept = {name: value for name, value in changes.items() if value is not None}
    if kept:
        pipe.hset(key, mapping=cast(Any, kept))
    removed = [name for name, value in changes.items() if value is None]
    if removed:
        pipe.hdel(key, *removed)


@contextmanager
def _told(client: Redis) -> Iterator[None]:
    """Whatever Redis says is told as a StoreError."""
    try:
        yield
    except RedisError as wrong:
        raise StoreError(told_by(client, wrong)) from None


def told_by(client: Redis, wrong: RedisError) -> str:
    """What went wrong with Redis, where, and what to do, as a sentence without its full stop."""
    where = address_of(client)
    if isinstance(wrong, OutOfMemoryError) or "OOM" in str(wrong):
        return f"Redis at {where} has no memory left (maxmemory); nothing of this batch was written. Give it more"
    if isinstance(wrong, AuthenticationError | NoPermissionError):
        return f"Redis at {where} refuses us ({wrong}); check user and password in the address, and the user's rights"
    if isinstance(wrong, BusyLoadingError):
        return f"Redis at {where} is still loading its data; it will answer when it has read them"
    if isinstance(wrong, TimeoutError):
        return (
            f"Redis at {where} did not answer within {client.connection_pool.connection_kwargs['socket_timeout']:g} s"
        )
    if isinstance(wrong, ConnectionError):
        return f"Redis at {where} can't be reached ({wrong}); is it running, and is the address right?"
    if isinstance(wrong, ResponseError):
        return f"Redis at {where} refused a command ({wrong})"
    return f"Redis at {where}: {wrong}"

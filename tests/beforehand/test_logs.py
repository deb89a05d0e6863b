from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaConnectionError

from beforehand.logs import Form, set_up
from streams.stores.base import StoreError

#: What a producer sent, and must not be in a log.
MARK = "geheim"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The loggers of whoever runs the tests are left as they were."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept


def written(form: Form = "text", level: str = "info") -> io.StringIO:
    """Where the log goes from now on."""
    out = io.StringIO()
    set_up(form, level, out)
    return out


def lines(out: io.StringIO) -> list[str]:
    """What has been written, without the time of day."""
    return [line.partition(" ")[2] for line in out.getvalue().splitlines()]


ours, faust = logging.getLogger("beforehand.worker"), logging.getLogger("faust.app")


def test_a_person_reads_a_line_for_each() -> None:
    """Ours without the name of the logger, that of a library with it; libraries say only what is wrong."""
    out = written()
    ours.info("partitions %s are ours", [1, 2])
    ours.debug("not asked for")
    faust.info("banner")
    faust.warning("slow")
    logging.getLogger("aiokafka.client").warning("disconnected")
    assert lines(out) == ["info partitions [1, 2] are ours", "warning faust.app: slow"]


def test_a_program_reads_an_object_for_each() -> None:
    """With the moment, the level, the logger and the message."""
    out = written("json", "debug")
    ours.debug("partition %d", 3)
    (line,) = [json.loads(one) for one in out.getvalue().splitlines()]
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "debug", "logger": "beforehand.worker", "message": "partition 3"}


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_producer_sent_is_not_written(form: Form) -> None:
    """An exception that may hold it is written as its kind and where it was raised, bytes as their number."""
    out = written(form)
    try:
        int(MARK)
    except ValueError as wrong:
        faust.exception("Crashed reason=%r", wrong)
        ours.error("it broke: %s", wrong, exc_info=True)
    ours.error("read %s", MARK.encode())
    assert MARK not in out.getvalue()
    for said in ("ValueError", "test_logs.py", "<6 bytes>"):
        assert said in out.getvalue()


def test_what_names_servers_only_is_written() -> None:
    """Errors of Kafka, of the store and of the system say what to do; they stay whole."""
    out = written()
    ours.error("%s", StoreError("Redis at a:1 can't be reached"))
    ours.error("%s", KafkaConnectionError("no broker"))
    assert lines(out) == ["error Redis at a:1 can't be reached", "error KafkaConnectionError: no broker"]


def test_what_kafka_answers_before_it_is_asked_again_is_not_written() -> None:
    """A group that is just being made is no trouble; a broker that is not there is."""
    out = written()
    coordinator = logging.getLogger("aiokafka.consumer.group_coordinator")
    coordinator.error("Group Coordinator Request failed: %s", GroupCoordinatorNotAvailableError())
    coordinator.error("Group Coordinator Request failed: %s", KafkaConnectionError("gone"))
    assert [line.partition(": ")[2] for line in lines(out)] == [
        "Group Coordinator Request failed: KafkaConnectionError: gone"
    ]


def test_a_line_stays_a_line() -> None:
    """Neither a line break nor a sign for terminals gets into the log as it is, and no line is endless."""
    out = written()
    ours.warning("%s", "a\n\x1b[2Jb" + "c" * 5_000)
    (line,) = lines(out)
    assert line.startswith(r"warning a\n\x1b[2Jbccc")
    assert len(line) < 2_100


def test_what_is_said_again_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a server is away the same is said once a minute, and how often it was so; numbers make no difference."""
    out = written()
    for number in range(30):
        ours.error("partition %d is left alone: %s", number, StoreError("away"))
    ours.error("partition %d is left alone: %s", 1, StoreError("full"))
    monkeypatch.setattr("beforehand.logs.QUIET", 0.0)
    ours.error("partition %d is left alone: %s", 1, StoreError("away"))
    assert lines(out) == [
        "error partition 0 is left alone: away",
        "error partition 1 is left alone: full",
        "error partition 1 is left alone: away (and 29 times before)",
    ]


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one a warning is yellow, unless NO_COLOR asks for none."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for wish, expected in ((None, True), ("1", False)):
        if wish is None:
            monkeypatch.delenv("NO_COLOR", raising=False)
        else:
            monkeypatch.setenv("NO_COLOR", wish)
        out = Terminal()
        set_up("text", "info", out)
        ours.warning("careful")
        assert ("\x1b[33mwarning\x1b[0m" in out.getvalue()) is expected

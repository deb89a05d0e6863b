"""Published once: the out file and its marks."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from models.decisions import ActionKind, Decision, EventCause, Outcome, Trace
from models.messages import HandOff
from streams.appended import AppendedFile
from streams.channels.base import ChannelError
from streams.relay import DecisionFile, HandOffs, publish, setting_of
from streams.stores.base import Commit
from streams.stores.memory import MemoryStore


def opened(path: Path, store: MemoryStore) -> AppendedFile:
    """The out file, opened as a run would."""
    return AppendedFile(path, store.setting(setting_of("out")), durable=False)


def test_what_is_decided_is_published_in_order_and_forgotten(tmp_path: Path) -> None:
    """Each entry is one line; afterwards the outbox is empty."""
    store = MemoryStore()
    file = opened(tmp_path / "out", store)
    outlets = {"out": DecisionFile(file)}
    for number in (1, 2):
        store.commit(Commit(number, outbox=[("a", b"%d a" % number), ("b", b"%d b" % number)]))
        assert publish(store, outlets) == 2
    assert publish(store, outlets) == 0
    file.close()
    assert (tmp_path / "out").read_bytes() == b"1 a\n1 b\n2 a\n2 b\n"


def test_what_stands_behind_the_mark_is_written_anew(tmp_path: Path) -> None:
    """Lines that were published but not marked are cut off and come again, once."""
    store, path = MemoryStore(), tmp_path / "out"
    file = opened(path, store)
    store.commit(Commit(1, outbox=[("a", b"one")]))
    publish(store, {"out": DecisionFile(file)})
    store.commit(Commit(2, outbox=[("b", b"two")]))
    file.append([b"two", b"tor"])
    file.close()
    file = opened(path, store)
    assert publish(store, {"out": DecisionFile(file)}) == 1
    file.close()
    assert path.read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("found", [b"", b"x\n", b"other lines, longer than ours\n"])
def test_a_file_that_is_not_ours_any_more_is_added_to(tmp_path: Path, found: bytes) -> None:
    """A file that was rotated or replaced meanwhile is not cut."""
    store, path = MemoryStore(), tmp_path / "out"
    file = opened(path, store)
    store.commit(Commit(1, outbox=[("a", b"one line")]))
    publish(store, {"out": DecisionFile(file)})
    file.close()
    path.write_bytes(found)
    store.commit(Commit(2, outbox=[("b", b"two")]))
    file = opened(path, store)
    publish(store, {"out": DecisionFile(file)})
    file.close()
    assert path.read_bytes() == found + b"two\n"


def test_a_file_begins_anew_without_a_mark(tmp_path: Path) -> None:
    """A fresh state writes a fresh file."""
    path = tmp_path / "out"
    path.write_bytes(b"of an earlier state\n")
    opened(path, MemoryStore()).close()
    assert path.read_bytes() == b""


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder that is not there is an error with the path."""
    with pytest.raises(ChannelError, match="it can't be written"):
        AppendedFile(tmp_path / "none" / "out")


class Kept:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[HandOff] = []

    def hand_over(self, hand_off: HandOff) -> None:
        """Keep it."""
        self.taken.append(hand_off)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


def test_a_channel_gets_what_was_sent(tmp_path: Path) -> None:
    """Decisions of the outbox become hand-offs, if they were sent."""
    sent = Decision(
        "d1",
        "warn",
        "abcdef012345",
        "c-1",
        None,
        "2026-03-02T02:00:00.000Z",
        ActionKind.GUIDANCE,
        Outcome.SENT,
        None,
        "app",
        "en",
        "Soon used up.",
        None,
        None,
        None,
        EventCause("till", "e1"),
        Trace((), {}),
    )
    withheld = msgspec.structs.replace(sent, id="d2", outcome=Outcome.CONTROL)
    store, channel = MemoryStore(), Kept()
    store.commit(Commit(1, outbox=[(one.id, msgspec.json.encode(one)) for one in (sent, withheld)]))
    publish(store, {"channel": HandOffs(channel)})
    assert [one.id for one in channel.taken] == ["d1"]
    assert list(store.outbox()) == []

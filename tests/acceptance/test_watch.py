"""The real command over a pipe and a folder: rules that are saved decide, broken ones do not, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.events import Event
from models.moments import format_moment, parse_moment
from rules.workspace.workspace import Workspace, load_texts
from streams.assembly import assemble
from streams.engine import Engine
from streams.rule_sets import Decided, begun_after, rule_sets, rules_of
from streams.stepper import Stepper
from streams.stores.sqlite import SqliteStore
from streams.taking import Taking
from streams.wire.decoder import Decoder
from tests.acceptance.forked import Called, Command
from tests.beforehand.cli.commands import workspace
from tests.beforehand.test_following import HELLO

START = parse_moment("2026-03-02T09:00:00+08:00")


class Shop:
    """A watched workspace, and a run that reads a pipe."""

    def __init__(self, command: Command, folder: Path) -> None:
        self.command = command
        self.folder = folder
        self.rules = workspace(folder / "shop") / "rules"
        self.lines: list[str] = []
        os.mkfifo(folder / "pipe")
        self.open()

    def open(self) -> None:
        """Start the command."""
        names = ("shop", "--events", "-", "--watch", "--state", "state", "--out", "out.jsonl", "--json")
        self.called: Called = self.command.begin(self.folder, "run", *names, stdin=str(self.folder / "pipe"))
        self.pipe = (self.folder / "pipe").open("w")
        self.wait_until(lambda: "Watching shop." in self.called.complained)

    def close(self) -> None:
        """End it, if it has not ended."""
        self.pipe.close()
        if not self.called.ended():
            self.called.kill(signal.SIGKILL)

    def pay(self, second: int) -> None:
        """A payment at a second of the day."""
        moment = format_moment(START + second * 1_000)
        event = {"id": str(second), "type": "paid", "subject": "c", "time": moment, "data": {"price": "5 CNY"}}
        self.lines.append(json.dumps(event))
        self.pipe.write(self.lines[-1] + "\n")
        self.pipe.flush()

    def save(self, text: str | None, said: str) -> None:
        """Save the rule, or delete it, and wait until that is said of it."""
        before = self.called.complained.count(said)
        file = self.rules / "hello.yaml"
        file.unlink() if text is None else file.write_text(text, "utf-8")
        self.wait_until(lambda: self.called.complained.count(said) > before)

    def wait_for(self, second: int) -> None:
        """Wait until the payment of that second has been decided on."""
        self.wait_until(lambda: str(second) in {one["event"]["id"] for one in self.decisions()})

    def decisions(self) -> list[dict[str, Any]]:
        """What has been decided so far."""
        out = self.folder / "out.jsonl"
        return [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []

    def wait_until(self, done: Any) -> None:
        """For a minute at most."""
        ends = time.monotonic() + 60
        while not done() and time.monotonic() < ends:
            assert not self.called.ended(), self.called.complained
            time.sleep(0.02)
        assert done(), self.called.complained


@pytest.fixture
def shop(command: Command, tmp_path: Path) -> Iterator[Shop]:
    """A shop that is open."""
    made = Shop(command, tmp_path)
    yield made
    made.close()


def test_a_life_of_saves_and_a_death(shop: Shop) -> None:
    """Saved, broken, killed, started over a broken folder, mended, deleted: who decides is always the last good set."""
    shop.pay(0)
    shop.pay(1)
    shop.save(HELLO, "Decides from 2026-03-02 09:00:11 on")
    for second in (2, 10, 11, 12, 20):
        shop.pay(second)
    shop.wait_for(12)
    shop.save(HELLO.replace("paid", "payd"), "The rules of before go on deciding")
    assert "rules/hello.yaml:2:7 E201" in shop.called.complained
    shop.pay(30)
    shop.pay(40)
    shop.wait_for(30)
    shop.called.kill(signal.SIGKILL)
    shop.pipe.close()

    shop.open()
    shop.pay(50)
    shop.pay(60)
    shop.wait_for(50)
    assert "mistakes in shop. The rules of before go on deciding." in shop.called.complained
    shop.save(HELLO.replace("Thank you", "Thanks"), "Decides from 2026-03-02 09:01:10 on")
    for second in (69, 70, 80):
        shop.pay(second)
    shop.wait_for(70)
    shop.save(HELLO.replace("expect guidance", "expect nothing"), "1 of 1 test failed. The rules of before go on")
    shop.save(None, "hello is gone: checked. Decides from 2026-03-02 09:01:30 on")
    for second in (85, 90, 100):
        shop.pay(second)
    shop.pipe.close()
    assert shop.called.end() == 0, shop.called.complained

    texts = {int(one["event"]["id"]): one["text"] for one in shop.decisions()}
    seconds = (11, 12, 20, 30, 40, 50, 60, 69, 70, 80, 85)
    # what had arrived and was not taken when it was killed came only once: it is lost, as with every pipe
    lost = {40} - texts.keys()
    assert texts == {n: "Thank you." if n < 70 else "Thanks." for n in seconds if n not in lost}
    replayed = decided_by(
        shop, [json.loads(line) for line in shop.lines if json.loads(line)["id"] not in map(str, lost)]
    )
    assert replayed == {(one["id"], one["time"], one["rule_version"]) for one in shop.decisions()}


def decided_by(shop: Shop, events: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """What the rule sets that the state has kept decide on these events, each from its moment on."""
    store = SqliteStore(shop.folder / "state")
    sets = rule_sets(store)
    store.close()
    spaces = [read(one) for one in sets]
    engine = made(spaces[0])
    stepper, taking = Stepper(engine, lambda _: {}), Taking(engine.vocabulary.settle)
    decoder = Decoder(spaces[0].vocabulary)
    for number, event in enumerate(events):
        decoded = decoder.decode(json.dumps(event).encode())
        assert isinstance(decoded, Event)
        taking.arrive(number, decoded)
    decisions = []
    rules = rules_of(engine)
    for following, space in zip(sets[1:], spaces[1:], strict=True):
        assert following.begins is not None
        decisions += [
            one for taken, *_, event in taking.ready(following.begins - 1) for one in stepper.take(taken, event)
        ]
        decisions += stepper.run_timers(following.begins - 1)
        engine = assemble(space, own(space), begun=begun_after(rules, own(space), following.begins))
        decisions += stepper.switch(engine, following.begins, sorted(stepper.records), rules.versions)
        rules = rules_of(engine)
    decisions += [one for taken, *_, event in taking.all() for one in stepper.take(taken, event)]
    return {(one.id, one.time, one.rule_version) for one in decisions}


def own(space: Workspace) -> list[Any]:
    """The rules of a workspace."""
    return [file.rule for file in space.rules]


def made(space: Workspace) -> Engine:
    """The engine of a first set."""
    return assemble(space, own(space))


def read(one: Decided) -> Workspace:
    """The workspace of a set that was kept."""
    found = load_texts(one.files, stories=False).workspace
    assert found is not None
    return found


def test_a_broken_folder_without_a_past_is_refused(command: Command, tmp_path: Path) -> None:
    """Where nothing good has ever decided, nothing runs; nor where a test fails."""
    for text, said in (
        (HELLO.replace("paid", "payd"), "E201"),
        (HELLO.replace("guidance", "nothing"), "1 of 3 tests failed."),
    ):
        folder = tmp_path / said[:4]
        (workspace(folder / "shop") / "rules" / "hello.yaml").write_text(text, "utf-8")
        called = command.begin(folder, "run", "shop", "--events", "-", "--watch", "--state", "state")
        assert called.end() == 1
        assert said in called.complained

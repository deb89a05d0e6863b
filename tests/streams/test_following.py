"""Another rule set follows while a run goes on: from its moment on it decides, and nothing else changes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.decisions import Decision
from models.events import Event
from models.moments import parse_moment
from rules.codec import decode
from rules.workspace.workspace import Workspace
from streams.appended import AppendedFile
from streams.assembly import assemble
from streams.engine import Engine
from streams.progress import facts_begun, kept_run
from streams.relay import DecisionFile, setting_of
from streams.rule_sets import Coming, Decided, RulesOfRun, begun_after, rule_sets, rules_of
from streams.run import Run
from streams.sources.base import Batch
from streams.sources.jsonl import FileSource
from streams.stepper import Stepper
from streams.stores.base import Store
from streams.stores.memory import MemoryStore
from streams.stores.sqlite import SqliteStore
from streams.taking import Taking
from streams.wire.decoder import Decoder
from tests.streams.test_run import MUCH, START, Cut, CutStore, line, read_shop, write

#: The second block of one rule has other words, and looks at a fact of its own; another rule is gone, a third is new.
OTHER = MUCH.replace("Pay, please.", "Please pay.").replace(
    "plan is M", "plan is M\nunless: count of paid over last 1 hour > 3"
)
NEW = """\
title: Thanks
because: They pay.
when: count of paid over last 30 minutes reaches 2
then:
  guide:
    en: Thank you.
"""
FIRST, SECOND = {"rules/a.yaml": b"first"}, {"rules/b.yaml": b"second"}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Workspace]:
    """A workspace, and what becomes of it."""
    folder = tmp_path_factory.mktemp("shops")
    return read_shop(folder / "first", MUCH), read_shop(folder / "second", OTHER, silent=NEW)


def engine(shop: Workspace, before: RulesOfRun | None = None, begins: int = 0) -> Engine:
    """An engine of its rules, which follow others or not."""
    rules = [one.rule for one in shop.rules]
    return assemble(shop, rules, begun={} if before is None else begun_after(before, rules, begins))


def expected(shops: tuple[Workspace, Workspace], file: Path, begins: int) -> list[Decision]:
    """What is decided where all is known beforehand: everything before the moment by the one, the rest by the other."""
    first = engine(shops[0])
    second = engine(shops[1], rules_of(first), begins)
    taking = Taking(first.vocabulary.settle)
    for batch in FileSource(file, Decoder(shops[0].vocabulary)).batches():
        for number, arrival in enumerate(batch.arrivals, batch.first):
            if isinstance(arrival, Event):
                taking.arrive(number, arrival)
    assert taking.clock is not None
    stepper = Stepper(first, lambda _: {})
    decisions: list[Decision] = []
    for taken, *_, event in taking.ready(begins - 1):
        decisions += stepper.take(taken, event)
    decisions += stepper.run_timers(min(begins - 1, taking.clock))
    if begins <= taking.clock:
        decisions += stepper.switch(second, begins, sorted(stepper.records), rules_of(first).versions)
    for taken, *_, event in taking.all():
        decisions += stepper.take(taken, event)
    return [*decisions, *stepper.run_timers(taking.clock)]


#: Much in the same seconds, late and in disorder, so that a moment has things on both sides of it.
dense = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 1, 2, 90, 200]),
        st.sampled_from([0, 0, 1, 2, 5]),
        st.sampled_from([0, 0, 0, 1, 2, 3, 3, 4, 5]),
    ),
    min_size=20,
    max_size=40,
)


class Watching:
    """A source at whose batches something happens."""

    name = "watched"

    def __init__(self, source: FileSource, run: Run, coming: Coming | None, at: int) -> None:
        self._source, self._run, self._coming, self._at = source, run, coming, at

    def batches(self) -> Iterator[Batch]:
        """Before batch number `at`, or the first at which the run could not wait longer, the other set is there."""
        for number, batch in enumerate(self._source.batches()):
            if self._coming is not None and (number == self._at or self._latest(batch) >= self._coming.begins):
                assert self._run.partition.follow(self._coming)
                self._coming = None
            yield batch

    @staticmethod
    def _latest(batch: Batch) -> int:
        return max(one.arrived if isinstance(one, Event) else 0 for one in batch.arrivals)

    def position(self, number: int) -> bytes:
        """As the source has it."""
        return self._source.position(number)


def go(  # everything that can be different
    shops: tuple[Workspace, Workspace],
    file: Path,
    out: Path,
    store: Store,
    begins: int,
    *,
    batch: int,
    records: int,
    at: int,
    durable: bool = True,
) -> None:
    """Run the file to its end, from where the store says, as whoever is started again with the newest rules does."""
    kept = kept_run(store)
    gone_over = kept is not None and kept[0].reached is not None and kept[0].reached >= begins - 1
    shop = shops[1] if gone_over else shops[0]
    rules = [one.rule for one in shop.rules]
    present = assemble(shop, rules, begun=facts_begun(store, rules))
    coming = None
    if not gone_over:
        coming = Coming(engine(shops[1], rules_of(present), begins), begins, SECOND)
    written = AppendedFile(out, store.setting(setting_of("out")), durable=False)
    try:
        run = Run(
            present,
            store,
            {"out": DecisionFile(written)},
            durable=durable,
            batch=batch,
            records_in_memory=records,
            files=SECOND if gone_over else FIRST,
        )
        source = FileSource(file, Decoder(shop.vocabulary), run.resumes, batch=batch)
        run.run(Watching(source, run, coming, at))
    finally:
        written.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=dense, at=st.integers(0, 39), late=st.sampled_from([-1, 0, 0, 1, 10_000]), seed=st.integers(0, 1 << 30))
def test_from_its_moment_on_the_other_set_decides(
    shops: tuple[Workspace, Workspace], tmp_path: Path, life: Any, at: int, late: int, seed: int
) -> None:
    """In memory or in a store, in any batches, told early or late, cut off again and again: the same decisions."""
    dice = random.Random(seed)
    file = write(tmp_path / "events.jsonl", life)
    came = events(file, shops[0])
    assume(came)
    last = max(event.arrived for event in came)
    # where something is decided a moment matters most
    decided = [parse_moment(decision.time) for decision in expected(shops, file, last + 1)]
    moments = decided or [event.time for event in came]
    begins = moments[at % len(moments)] + late
    wanted = sorted(map(msgspec.json.encode, expected(shops, file, begins)))
    go(shops, file, tmp_path / "plain", MemoryStore(), begins, batch=1_000, records=0, at=0, durable=False)
    assert sorted((tmp_path / "plain").read_bytes().splitlines()) == wanted
    (tmp_path / "cut").unlink(missing_ok=True)
    with closing(SqliteStore(tmp_path / "state", again=True)) as store:
        begin_again_and_again(store, shops, file, tmp_path / "cut", begins, dice)
        kept = rule_sets(store)
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "plain").read_bytes()
    hashes = [engine(shop).program.plan.hash for shop in shops]
    sets = [Decided(hashes[0], None, FIRST), Decided(hashes[1], begins, SECOND)]
    assert kept == (sets if begins <= last else sets[:1])


def begin_again_and_again(
    store: Store, shops: tuple[Workspace, Workspace], file: Path, out: Path, begins: int, dice: random.Random
) -> None:
    """Run to the end, with as many deaths as there happen to be."""
    while True:
        ways: dict[str, Any] = {"batch": dice.randint(1, 12), "records": dice.randint(0, 3), "at": dice.randint(0, 9)}
        try:
            go(shops, file, out, CutStore(store, dice), begins, **ways)
            return
        except Cut:
            continue


def test_what_may_be_taken_comes_again_in_its_order(shops: tuple[Workspace, Workspace], tmp_path: Path) -> None:
    """The process dies at the moment of the change, when later events had arrived in disorder: they come in order."""
    came = [line(0, 0, 0, 3), line(4, 4, 0, 0), line(8, 12, 0, 0), line(12, 11, 2, 0), line(16, 60, 0, 2)]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(came), "utf-8")
    begins = START + 8_000
    go(shops, file, tmp_path / "plain", MemoryStore(), begins, batch=100, records=9, at=0, durable=False)
    store = SqliteStore(tmp_path / "state")
    dies = _DiesWhen(store, lambda: (found := kept_run(store)) is not None and found[1].following is not None)
    with pytest.raises(Cut):
        go(shops, file, tmp_path / "out", dies, begins, batch=100, records=9, at=0)
    go(shops, file, tmp_path / "out", store, begins, batch=1, records=9, at=0)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "plain").read_bytes() != b""
    store.close()


def test_a_change_broken_off_may_be_taken_back(shops: tuple[Workspace, Workspace], tmp_path: Path) -> None:
    """Whoever has gone over already goes back, if the process died on the way and the rules of before decide again."""
    file = write(tmp_path / "events.jsonl", [(1, 0, kind) for kind in (3, 3, 3, 3, 0, 0, 0, 0, 2, 2, 2, 0, 0)])
    begins = events(file, shops[0])[8].time
    store = SqliteStore(tmp_path / "state")
    dies = _DiesWhen(store, lambda: (found := kept_run(store)) is not None and found[1].following is not None)
    with pytest.raises(Cut):
        go(shops, file, tmp_path / "out", dies, begins, batch=2, records=1, at=0)
    plans = [engine(shop) for shop in shops]
    assert {plan_of(store, one, plans[0]) for one in store.customers()} == {one.program.plan.hash for one in plans}
    go((shops[0], shops[0]), file, tmp_path / "out", store, begins, batch=2, records=1, at=0)
    assert {plan_of(store, one, plans[0]) for one in store.customers()} == {plans[0].program.plan.hash}
    store.close()


class _DiesWhen:
    """A store whose process ends after a commit, when it is time."""

    def __init__(self, store: Store, time: Callable[[], bool]) -> None:
        self._store, self._time = store, time

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, commit: Any) -> None:
        """Commit, and die if it is time."""
        self._store.commit(commit)
        if self._time():
            raise Cut


def plan_of(store: Store, customer: str, engine: Engine) -> str:
    """The rule set for which a record is laid out."""
    return decode(customer, store.load([customer])[customer], engine.new_record).plan


def events(file: Path, shop: Workspace) -> list[Event]:
    """All events of a file."""
    batches = FileSource(file, Decoder(shop.vocabulary)).batches()
    return [one for batch in batches for one in batch.arrivals if isinstance(one, Event)]

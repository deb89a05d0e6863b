"""A run over any store, in any batches, stopped anywhere, is the same run."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.moments import format_moment, parse_moment
from rules.workspace.workspace import Workspace, load
from streams.appended import AppendedFile
from streams.assembly import assemble
from streams.progress import facts_begun
from streams.relay import DecisionFile, setting_of
from streams.run import Run
from streams.sources.jsonl import FileSource
from streams.stopped import Stopped
from streams.stores.base import Store
from streams.stores.memory import MemoryStore
from streams.stores.sqlite import SqliteStore
from streams.summary import Summary
from streams.wire.decoder import Decoder
from tests.beforehand.cli.commands import VOCABULARY, workspace

START = parse_moment("2026-03-02T08:00:00+08:00")

MUCH = """\
title: Much in little time
because: It is about to run out.
when: sum of amount of data used over last 10 minutes reaches 5 GB
only if: plan is M
then:
  - guide:
      en: You used much.
  - after: 5 minutes without paid
    guide:
      en: Pay, please.
at most: 2 per 1 hour
"""
SILENT = """\
title: Paid, then nothing
because: Something may be wrong.
when:
  - paid as payment
  - without data used for 7 minutes
then:
  guide:
    en: May we help?
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two rules with windows, an absence, a later block and a cap."""
    return read_shop(tmp_path_factory.mktemp("run") / "shop", MUCH)


def read_shop(folder: Path, much: str, vocabulary: str = VOCABULARY, silent: str = SILENT) -> Workspace:
    """The workspace of these texts."""
    workspace(folder, rule=much, vocabulary=vocabulary)
    (folder / "rules" / "paid-and-silent.yaml").write_text(silent, "utf-8")
    found = load(folder, stories=False)
    assert found.workspace is not None, found.problems
    return found.workspace


def line(number: int, second: int, late: int, kind: int) -> str:
    """An event, now and then a plan, a repeat or something nobody can read."""
    types: list[tuple[str, dict[str, Any]]] = [
        ("data used", {"amount": "3 GB"}),
        ("data used", {"amount": "1 GB"}),
        ("paid", {"price": "5 CNY"}),
        ("customer changed", {"plan": "M"}),
        ("customer changed", {"plan": "S"}),
    ]
    if kind == len(types):
        return f"bad {number}"
    type_, data = types[kind]
    identity = number if number % 9 else number - 1
    times = {"time": format_moment(START + second * 1000), "arrived": format_moment(START + (second + late) * 1000)}
    return json.dumps({"id": f"{identity}", "type": type_, "subject": f"c{number % 4}", **times, "data": data})


#: (seconds since the line before, seconds it arrives late, what it is)
one_event = st.tuples(st.sampled_from([0, 1, 2, 30, 90, 200]), st.sampled_from([0, 0, 0, 1, 5]), st.integers(0, 5))
lives = st.lists(one_event, min_size=1, max_size=40)


def write(path: Path, life: list[tuple[int, int, int]]) -> Path:
    """A file of such a life, between two lines that every run needs."""
    second, lines = 0, []
    for number, (gap, late, kind) in enumerate(life):
        second += gap
        lines.append(line(number, second, late, kind))
    path.write_text("\n".join(lines), "utf-8")
    return path


class Cut(Exception):
    """The process ends here."""


class CutStore:
    """A store whose process ends at some commits: just before, or just after."""

    def __init__(self, store: Store, dice: random.Random) -> None:
        self._store = store
        self._dice = dice

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, commit: Any) -> None:
        """Commit; or die before or after."""
        fate = self._dice.randrange(5)
        if fate == 0:
            raise Cut
        self._store.commit(commit)
        if fate == 1:
            raise Cut


def go(
    shop: Workspace, file: Path, out: Path, store: Store, batch: int, records: int, *, durable: bool = True
) -> Summary:
    """Run the file to its end, from where the store says."""
    rules = [one.rule for one in shop.rules]
    stopped = Stopped()
    engine = assemble(shop, rules, listener=stopped.listen, begun=facts_begun(store, rules))
    written = AppendedFile(out, store.setting(setting_of("out")), durable=False)
    try:
        run = Run(
            engine,
            store,
            {"out": DecisionFile(written)},
            durable=durable,
            batch=batch,
            stopped=stopped,
            records_in_memory=records,
        )
        return run.run(FileSource(file, Decoder(shop.vocabulary), run.resumes, batch=batch))
    finally:
        written.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=lives, seed=st.integers(0, 1 << 30))
def test_every_way_to_run_a_file_gives_the_same(shop: Workspace, tmp_path: Path, life: Any, seed: int) -> None:
    """In memory; in a store with few records in memory; cut off again and again: the same bytes, the same counts."""
    dice = random.Random(seed)
    file = write(tmp_path / "events.jsonl", life)
    plain = go(shop, file, tmp_path / "plain", MemoryStore(), 1_000, 0, durable=False)
    (tmp_path / "cut").unlink(missing_ok=True)
    for store in (MemoryStore(), SqliteStore(tmp_path / "state", again=True)):
        while True:
            try:
                summary = go(
                    shop, file, tmp_path / "cut", CutStore(store, dice), dice.randint(1, 12), dice.randint(0, 3)
                )
                break
            except Cut:
                continue
        assert (tmp_path / "cut").read_bytes() == (tmp_path / "plain").read_bytes()
        assert summary == plain
        assert sum(summary.dead_letters.values()) == len(list(store.dead_letters()))
        assert summary.customers == len(list(store.customers()))
        store.close()


def test_the_summary_says_what_is_still_open(shop: Workspace, tmp_path: Path) -> None:
    """Three payments nothing has followed yet, and a block to come; and how many were heard of."""
    kinds = (3, 2, 0, 2, 3, 2, 2, 0, 0, 4, 4, 4, 0)
    file = write(tmp_path / "events.jsonl", [(1, 0, kind) for kind in kinds])
    store = SqliteStore(tmp_path / "state")
    summary = go(shop, file, tmp_path / "out", store, 4, 1)
    store.close()
    assert summary.customers == 4
    assert summary.pending == {"absence": 3, "after": 1}

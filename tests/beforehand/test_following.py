"""A watched workspace: what is saved is judged, and decides from a moment on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from beforehand.following import Failed, Fit, Following, Follows, ReadAtStart, Refused, Same, TooLate, Verdict, judge
from beforehand.wiring import files_of, load_and_check
from models.moments import format_moment
from rules.problems import Problem, Severity
from rules.workspace.workspace import Loaded, Workspace
from streams.assembly import assemble
from streams.rule_sets import AHEAD, rule_sets
from streams.run import Run
from streams.sources.base import Batch
from streams.sources.jsonl import FileSource
from streams.stores.base import OutboxEntry
from streams.stores.sqlite import SqliteStore
from streams.wire.decoder import Decoder
from tests.beforehand.cli.commands import RULE, VOCABULARY, workspace

HELLO = """\
title: Hello
when: paid
then:
  guide:
    en: Thank you.
tests:
  - it: says thank you
    story:
      - 2026-03-02 09:00 paid: {price: 15 CNY}
      - expect guidance
"""
START = 1_772_413_200_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with one rule."""
    return workspace(tmp_path / "shop")


def rule(folder: Path, name: str) -> Path:
    """The file of a rule."""
    return folder / "rules" / f"{name}.yaml"


def read(folder: Path) -> Loaded:
    """The folder as it is now."""
    return load_and_check(folder)


def sound(folder: Path) -> Workspace:
    """The folder, which has no errors."""
    found = read(folder).workspace
    assert found is not None
    return found


# --------------------------------------------------------------------- judging


def test_what_differs_is_tested(folder: Path) -> None:
    """A new rule is judged by its tests alone; without anything before it, all are."""
    before = sound(folder)
    rule(folder, "hello").write_text(HELLO)
    found, everything = (judge(read(folder), one, without_policy=False) for one in (before, None))
    assert isinstance(found, Fit)
    assert (found.changed, found.gone, found.tests) == (("hello",), (), 1)
    assert isinstance(everything, Fit)
    assert everything.tests == 3


def test_what_rules_share_is_tested_with_all_of_them(folder: Path) -> None:
    """Another fact in facts.yaml may change every rule."""
    before = sound(folder)
    (folder / "facts.yaml").write_text("payments: count of paid over today\n")
    found = judge(read(folder), before, without_policy=False)
    assert isinstance(found, Fit)
    assert (found.changed, found.tests) == ((), 2)


def test_a_failed_test_is_told(folder: Path) -> None:
    """A rule that does not do what its test says is not fit."""
    before = sound(folder)
    rule(folder, "hello").write_text(HELLO.replace("expect guidance", "expect nothing"))
    found = judge(read(folder), before, without_policy=False)
    assert isinstance(found, Failed)
    assert ([result.rule for result in found.failures], found.tests) == (["hello"], 1)


def test_errors_are_told(folder: Path) -> None:
    """All of them, as check has them; warnings and notices are none."""
    rule(folder, "hello").write_text(HELLO.replace("paid", "payd"))
    found = judge(read(folder), None, without_policy=False)
    assert isinstance(found, Refused)
    assert (found.problems[0].file, found.problems[0].code) == ("rules/hello.yaml", "E201")
    assert all(problem.severity == "error" for problem in found.problems)


def test_what_is_not_built_is_refused(folder: Path) -> None:
    """A promise that would be broken is an error here too, unless policy is left aside."""
    found = read(folder)
    assert found.workspace is not None
    missing = Problem("policy.yaml", 1, 1, "N602", Severity.NOTICE, "This is not built.")
    asking = replace(found, workspace=replace(found.workspace, not_built=(missing,)))
    assert judge(asking, None, without_policy=False) == Refused(asking, (missing,))
    assert isinstance(judge(asking, None, without_policy=True), Fit)


def test_vocabulary_and_order_are_read_at_the_start(folder: Path) -> None:
    """Events are decoded, and hand-offs ordered, by what was there when the run began."""
    before = sound(folder)
    (folder / "vocabulary.yaml").write_text(f"# words\n{VOCABULARY}")
    assert isinstance(judge(read(folder), before, without_policy=False), Fit)
    (folder / "vocabulary.yaml").write_text(f"{VOCABULARY}  moved: {{family: location, spot: point}}\n")
    assert judge(read(folder), before, without_policy=False) == ReadAtStart("the vocabulary")
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "policy.yaml").write_text("order: offers by worth, tasks, guidance, grants\n")
    assert judge(read(folder), before, without_policy=False) == ReadAtStart("the order of policy.yaml")


# --------------------------------------------------------------------- following


class Kept:
    """An outlet that keeps decisions."""

    def __init__(self) -> None:
        self.decisions: list[dict[str, Any]] = []

    def publish(self, entries: Sequence[OutboxEntry]) -> None:
        """Keep them."""
        self.decisions += [json.loads(entry.payload) for entry in entries]

    def flush(self) -> None:
        """There is nothing to flush."""


class Saving:
    """A source between whose batches files are saved, and looked at."""

    name = "saving"

    def __init__(self, source: FileSource, saves: dict[int, Callable[[], None]]) -> None:
        self._source, self._saves = source, saves

    def batches(self) -> Iterator[Batch]:
        """What is to be saved before a batch is."""
        for number, batch in enumerate(self._source.batches()):
            self._saves.get(number, lambda: None)()
            yield batch

    def position(self, number: int) -> bytes:
        """As the source has it."""
        return self._source.position(number)


class Shop:
    """A run of payments, one a second, over a folder; `verdicts` is what came of each look."""

    def __init__(self, folder: Path, payments: int = 60) -> None:
        self.folder = folder
        events = folder.parent / "events.jsonl"
        events.write_text("\n".join(self._payment(number) for number in range(payments)))
        found = read(folder)
        assert found.workspace is not None
        self.store = SqliteStore(folder.parent / "state")
        self.outlet = Kept()
        engine = assemble(found.workspace, [one.rule for one in found.workspace.rules])
        self.run = Run(engine, self.store, {"kept": self.outlet}, batch=1, files=files_of(found))
        self.source = FileSource(events, Decoder(found.workspace.vocabulary), batch=1)
        self.verdicts: list[Verdict] = []
        self.following = Following(folder, self.run, found.workspace, self.verdicts.append, seen=found.files)

    @staticmethod
    def _payment(number: int) -> str:
        time = format_moment(START + number * 1_000)
        event = {"id": str(number), "type": "paid", "subject": "c", "time": time, "data": {"price": "5 CNY"}}
        return json.dumps(event)

    def go(self, saves: dict[int, Callable[[], None]]) -> list[tuple[int, str]]:
        """Run to the end; (second, text) of each decision."""
        self.run.run(Saving(self.source, saves))
        self.store.close()
        return [(int(one["event"]["id"]), one["text"]) for one in self.outlet.decisions]

    def save(self, name: str, text: str | None) -> Callable[[], None]:
        """Save a rule, or delete it, and look."""

        def saved() -> None:
            if text is None:
                rule(self.folder, name).unlink()
            else:
                rule(self.folder, name).write_text(text)
            self.following.look()

        return saved


def test_a_saved_rule_decides_ten_seconds_later(folder: Path) -> None:
    """By the clock of the file; what is saved after that replaces it, again ten seconds later; a deleted rule ends."""
    shop = Shop(folder)
    decided = shop.go(
        {
            10: shop.save("hello", HELLO),
            25: shop.save("hello", HELLO.replace("Thank you", "Thanks")),
            40: shop.save("hello", None),
        }
    )
    # before batch 10 nine seconds have come; from the nineteenth second on the rule decides
    assert decided == [(n, "Thank you." if n < 34 else "Thanks.") for n in range(19, 49)]
    begins = [verdict.begins for verdict in shop.verdicts if isinstance(verdict, Follows)]
    assert begins == [START + second * 1_000 + AHEAD for second in (9, 24, 39)]


def test_the_last_save_before_its_moment_counts(folder: Path) -> None:
    """Who saves twice within ten seconds is understood: the first set never decides, nor is it kept."""
    shop = Shop(folder)
    twice = {10: shop.save("hello", HELLO), 15: shop.save("hello", HELLO.replace("Thank you", "Thanks"))}
    decided = shop.go(twice)
    assert decided == [(n, "Thanks.") for n in range(24, 60)]
    store = SqliteStore(folder.parent / "state")
    assert [one.begins for one in rule_sets(store)] == [None, START + 24_000]
    store.close()


def test_a_broken_rule_leaves_the_last_good_ones(folder: Path) -> None:
    """Errors and failed tests change nothing; what is mended decides."""
    rule(folder, "hello").write_text(HELLO)
    shop = Shop(folder)
    saves = {
        5: shop.save("hello", HELLO.replace("paid", "payd")),
        10: shop.save("hello", HELLO.replace("expect guidance", "expect nothing")),
        15: shop.save("hello", HELLO),
        20: shop.save("hello", HELLO.replace("Thank you", "Thanks")),
    }
    decided = shop.go(saves)
    assert decided == [(n, "Thank you." if n < 29 else "Thanks.") for n in range(60)]
    assert [type(verdict) for verdict in shop.verdicts] == [Refused, Failed, Same, Follows]


def test_what_was_kept_tells_who_decided(folder: Path) -> None:
    """The state has each set with its text and its moment; a deleted file is gone from the next one."""
    first = RULE.encode()
    shop = Shop(folder)
    shop.go({10: shop.save("hello", HELLO), 30: shop.save("data-nearly-used", None)})
    store = SqliteStore(folder.parent / "state")
    sets = rule_sets(store)
    store.close()
    assert [one.begins for one in sets] == [None, START + 19_000, START + 39_000]
    rules = [{name: text for name, text in one.files.items() if name.startswith("rules/")} for one in sets]
    both = {"rules/data-nearly-used.yaml": first, "rules/hello.yaml": HELLO.encode()}
    assert rules == [{"rules/data-nearly-used.yaml": first}, both, {"rules/hello.yaml": HELLO.encode()}]
    assert len({one.rule_set for one in sets}) == 3


def test_before_the_first_event_a_rule_decides_at_once(folder: Path) -> None:
    """Where nothing has arrived there is nothing to be ahead of."""
    shop = Shop(folder)
    decided = shop.go({0: shop.save("hello", HELLO)})
    assert [second for second, _ in decided] == list(range(60))
    assert [verdict.begins for verdict in shop.verdicts if isinstance(verdict, Follows)] == [None]


def test_after_the_end_nothing_follows(folder: Path) -> None:
    """What is saved when the events have ended is said to be too late."""
    shop = Shop(folder, payments=3)
    shop.run.run(shop.source)
    shop.save("hello", HELLO)()
    shop.store.close()
    assert shop.verdicts == [TooLate()]


def test_what_has_not_changed_is_not_looked_at(folder: Path) -> None:
    """A file that was only touched, or saved as it was, says nothing."""
    shop = Shop(folder)
    shop.save("data-nearly-used", RULE)()
    shop.save(".hidden", HELLO)()
    shop.store.close()
    assert shop.verdicts == []


# --------------------------------------------------------------------- watching


def test_saves_are_noticed_however_an_editor_saves(folder: Path) -> None:
    """Written over, written beside and renamed, deleted: one verdict each; what editors leave beside is none."""
    shop = Shop(folder)
    hello = rule(folder, "hello")
    with shop.following:
        hello.write_text(HELLO)
        wait_for(shop.verdicts, 1)
        swap = rule(folder, ".hello.swp")
        swap.write_text("half")
        swap.write_text(HELLO.replace("Thank you", "Thanks"))
        swap.rename(hello)
        wait_for(shop.verdicts, 2)
        hello.unlink()
        wait_for(shop.verdicts, 3)
    shop.store.close()
    assert [verdict.fit.changed or verdict.fit.gone for verdict in shop.verdicts if isinstance(verdict, Follows)] == [
        ("hello",)
    ] * 3
    assert threading.active_count() == 1 or all(thread.name != "watching" for thread in threading.enumerate())


def test_what_was_saved_before_anybody_watched_is_noticed(folder: Path) -> None:
    """Between reading and watching nothing is lost."""
    shop = Shop(folder)
    rule(folder, "hello").write_text(HELLO)
    with shop.following:
        wait_for(shop.verdicts, 1)
    shop.store.close()


def wait_for(verdicts: list[Verdict], count: int) -> None:
    """Until so many verdicts are there."""
    ends = time.monotonic() + 60
    while len(verdicts) < count and time.monotonic() < ends:
        time.sleep(0.02)
    assert len(verdicts) == count

"""What one customer gets at one moment is handed over in policy's order; the decisions keep theirs."""

from __future__ import annotations

import json
from pathlib import Path

from rules.plan import hash_of
from rules.workspace.workspace import Workspace, load
from streams.stores.sqlite import SqliteStore
from tests.beforehand.cli.commands import VOCABULARY, call, line
from tests.streams.test_run import go

FACTS = "lately: sum of price of paid over last 7 days\n"
OFFERS = """\
cheap: {title: Cheap, value: 20 CNY, cost: 5 CNY, likelihood: 50%}
dear: {title: Dear, value: 3 * lately, cost: 5 CNY, likelihood: 50%}
unknown: {title: Unknown, value: 100 CNY}
credit: {kind: grant, title: Credit}
"""
THEN = {
    "a-offer": "offer: cheap",
    "b-task": "task: {who: desk, what: Call}",
    "c-both": "guide: {en: Beware}\n  offer: cheap",
    "d-offer": "offer: dear",
    "e-offer": "offer: unknown",
    "f-grant": "grant: credit",
}


def shop(folder: Path, order: str = "", offers: str = OFFERS) -> Path:
    """Six rules that all act when she pays."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    (folder / "offers.yaml").write_text(offers, "utf-8")
    (folder / "policy.yaml").write_text(f"roles: {{desk: {{}}}}\n{order}", "utf-8")
    for name, then in THEN.items():
        (folder / "rules" / f"{name}.yaml").write_text(f"because: Try.\nwhen: paid\nthen:\n  {then}\n", "utf-8")
    return folder


def read(folder: Path) -> Workspace:
    """The workspace in a folder."""
    found = load(folder, stories=False)
    assert found.workspace is not None, found.problems
    return found.workspace


def paid(file: Path, *prices: int) -> Path:
    """She pays these amounts, a minute apart."""
    lines = [line(n, f"2026-03-02T10:0{n}:00Z", "c", "paid", f'{{"price": {price}}}') for n, price in enumerate(prices)]
    file.write_text("".join(lines), "utf-8")
    return file


def on_the_terminal(folder: Path, events: Path, *more: str | Path) -> list[str]:
    """The rules whose messages appear, in order."""
    result = call("run", folder, "--events", events, *more)
    assert result.exit_code == 0, result.output
    return [text.split()[-1] for text in result.stdout.splitlines() if "  c  " in text]


def test_the_terminal_shows_policys_order_and_out_keeps_its_own(tmp_path: Path) -> None:
    """Kinds as policy has them, offers by their worth at that moment; in the file by rule."""
    events, out = paid(tmp_path / "events.jsonl", 4, 100), tmp_path / "out.jsonl"
    shown = on_the_terminal(shop(tmp_path / "shop"), events, "--out", out)
    first = ["f-grant", "c-both", "b-task", "a-offer", "d-offer", "e-offer"]
    second = ["f-grant", "c-both", "b-task", "d-offer", "a-offer", "e-offer"]
    assert shown == first + second
    decisions = [json.loads(text) for text in out.read_text("utf-8").splitlines()]
    assert [one["rule"] for one in decisions] == [*sorted([*THEN, "c-both"])] * 2
    worths = [one.get("worth") for one in decisions if one["rule"] == "d-offer"]
    assert worths == ["1.00", "151.00"]
    assert {one["rule"] for one in decisions if "worth" in one} == {"a-offer", "c-both", "d-offer"}


def test_another_order_is_followed(tmp_path: Path) -> None:
    """A message of two kinds has the place of the first of them, and among offers the place of its worth."""
    events = paid(tmp_path / "events.jsonl", 100)
    other = shop(tmp_path / "shop", "order: tasks, offers by worth, grants, guidance\n")
    assert on_the_terminal(other, events) == ["b-task", "d-offer", "a-offer", "c-both", "e-offer", "f-grant"]


def test_what_offers_are_worth_belongs_to_the_rule_set_and_not_to_rules(tmp_path: Path) -> None:
    """Another worth is another rule set of the same rules; words of an offer are not."""
    rules = [file.rule for file in read(shop(tmp_path / "shop")).rules]
    dearer = [file.rule for file in read(shop(tmp_path / "shop", "", OFFERS.replace("20 CNY", "30 CNY"))).rules]
    renamed = [file.rule for file in read(shop(tmp_path / "shop", "", OFFERS.replace("Cheap", "Good"))).rules]
    assert [rule.version for rule in rules] == [rule.version for rule in dearer]
    assert hash_of(rules) == hash_of(renamed) != hash_of(dearer)
    assert [fact.name for rule in rules for fact in rule.facts] == []


def test_a_state_goes_on_when_offers_are_worth_something_else(tmp_path: Path) -> None:
    """A fact that only the new worth asks for begins to count then; nothing of the old state is lost."""
    file, out, store = tmp_path / "events.jsonl", tmp_path / "out", SqliteStore(tmp_path / "state")
    for prices, value in (((4, 100), "3 * lately"), ((4, 100, 10, 20), "highest of price of paid over last 3 days")):
        folder = shop(tmp_path / "shop", "", OFFERS.replace("3 * lately", value))
        go(read(folder), paid(file, *prices), out, store, 10, 1)
    store.close()
    decisions = [json.loads(text) for text in out.read_bytes().splitlines()]
    assert [one["worth"] for one in decisions if one["rule"] == "d-offer"] == ["1.00", "151.00", "0.00", "5.00"]

"""Which fields rules can ask for."""

from __future__ import annotations

from pathlib import Path

from rules.asked_fields import asked_fields
from rules.workspace.workspace import load

_FILES = {
    "vocabulary.yaml": """\
time zone: Asia/Shanghai
currency: CNY
history: 40 days
events:
  data used: {family: consumption, amount: data, network: home | roaming, device: text, cell: text, note: text}
""",
    "rules/pack.yaml": """\
title: Data runs out
owner: data
because: She asked for it.
each: device
when: sum of amount of data used where network is roaming over last 30 days reaches 1 GB
then:
  guide: {en: "You are at it."}
at most: 1 per month
""",
}


def test_fields_are_asked_for_wherever_they_stand(tmp_path: Path) -> None:
    """Summed, compared, or told apart by; others are not."""
    for name, text in _FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    found = load(tmp_path, stories=False)
    assert found.workspace is not None, found.problems
    rules = [file.rule for file in found.workspace.rules]
    assert asked_fields(rules, found.workspace.vocabulary) == {"amount", "network", "device"}
    assert asked_fields((), found.workspace.vocabulary) == frozenset()

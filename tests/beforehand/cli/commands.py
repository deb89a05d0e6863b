"""The command line, called as a user calls it, and a small workspace to call it on."""

from __future__ import annotations

import os
from pathlib import Path

from typer.testing import CliRunner, Result

from beforehand.cli import app

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "cli"

VOCABULARY = """\
time zone: Asia/Shanghai
currency: CNY
languages: [en]
customer:
  plan: S | M
events:
  data used: {family: consumption, amount: data}
  paid: {family: consumption, price: money}
"""

RULE = """\
title: Data is about to run out
because: Who meets the cap unaware calls about the bill.
when: sum of amount of data used over today reaches 8 GB
only if: plan is M
then:
  guide:
    en: You have used most of your data.
at most: 1 per 7 days
tests:
  - it: warns at 8 GB
    customer: {plan: M}
    story:
      - 2026-03-02 09:00 data used: {amount: 9 GB}
      - expect guidance by app
  - it: leaves plan S alone
    customer: {plan: S}
    story:
      - 2026-03-02 09:00 data used: {amount: 9 GB}
      - expect nothing, stopped by plan is M
"""


def call(*arguments: str | Path, stdin: bytes | None = None, width: int = 100) -> Result:
    """What a command prints and how it ends."""
    environment = {"COLUMNS": str(width), "NO_COLOR": "1", "TERM": "dumb"}
    texts = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, texts, prog_name="beforehand", input=stdin, env=environment)


def workspace(folder: Path, **files: str) -> Path:
    """The small workspace; `rule`, `vocabulary` and `policy` replace its files."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_text(files.get("vocabulary", VOCABULARY), "utf-8")
    (folder / "rules" / "data-nearly-used.yaml").write_text(files.get("rule", RULE), "utf-8")
    if "policy" in files:
        (folder / "policy.yaml").write_text(files["policy"], "utf-8")
    return folder


def line(number: int, time: str, customer: str, type_: str, data: str) -> str:
    """An event as a producer writes it."""
    return f'{{"id": "{number}", "type": "{type_}", "subject": "{customer}", "time": "{time}", "data": {data}}}\n'


def events(file: Path) -> Path:
    """Two customers, of whom one is warned; one line that is broken, and one that comes twice."""
    lines = [
        line(1, "2026-03-02T08:00:00+08:00", "c-1", "customer changed", '{"plan": "M"}'),
        line(2, "2026-03-02T08:00:00+08:00", "c-2", "customer changed", '{"plan": "S"}'),
        line(3, "2026-03-02T09:00:00+08:00", "c-1", "data used", '{"amount": 9000000000}'),
        line(3, "2026-03-02T09:00:00+08:00", "c-1", "data used", '{"amount": 9000000000}'),
        line(4, "2026-03-02T10:00:00+08:00", "c-2", "data used", '{"amount": "9 GB"}'),
        line(5, "2026-03-02T10:00:00+08:00", "c-2", "teleported", "{}"),
        line(6, "2026-03-03T10:00:00+08:00", "c-1", "data used", '{"amount": "9 GB"}'),
    ]
    file.write_text("".join(lines), "utf-8")
    return file


def hold_to(name: str, said: str) -> None:
    """Compare what was said with a golden file; with WRITE_GOLDEN=1 in the environment it is written anew."""
    file = GOLDEN / name
    text = "\n".join(one.rstrip() for one in said.strip().split("\n")) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")

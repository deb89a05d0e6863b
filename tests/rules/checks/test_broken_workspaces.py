"""Checks of workspaces that have errors: everything is named in one run, and nothing that only follows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rules.checks import check
from rules.workspace.workspace import load_texts
from tests.rules.checks.test_golden_checks import FOLDER, sections

BASE = sections((FOLDER / "base.txt").read_text("utf-8"))
RULE = """\
title: Data is about to run out
facts:
  used: sum of amount of data used over this billing cycle
  top-ups: count of paid where product is "top-up" over last 30 days
  never asked: count of paid over last 7 days
when: used reaches 80% of allowance
only if:
  - plaan is not S
  - score > 5 and score < 3
unless:
  - top-ups >= 3 GB
then:
  - guide:
      zh: 已用{used}
      en: You have used {usde}.
    offer: top-up
  - after: 2 hours
    only if: plan is M
    task: {who: supervisor, what: Call her}
at most: [1 per day, 9 per week]
tests:
  - it: warns
    customer: {plan: M, allowance: 10 GB, bill day: 1}
    story:
      - 2026-03-02 09:00 data used: {amount: 9 GB, network: home, cell: c}
      - expect guidance with offer top-up
      - +1 hour data used: {amount: 9 GB, network: home, cell: c}
"""


def found(rule: str) -> list[tuple[int, str]]:
    """Line and code of every problem of a rule but notices."""
    loaded = load_texts({**BASE, "rules/one.yaml": rule})
    problems = [*loaded.problems, *(check(loaded.readable) if loaded.readable else [])]
    return sorted((p.line, p.code) for p in problems if not p.code.startswith("N"))


def test_mistakes_of_reading_and_of_sense_are_named_together() -> None:
    """A contradiction is found beside a misspelt name; what the misspelt line might have said is not held against
    the rest: no fact, placeholder or cap is blamed for it."""
    assert found(RULE) == [(5, "W502"), (8, "E201"), (9, "E416"), (11, "E203"), (15, "E201")]


def test_mended_it_shows_what_could_not_be_known_before() -> None:
    """Once everything can be read, the checks that need the whole rule speak as well."""
    mended = RULE.replace("plaan", "plan").replace("3 GB", "3").replace("{usde}", "data").replace("< 3", "< 9")
    assert found(mended) == [(5, "W502"), (15, "W506"), (20, "W510"), (21, "W505")]


LINES = st.integers(0, RULE.count("\n") - 1)
EDITS = st.one_of(
    st.tuples(st.just("drop"), LINES, st.just("")),
    st.tuples(
        st.just("put"), LINES, st.sampled_from(['"', "]", "}", ": x", " # x", "  ", "- ", "\t", " and", " or plan"])
    ),
    st.tuples(st.just("twice"), LINES, st.just("")),
    st.tuples(st.just("cut"), LINES, st.sampled_from(["plan", "over", "is", "{", ":", "used", "[", "reaches"])),
)


@given(st.lists(EDITS, min_size=1, max_size=3))
def test_no_mistake_keeps_others_from_being_named(edits: list[tuple[str, int, str]]) -> None:
    """Whatever is wrong with a file, checking ends, and every problem lies inside the file."""
    lines = RULE.split("\n")
    for edit, at, text in edits:
        line = lines[at % len(lines)]
        replaced = {"drop": [], "put": [line + text], "twice": [line, line], "cut": [line.replace(text, "", 1)]}[edit]
        lines[at % len(lines) : at % len(lines) + 1] = replaced
    assert all(1 <= line <= len(lines) + 1 for line, _ in found("\n".join(lines)))

"""A workspace of very many rules, with every mistake that the golden files of broken workspaces have in a rule."""

from __future__ import annotations

from pathlib import Path

from tests.rules.workspace.test_broken_workspaces import CASES, EXPECTED, FOLDER, sections

_EXAMPLE = Path(__file__).parent / "example"


def workspace_of(rules: int, *, mistakes: bool) -> dict[str, str]:
    """The files of a workspace of so many rules; without mistakes, those of the example again and again.

    What checks find in facts.yaml is no mistake.
    """
    if mistakes:
        base = sections((FOLDER / "base.txt").read_text("utf-8"))
        files = [sections(case.read_text("utf-8").partition(EXPECTED)[0]) for case in CASES]
        found = [(name, text) for case in (base, *files) for name, text in case.items() if name.startswith("rules/")]
    else:
        base = {str(file.relative_to(_EXAMPLE)): file.read_text("utf-8") for file in _EXAMPLE.rglob("*.*")}
        base["facts.yaml"] += "a long view: count of paid over last 2000 days\n"
        found = [(name, text) for name, text in base.items() if name.startswith("rules/")]
    beside = {name: text for name, text in base.items() if not name.startswith("rules/")}
    made = {}
    for number in range(rules):
        name, text = found[number % len(found)]
        made[name.replace("rules/", f"rules/r{number:04}-")] = text
    return {**beside, **made}

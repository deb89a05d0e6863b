from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.formatting.edits import Edit, applied, plain, rewritten
from rules.language.yaml_nodes import Items, Mapping, Node, Scalar
from rules.language.yaml_source import read_yaml

#: Texts of one line without invisible characters, as phrases are.
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")).map(str.strip).filter(bool)


def scalars(node: Node | None) -> list[Scalar]:
    """The texts of a file, in order."""
    match node:
        case Scalar():
            return [node]
        case Items(items):
            return [found for item in items for found in scalars(item)]
        case Mapping(pairs):
            return [found for pair in pairs for part in pair for found in scalars(part)]
        case _:
            return []


@given(TEXTS)
def test_a_text_reads_back_wherever_it_is_written(text: str) -> None:
    """Behind a key, in a list, as a key, and inside braces and brackets: with quotes only where YAML needs them."""
    lines = [
        f"a: {plain(text, flow=False)}",
        "b:",
        f"  - {plain(text, flow=False)}",
        f"c: {{d: {plain(text, flow=True)}, e: [{plain(text, flow=True)}, x]}}",
    ]
    source = read_yaml("x.yaml", "\n".join(lines) + "\n")
    assert not source.problems
    assert [one.text for one in scalars(source.root)] == ["a", text, "b", text, "c", "d", text, "e", text, "x"]


@pytest.mark.parametrize(
    "text", ["plan is M", "used >= 2 GB", "2026-03-02 09:00 paid", "近30天完成支付次数", "-5", "a:b"]
)
def test_quotes_are_not_written_where_none_are_needed(text: str) -> None:
    """Phrases stay as people write them."""
    assert plain(text, flow=False) == text


@given(TEXTS, TEXTS, st.sampled_from(["", "'", '"']))
def test_a_value_keeps_its_quotes(before: str, after: str, quotes: str) -> None:
    """What was in quotes is in quotes afterwards, and reads as what was wanted."""
    written = {"": plain(before, flow=False), "'": "'" + before.replace("'", "''") + "'"}.get(quotes)
    text = f"key: {written if written is not None else plain('{' + before, flow=False)}\nother: x\n"
    source = read_yaml("x.yaml", text)
    value = scalars(source.root)[1]
    edit = rewritten(value, after, flow=False)
    result = read_yaml("x.yaml", applied(text, [edit] if edit else []))
    now = scalars(result.root)
    assert (now[1].text, now[3].text) == (after, "x")
    assert not value.style or now[1].style


def test_edits_leave_all_else_as_it_is() -> None:
    """Characters outside the edits are kept, in whatever order the edits come."""
    assert applied("one two three", [Edit(8, 13, "3"), Edit(0, 3, "1")]) == "1 two 3"

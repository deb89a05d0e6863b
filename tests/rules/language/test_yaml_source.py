from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.yaml_nodes import Items, Mapping, Node, Scalar
from rules.language.yaml_source import MOST_CHARACTERS, MOST_DEPTH, read_yaml
from rules.language.yaml_traps import in_quotes


def found(text: str | bytes) -> list[tuple[int, int, str]]:
    """Line, column and code of each problem."""
    return [(problem.line, problem.column, problem.code) for problem in read_yaml("f.yaml", text).problems]


def hints(text: str) -> list[str | None]:
    """What each problem says to write."""
    return [problem.hint for problem in read_yaml("f.yaml", text).problems]


def plain(node: Node | None) -> object:
    """The node without positions."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None


def value(text: str) -> Scalar:
    """The text behind the first key."""
    root = read_yaml("f.yaml", text).root
    assert isinstance(root, Mapping)
    scalar = root.pairs[0][1]
    assert isinstance(scalar, Scalar)
    return scalar


def test_every_scalar_is_text() -> None:
    """Nothing that looks like a number, a date or a yes becomes anything but text."""
    source = read_yaml("f.yaml", "a: no\nb: 1e3\nc: 20:00\nd: 2026-03-01\ne: [0o7, ~, .inf]\nf:\n")
    assert source.problems == ()
    expected = {"a": "no", "b": "1e3", "c": "20:00", "d": "2026-03-01", "e": ["0o7", "~", ".inf"], "f": ""}
    assert plain(source.root) == expected


def test_positions_count_characters_from_one() -> None:
    """A value behind Chinese signs and an emoji stands in the column a person counts."""
    root = read_yaml("f.yaml", "标题: x\n你好😀: {b: 'c'}\n").root
    assert isinstance(root, Mapping)
    key, inner = root.pairs[1]
    assert (key.line, key.column) == (2, 1)
    assert isinstance(inner, Mapping)
    assert (inner.pairs[0][1].line, inner.pairs[0][1].column) == (2, 10)


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("a: plan is x\n", 8, (1, 12)),
        ('a: "plan is x"\n', 8, (1, 13)),
        ("a: plan\n   is x\n", 8, (2, 7)),
        ("a: >\n  plan\n  is x\n", 8, (3, 6)),
        ("a: |\n  plan\n  is x\n", 8, (3, 6)),
        ("a: 'it''s x'\n", 5, (1, 11)),
    ],
)
def test_a_place_inside_a_text_is_found_in_the_file(text: str, offset: int, place: tuple[int, int]) -> None:
    """However a text is written, the place of one of its characters is the place in the file."""
    source = read_yaml("f.yaml", text)
    scalar = value(text)
    assert scalar.text[offset] == "x"
    problem = source.located(scalar).problem("E301", "", None, (offset, offset + 1))
    assert (problem.line, problem.column) == place
    part = source.part(scalar, offset, offset + 1)
    assert (part.text, part.line, part.column) == ("x", *place)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("when: {used} of x\n", 'Write: when: "{used} of x"'),
        ("by: [app] sms\n", 'Write: by: "[app] sms"'),
        ("t: a: b\n", 'Write: t: "a: b"'),
        ("t: @x\n", 'Write: t: "@x"'),
        ("t: %x\n", 'Write: t: "%x"'),
        ("t: *x y\n", 'Write: t: "*x y"'),
        ("t: &x y\n", 'Write: t: "&x y"'),
        ("t: !x y\n", 'Write: t: "!x y"'),
        ("t: `x`\n", 'Write: t: "`x`"'),
        ("- >= 3\n", 'Write: - ">= 3"'),
        ('only if: "a" is b\n', "Write: only if: '\"a\" is b'"),
        ("t: 'it's'\n", "Write: t: \"'it's'\""),
    ],
)
def test_a_value_that_needs_quotes_is_shown_in_quotes(text: str, hint: str) -> None:
    """A value YAML would read as its own sign is shown ready to paste, and is read as it was meant."""
    source = read_yaml("f.yaml", text + "\n" if text.startswith("-") else text + "z: 1\n")
    assert [problem.code for problem in source.problems] == ["E003"]
    assert source.problems[0].hint == hint
    assert source.root is not None
    assert hint.removeprefix("Write: ") in source.text


def test_all_mistakes_of_form_are_named_at_once() -> None:
    """A file with several mistakes names each of them, once, where it is."""
    text = "title: x\nwhen: {used} is x\nby: @app\ntitle: y\nnote: a # b\nowner：z\n"
    assert sorted(found(text)) == [
        (2, 7, "E003"),
        (3, 5, "E003"),
        (4, 1, "E006"),
        (5, 9, "E005"),
        (6, 6, "E004"),
    ]


def test_a_comment_behind_a_value_is_an_error() -> None:
    """`Your order #12` is not cut silently; comments on lines of their own, and # in quotes or blocks, are fine."""
    text = "# fine\na: Your order #12\nb: 'x # y'\n  # fine\nc: |\n  z # z\nd: x#y\n"
    assert found(text) == [(2, 15, "E005")]
    assert hints(text) == [
        'Write the comment on a line of its own. If # belongs to the value, write: a: "Your order #12"',
    ]


def test_a_comment_where_a_value_should_be_is_an_error() -> None:
    """`a: #12` would be an empty value."""
    assert found("a: #12\nb: [x, y] # z\n") == [(1, 4, "E005"), (2, 11, "E005")]


def test_a_full_width_colon_is_named() -> None:
    """A full-width colon behind a key is named as such, and the file is read on."""
    source = read_yaml("f.yaml", "title：a\nwhen: b\n条件：c\n")
    places = {(problem.line, problem.column, problem.code) for problem in source.problems}
    assert places == {(1, 6, "E004"), (3, 3, "E004")}
    assert plain(source.root) == {"title": "a", "when": "b", "条件": "c"}


def test_a_full_width_colon_in_a_text_is_fine() -> None:
    """Chinese texts may hold full-width colons."""
    assert found("zh: 您好：流量已用。\n") == []


def test_tabs_are_one_problem() -> None:
    """A file indented with tabs has one problem, and is read on."""
    source = read_yaml("f.yaml", "a:\n\tb: 1\n\tc: 2\nd: x: y\n")
    assert [(problem.line, problem.code) for problem in source.problems] == [(2, "E002"), (4, "E003")]
    assert plain(source.root) == {"a": {"b": "1", "c": "2"}, "d": "x: y"}


@pytest.mark.parametrize(("levels", "width"), [(1, 2), (2, 4), (4, 8)])
def test_a_tab_is_as_wide_as_its_neighbours_say(levels: int, width: int) -> None:
    """A tab stands for as many spaces as make the file readable."""
    before = "  " * (levels - 1)
    opened = "".join(f"{'  ' * level}l{level}:\n" for level in range(levels))
    source = read_yaml("f.yaml", f"{opened}\tb: 1\n{before}  c: 2\nd: 3\n")
    assert [(problem.code, problem.hint) for problem in source.problems] == [
        ("E002", f"Write {width} spaces for each tab.")
    ]
    inner: dict[str, object] = {"b": "1", "c": "2"}
    for level in reversed(range(levels)):
        inner = {f"l{level}": inner}
    assert plain(source.root) == {**inner, "d": "3"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: {c: 1, c: 2}\n", (2, 11, "E006")),
        ("a: 1\n---\nb: 2\n", (2, 1, "E007")),
        ("a: [&x b, c]\n", (1, 5, "E007")),
        ("a: b\n c: d\ne: f\n", (2, 2, "E008")),
        ("a:\n  - b\n - c\n", (3, 2, "E008")),
        ("a: - b\n", (1, 4, "E008")),
        ("when\nb: c\n", (1, 1, "E008")),
        ("a: {b: 1\nc: d\n", (1, 4, "E009")),
        ("a: {", (1, 4, "E009")),
        ("a:\n  - [\n\n", (2, 5, "E009")),
        ('a: "b\nc: d\n', (1, 4, "E009")),
        ("a: {x: M y: 2}\n", (1, 11, "E009")),
        ("a:b\nc: d\n", (1, 2, "E010")),
        ("a: \x01b\n", (1, 4, "E012")),
        ("a: b\u2028c\n", (1, 5, "E012")),
        ("", (1, 1, "E013")),
        ("# only a comment\n\n", (1, 1, "E013")),
        ("[" * (MOST_DEPTH + 1), (1, MOST_DEPTH + 1, "E011")),
        ("a: " + "x" * MOST_CHARACTERS, (1, 1, "E011")),
        (b"a: \xff\n", (1, 4, "E001")),
        ("a: \ud800\n", (1, 4, "E001")),
    ],
)
def test_one_mistake_is_one_problem_where_it_is(text: str | bytes, problem: tuple[int, int, str]) -> None:
    """Each mistake of form has one problem with its place and code."""
    assert found(text) == [problem]


def test_byte_order_mark_and_windows_line_ends_are_read() -> None:
    """Files of Windows editors read like any other, with the same places."""
    source = read_yaml("f.yaml", b"\xef\xbb\xbfa: b\r\nc: d: e\r\n")
    assert [(problem.line, problem.column) for problem in source.problems] == [(2, 4)]
    assert plain(source.root) == {"a": "b", "c": "d: e"}


@given(st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_a_value_in_quotes_is_read_back(text: str) -> None:
    """What `in_quotes` writes is one value again, whatever it holds."""
    source = read_yaml("f.yaml", f"a: {in_quotes(text)}\n")
    if not source.problems:
        assert plain(source.root) == {"a": text}


@given(st.text(alphabet="ab:{}[]\"'#&*!|>-?,%@` \n\t：x"))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in a file gives nodes or a problem inside it, never an exception."""
    source = read_yaml("f.yaml", text)
    assert source.root is not None or source.problems
    lines = text.split("\n")
    for problem in source.problems:
        assert 1 <= problem.line <= len(lines)
        assert problem.message.endswith(".")

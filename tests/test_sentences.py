from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from docs.sentences import KEYWORDS, PACKAGES, TRANSLATED, places, problems, sentences_in
from models.speech import Tongue, table

ROOT = Path(__file__).resolve().parent.parent
#: Every call of the code that says or marks a sentence, with its place.
CALLS = [
    (f"{file.relative_to(ROOT)}:{node.lineno}", node, node.func.id)
    for package in PACKAGES
    for file in sorted((ROOT / package).rglob("*.py"))
    for node in ast.walk(ast.parse(file.read_text("utf-8")))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS
]
_HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("tongue", TRANSLATED)
def test_a_table_has_every_sentence_of_the_code_and_no_other(tongue: Tongue) -> None:
    """Each is translated, with the same values; none is left that nobody says. `make sentences` collects them."""
    assert list(problems(tongue)) == []


def test_the_reader_and_the_editor_of_tables_agree() -> None:
    """What is read when a sentence is said is all that stands in the file."""
    text = (ROOT / "models" / "translations" / "zh.po").read_text("utf-8")
    assert len(table(Tongue.CHINESE)) == len(re.findall('^msgid ".+"$', text, re.MULTILINE)) > 1_000


def test_chinese_sentences_are_chinese() -> None:
    """They hold Chinese signs, and full stops, commas and brackets of full width beside them."""
    for sentence, said in table(Tongue.CHINESE).items():
        words = re.sub(r"\{[^}]*\}|`[^`]*`", "", sentence)
        if re.search("[a-z]{2,} [a-z]{2,}", words) and not said.isascii():
            assert _HAN.search(said), said
        plain = re.sub(r"\[[^\]]*\]|`[^`]*`|\{\{[^}]*\}\}", "", said)
        assert not re.search("[\u4e00-\u9fff] ?[.,;!?](?!\\.)(?!\\w)", plain), said


def test_no_sentence_is_made_of_pieces() -> None:
    """What `say` is given stands whole in the code: a text, or an entry of a table; never an f-string or a sum."""
    for place, call, name in CALLS:
        given = [call.args[number] for number in KEYWORDS[name] if number < len(call.args)]
        assert not any(isinstance(one, ast.JoinedStr | ast.BinOp | ast.IfExp) for one in given), place


def test_every_value_of_a_sentence_is_given() -> None:
    """A sentence that is said where it stands gets exactly the values it has places for."""
    for place, call, name in CALLS:
        given = {keyword.arg for keyword in call.keywords}
        sentence = call.args[0]
        if name == "say" and isinstance(sentence, ast.Constant) and None not in given:
            assert places(str(sentence.value)) == given, place


def test_sentences_in_sentences_are_found() -> None:
    """Extraction looks into the values of a sentence, too."""
    tree = ast.parse('say("{a}", a=say("b"))\nsay_count(n, "{count} c", "{count} cs")\nsay(TABLE[key])')
    assert set(sentences_in(tree)) == {"{a}", "b", ("{count} c", "{count} cs")}


#: What tells a person something, in the packages named: function or method -> from which argument on.
TELLERS = {"problem": 1, "error": 2, "notice": 2, "unknown": 2, "wrong_use": 0, "tell": 0}


def test_nobody_is_told_what_is_not_said() -> None:
    """Problems and wrong use are told in sentences that can be translated, never in bare texts of the code."""
    bare = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for package in ("beforehand", "rules")
        for file in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for text in node.args[TELLERS.get(_called(node), 99) :]
        if isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and " " in str(text.value))
    ]
    assert bare == []


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

from __future__ import annotations

import subprocess
import sys
from threading import Thread
from time import perf_counter

import pytest

from models.speech import Tongue, all_of, any_of, listed, paragraph, quoted, say, say_count, speaking, spoken, tongue_of


def test_english_is_spoken_where_nobody_asks_for_anything_else() -> None:
    """Who calls the library gets the sentence of the code, with its values."""
    assert spoken() is Tongue.ENGLISH
    assert say('there is no pack "{pack}". {near}', pack="x", near="y") == 'there is no pack "x". y'
    assert say("{{a}} {count:,}", count=1234) == "{a} 1,234"


def test_a_sentence_is_said_in_the_language_of_the_moment() -> None:
    """Inside `speaking` it is Chinese, behind it English again."""
    with speaking(Tongue.CHINESE):
        assert say("the file is empty.") == "文件是空的。"
    assert say("the file is empty.") == "the file is empty."


def test_what_nobody_has_translated_is_said_in_english() -> None:
    """A sentence without an entry is better said in English than not at all."""
    with speaking(Tongue.CHINESE):
        assert say("nobody has ever said {this}", this="that") == "nobody has ever said that"


def test_braces_in_a_value_are_no_places() -> None:
    """What users have written is never read as a form."""
    for tongue in Tongue:
        with speaking(tongue):
            assert "{name} {" in say('"{text}" is not a number.', text="{name} {")


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [(0, "0 rules", "0条规则"), (1, "1 rule", "1条规则"), (1_000, "1,000 rules", "1,000条规则")],
)
def test_english_has_a_form_for_one_and_another_for_more(count: int, english: str, chinese: str) -> None:
    """Chinese has one form."""
    assert say_count(count, "{count:,} rule", "{count:,} rules") == english
    with speaking(Tongue.CHINESE):
        assert say_count(count, "{count:,} rule", "{count:,} rules") == chinese


def test_lists_and_quotes_are_those_of_the_language() -> None:
    """Commas, conjunctions, quotation marks and the space between sentences are never glued by hand."""
    names = ["a", "b", "c"]
    assert (listed(names), all_of(names), any_of(names)) == ("a, b, c", "a and b and c", "a or b or c")
    assert (all_of(names, commas=True), any_of(names, commas=True)) == ("a, b and c", "a, b or c")
    assert (all_of(["a"]), any_of([])) == ("a", "")
    assert (quoted("a"), paragraph("One.", None, "Two.")) == ('"a"', "One. Two.")
    with speaking(Tongue.CHINESE):
        assert (listed(names), all_of(names), any_of(names, commas=True)) == ("a、b、c", "a、b和c", "a、b或c")
        assert (quoted("a"), paragraph("一。", None, "二。")) == ("“a”", "一。二。")


@pytest.mark.parametrize(
    ("environment", "tongue"),
    [
        ({}, Tongue.ENGLISH),
        ({"LANG": "zh_CN.UTF-8"}, Tongue.CHINESE),
        ({"LANG": "zh_TW.UTF-8", "LC_MESSAGES": ""}, Tongue.CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, Tongue.ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, Tongue.ENGLISH),
        ({"LC_ALL": "C", "BEFOREHAND_LANGUAGE": "zh"}, Tongue.CHINESE),
        ({"LANG": "de_DE.UTF-8"}, Tongue.ENGLISH),
    ],
)
def test_the_environment_asks_for_a_language(environment: dict[str, str], tongue: Tongue) -> None:
    """Our own variable goes first, then those of the system, in their order."""
    assert tongue_of(environment) is tongue


def test_a_thread_speaks_for_itself() -> None:
    """What one thread is asked to speak does not change what another says."""
    heard: list[str] = []
    with speaking(Tongue.CHINESE):
        thread = Thread(target=lambda: heard.append(say("the file is empty.")))
        thread.start()
        thread.join()
    assert heard == ["the file is empty."]


def test_english_reads_no_table() -> None:
    """A table is read at the first sentence of its language, in milliseconds, and never for English."""
    code = (
        "from models import speech; speech.say('the file is empty.'); "
        "assert speech.table.cache_info().currsize == 0; from time import perf_counter; began = perf_counter(); "
        "speech.table(speech.Tongue.CHINESE); print(perf_counter() - began)"
    )
    took = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(took.stdout) < 0.2
    began = perf_counter()
    with speaking(Tongue.CHINESE):
        say("the file is empty.")
    assert perf_counter() - began < 0.2

from __future__ import annotations

import pytest

from rules.language.keywords import Language
from rules.workspace.story_forms import (
    FORMS,
    Expected,
    expected_in,
    language_of_expectation,
    later_of,
    read_expectation,
    read_stop,
    repeated_in,
    stop_in,
)

PAIRS = [
    ("expect guidance", "预期提醒"),
    ("expect guidance by app", "预期提醒，渠道应用"),
    ("expect guidance with offer top-up by app", "预期提醒，附优惠top-up，渠道应用"),
    ('expect guidance with grant one day saying "Dear: you, too"', "预期提醒，附特批one day，内容包含“Dear: you, too”"),
    ('expect offer top-up by sms saying "5 GB"', "预期优惠top-up，渠道短信，内容包含“5 GB”"),
    ("expect grant one day", "预期特批one day"),
    ("expect task for head of service", "预期任务，执行人head of service"),
    ("expect nothing", "预期不触发"),
    ("expect nothing, stopped by plan is M", "预期不触发，原因plan is M"),
]


def read(text: str) -> Expected:
    """What an expectation says."""
    language = language_of_expectation(text)
    assert language is not None
    found = read_expectation(text, language)
    assert found is not None
    return found


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_an_expectation_has_one_form_in_each_language(english: str, chinese: str) -> None:
    """Either reads as the other, and its parts stand where it says."""
    for text in (english, chinese, chinese.replace("应用", "app")):
        found = read(text)
        line = found.part("line")
        assert expected_in(Language.ENGLISH, found, line) == english
        assert expected_in(Language.CHINESE, found, line) == chinese
        for group in ("offer", "name", "channel", "who", "line"):
            if found.part(group):
                start, end = found.span(group)
                assert text[start:end] == found.part(group)


@pytest.mark.parametrize(
    "text",
    [
        "预期 提醒 , 附优惠 top-up , 渠道 app",
        "expect  guidance  with offer  top-up  by  app ",
        "预期提醒，附优惠top-up，渠道app",
    ],
)
def test_spaces_and_the_width_of_commas_do_not_matter(text: str) -> None:
    """In neither language."""
    found = read(text)
    assert (found.kind, found.part("offer"), found.part("channel")) == ("guidance", "top-up", "app")


@pytest.mark.parametrize("text", ["expectation", "expected guidance", "paid", "使用流量"])
def test_other_lines_are_no_expectations(text: str) -> None:
    """The word stands alone."""
    assert language_of_expectation(text) is None


@pytest.mark.parametrize("language", Language)
def test_what_repeats_reads_back(language: Language) -> None:
    """The event, how often, how many times."""
    text = repeated_in(language, "data used", "7 days", "12")
    match = FORMS[language].every.fullmatch(text)
    assert match is not None
    assert match.group("event", "step", "count") == ("data used", "7 days", "12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1 hour paid", ("1 hour", "paid")),
        ("+1小时 使用流量", ("1小时", "使用流量")),
        ("+1小时使用流量", ("1小时", "使用流量")),
        ("＋2 周后 预期提醒", ("2 周", "预期提醒")),
        ("+30 minutes", ("30 minutes", "")),
        ("paid", None),
    ],
)
def test_a_line_may_count_from_the_one_above(text: str, expected: tuple[str, str] | None) -> None:
    """Chinese needs no space behind the unit."""
    assert later_of(text) == expected


@pytest.mark.parametrize("language", Language)
def test_what_stopped_a_rule_reads_back(language: Language) -> None:
    """`at most`, with its line or without, and `when`; a condition is neither."""
    for stop in (("at most", ""), ("at most", "1 per day"), ("when", "")):
        assert read_stop(stop_in(language, *stop)) == stop
    assert read_stop("plan is M") is None
    assert read_stop("whenever") is None

"""The pages of the language reference leave nothing out, show what has a meaning, and are what the code says now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from docs.language_examples import SECTIONS, STEPS, Section
from docs.language_reference import EXAMPLE, PAGES, files, keys, page, printed, story_rule, units, words, workspace
from models.units import units_of
from rules.language import resolve
from rules.language.keys import CHINESE_KEYS, CHINESE_WORDS
from rules.language.keywords import CHINESE_DAYS, ENGLISH_DAYS, KEYWORDS_OF, Language
from rules.language.located import Located
from rules.language.parse import Start, parse, step_names
from rules.language.scope import Scope
from rules.language.unit_words import fold
from rules.problems import Severity
from rules.workspace.workspace import load_texts
from tests.beforehand.cli.commands import call

CODE = re.compile(r"`([^`\n]+)`")


def scope() -> Scope:
    """What the names of the examples mean."""
    read = workspace()
    return Scope(read.vocabulary, facts={fact.name: fact for fact in read.facts})


#: What is read -> its problems.
RESOLVE: Mapping[Start, Callable[[Any, Scope], Any]] = {
    Start.SITUATION: lambda node, known: resolve.resolve_situation(node, known)[-1],
    Start.CONDITION: lambda node, known: resolve.resolve_condition(node, known)[-1],
    Start.FACT: lambda node, known: resolve.resolve_fact("it", node, known)[-1],
    Start.EXPRESSION: lambda node, known: resolve.resolve_expression(node, known)[-1],
    Start.PATTERNS: lambda node, known: resolve.resolve_patterns(node, known)[-1],
    Start.SUCCESS: lambda node, known: resolve.resolve_success(node, known)[-1],
    Start.AFTER: lambda node, known: resolve.resolve_after(node, known)[-1],
    Start.CAP: lambda node, known: resolve.resolve_cap(node, known)[-1],
    Start.DURATION: lambda node, known: resolve.resolve_duration(node, known.vocabulary)[-1],
    Start.SHARE: lambda node, known: resolve.resolve_share(node)[-1],
    Start.CHANNELS: lambda node, known: [],
}


def trees(section: Section, phrases: list[str]) -> list[Any]:
    """The syntax trees of phrases of a section."""
    lines = [Located(phrase, "", 1, 1) for phrase in phrases]
    known = words().with_names(step_names(lines, words())) if section is STEPS else words()
    read = [parse(section.start, line, known) for line in lines]
    assert [problem.message for _, problems in read for problem in problems] == []
    return [node for node, _ in read]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title.en)
def test_every_example_has_a_meaning(section: Section) -> None:
    """With the vocabulary of the page, and in canonical words."""
    phrases = [row.phrase for row in section.rows]
    nodes = trees(section, phrases)
    assert printed(section, Language.ENGLISH) == phrases
    if section is STEPS:
        assert resolve.resolve_steps(nodes, scope())[-1] == []
    else:
        assert [RESOLVE[section.start](node, scope()) for node in nodes] == [[]] * len(nodes)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title.en)
def test_the_chinese_example_says_the_same(section: Section) -> None:
    """Printed from the English one, it reads as the same tree."""
    assert trees(section, printed(section, Language.CHINESE)) == trees(section, [row.phrase for row in section.rows])


@pytest.mark.parametrize("language", Language)
def test_the_files_and_the_story_have_no_mistake(language: Language) -> None:
    """In both languages, as the page shows them."""
    texts = {**files(language), "rules/story.yaml": story_rule(language)}
    area = "places/branches.geojson"
    found = load_texts({**texts, area: (EXAMPLE / area).read_text("utf-8")})
    assert [str(problem) for problem in found.problems if problem.severity is Severity.ERROR] == []
    assert found.workspace is not None


def test_the_tests_of_the_example_pass() -> None:
    """The rules that the page shows do what they say."""
    assert "5 tests of 2 rules passed" in call("test", EXAMPLE).output


@pytest.mark.parametrize("language", Language)
def test_nothing_is_left_out(language: Language) -> None:
    """Every spelling of every keyword and day, every key, and every word behind a key."""
    shown = {text.replace("\\|", "|") for text in CODE.findall(PAGES[language].read_text("utf-8"))}
    asked = {spelling for spellings in KEYWORDS_OF[language].values() for spelling in spellings}
    asked |= set(ENGLISH_DAYS) if language is Language.ENGLISH else {one for days in CHINESE_DAYS for one in days}
    asked |= {key for group in keys().values() for key in group}
    if language is Language.CHINESE:
        asked |= {spelling for table in (CHINESE_KEYS, CHINESE_WORDS) for one in table.values() for spelling in one}
    else:
        asked |= set(CHINESE_WORDS)
    assert sorted(asked - shown) == []


def test_no_unit_is_left_out() -> None:
    """Every spelling of every unit, but for the sign of a percentage, which is a number."""
    shown = {fold(spelling) for _, spellings in units(Language.CHINESE) for spelling in spellings}
    assert shown == set(units_of("CNY", 1000)) - {"%"}


def test_every_key_is_used_in_the_files() -> None:
    """A reader finds an example of each key."""
    text = "\n".join(files(Language.ENGLISH).values())
    unused = [key for group in keys().values() for key in group if not re.search(rf"(?<!\w){re.escape(key)}:", text)]
    assert unused == []


@pytest.mark.parametrize("language", Language)
def test_the_page_is_what_the_code_says_now(language: Language) -> None:
    """If it is not: `make docs`."""
    assert PAGES[language].read_text("utf-8") == page(language)

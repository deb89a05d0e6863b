"""The reference of the rule language, in English and in Chinese, from the tables that the parser reads.

Keys, keywords, words and units are those of the code; examples are printed by the printer of phrases, files by
`beforehand fmt`. `docs/check.py` writes the pages, and says when they are out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from docs.language_examples import KEYS, SECTIONS, STEPS, STORY, Row, Section
from models.units import units_of
from models.vocabulary import FAMILIES
from rules.file_schemas.files import file_schemas
from rules.formatting.files import formatted, text_of
from rules.language import unit_words
from rules.language.keys import CHINESE_WORDS, key_in, word_in
from rules.language.keywords import (
    CHINESE_DAYS,
    DAYS,
    DISTANCE,
    ENGLISH_DAYS,
    KEYWORDS_OF,
    LENGTH_OF_TIME,
    SIGNS,
    Language,
)
from rules.language.language_of import language_of
from rules.language.located import Located
from rules.language.parse import parse, step_names
from rules.language.print import print_phrase
from rules.language.tokens import tokens_of
from rules.language.words import Words, names_in, words_of
from rules.workspace.type_text import WORDS as TYPES
from rules.workspace.workspace import FILES, Workspace, load

#: The workspace whose names the examples use.
EXAMPLE: Final = Path(__file__).parent / "reference" / "example"
PAGES: Final = {language: EXAMPLE.parent / f"language.{language}.md" for language in Language}

_STORY_RULE: Final = """\
when: paid
only if: plan is not unlimited
then:
  - guide: {zh: "{allowance}", en: "{allowance}"}
    offer: top-up
  - after: 1 hour
    grant: goodwill-gigabyte
    task: {who: service desk, what: Call}
at most: 1 per day
tests:
  - it: says every line
    story:
"""


# ------------------------------------------------------------------ examples


@cache
def workspace() -> Workspace:
    """The workspace of the examples."""
    found = load(EXAMPLE)
    if found.workspace is None:
        raise ValueError("\n".join(map(str, found.problems)))
    return found.workspace


@cache
def words() -> Words:
    """What the phrases of the examples may say."""
    read = workspace()
    facts = [fact.name for fact in read.facts]
    return words_of(read.vocabulary, facts, roles=(*read.policy.role_names(), *read.policy.channels))


def printed(section: Section, language: Language) -> list[str]:
    """The examples of a section as a language writes them. ValueError for one that cannot be read."""
    lines = [Located(row.phrase, "", 1, 1) for row in section.rows]
    known = words().with_names(step_names(lines, words())) if section is STEPS else words()
    names = names_in(workspace().vocabulary, language)
    found = []
    for line in lines:
        node, problems = parse(section.start, line, known)
        if node is None:
            raise ValueError(f"{line.text}: {problems[0].message}")
        found.append(print_phrase(node, language, names))
    return found


def files(language: Language) -> dict[str, str]:
    """The files of the examples in a language: name -> text."""
    names = [*FILES, *sorted(path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.glob("rules/*.yaml"))]
    return _in(language, {name: text_of((EXAMPLE / name).read_bytes()) for name in names})


def story_rule(language: Language) -> str:
    """A rule in a language, whose only test has every line of the story."""
    name = "rules/story.yaml"
    return _in(language, {name: _STORY_RULE + "".join(f"      - {row.phrase}\n" for row in STORY)})[name]


def story(language: Language) -> list[str]:
    """The lines of the story in a language."""
    return [line.removeprefix("      - ") for line in story_rule(language).splitlines()[-len(STORY) :]]


def _in(language: Language, texts: Mapping[str, str]) -> dict[str, str]:
    done = formatted(EXAMPLE, texts, language=language)
    for one in done:
        if one.problems:
            raise ValueError(f"{one.file}: {one.problems[0]}")
    return {one.file: one.after for one in done}


# --------------------------------------------------------------------- tables


def keywords(language: Language) -> Iterator[tuple[Sequence[str], str]]:
    """(spellings, an example that has it) of each keyword. ValueError for one that no example has."""
    example: dict[str, str] = {}
    for phrase in chain.from_iterable(printed(section, language) for section in SECTIONS):
        for token in tokens_of(Located(phrase, "", 1, 1), words().with_names(["search"])):
            example.setdefault(token.type, phrase)
    for token_type, spellings in KEYWORDS_OF[language].items():
        if token_type not in example:
            raise ValueError(f"no example has the keyword {spellings[0]}; write one in docs/language_examples.py")
        yield spellings, example[token_type]


def units(language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    """(an amount, spellings of its unit) of each unit; those in Chinese signs are for the page in Chinese."""
    vocabulary = workspace().vocabulary
    of_grid = units_of(vocabulary.currency, vocabulary.data_unit)
    printed_as = unit_words.unit_words(vocabulary.currency, vocabulary.data_unit)
    spellings: dict[str, list[str]] = {}
    for word in of_grid:
        if word in printed_as:
            spellings.setdefault(printed_as[word], []).append(word)
    written = unit_words.with_chinese_unit if language is Language.CHINESE else unit_words.with_unit
    for unit, folded in spellings.items():
        all_of_it = [unit if one == unit_words.fold(unit) else one for one in folded]
        yield written(Decimal(2), unit), [one for one in all_of_it if language in (Language.CHINESE, language_of(one))]


def keys() -> dict[str, dict[str, str]]:
    """Group of keys -> key -> what it is, as editors are told, in the order of the readers."""
    of = file_schemas(None, Language.ENGLISH)
    rule, offer = of["rule"]["properties"], of["offers"]["additionalProperties"]["properties"]
    block = of["rule"]["definitions"]["block"]["properties"]
    vocabulary, policy = of["vocabulary"]["properties"], of["policy"]["properties"]
    groups: dict[str, dict[str, Any]] = {
        "rule": rule,
        "block": block,
        "task": block["task"]["properties"],
        "measure": rule["measure"]["properties"],
        "test": rule["tests"]["items"]["properties"],
        "offer": offer,
        "limit": offer["limit"]["properties"],
        "vocabulary": vocabulary,
        "event": vocabulary["events"]["additionalProperties"]["properties"],
        "place": vocabulary["places"]["additionalProperties"]["properties"],
        "thing": vocabulary["things"]["additionalProperties"]["properties"],
        "policy": policy,
        "purpose": policy["consent"]["properties"],
        "channel": policy["channels"]["additionalProperties"]["properties"],
        "role": policy["roles"]["additionalProperties"]["properties"],
        "global": policy["control"]["properties"],
    }
    said = {"purpose": {"marketing": "messages that sell", "service": "messages that help"}}
    return {
        group: {key: said.get(group, {}).get(key) or value["description"] for key, value in values.items()}
        for group, values in groups.items()
    }


# ----------------------------------------------------------------------- page


#: File -> (groups of keys, each with what it is called; where one lies inside another, the key).
_GROUPS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "rules/*.yaml": (
        ("rule", "A rule", "规则"),
        ("block", "A block of `then`", "`则` 的一段"),
        ("task", "`task`", "`任务`"),
        ("measure", "`measure`", "`评估`"),
        ("test", "A test", "测试"),
    ),
    "offers.yaml": (("offer", "An offer or grant", "优惠或特批"), ("limit", "`limit`", "`限额`")),
    "vocabulary.yaml": (
        ("vocabulary", "The vocabulary", "词汇表"),
        ("event", "An event type (any other key is a field)", "事件类型（其他键都是字段）"),
        ("place", "A place", "地点"),
        ("thing", "A thing", "事物"),
    ),
    "policy.yaml": (
        ("policy", "The policy", "策略"),
        ("purpose", "`consent`, `quiet hours`", "`授权`、`免打扰`"),
        ("global", "`control`", "`对照组`"),
        ("channel", "A channel", "渠道"),
        ("role", "A role", "角色"),
    ),
    "facts.yaml": (),
}


def page(language: Language) -> str:
    """The reference in a language, as Markdown."""
    return "\n".join(_Page(language).lines()) + "\n"


class _Page:
    """Says everything in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._chinese = language is Language.CHINESE

    def lines(self) -> Iterator[str]:
        """The page, line by line."""
        yield self._say("# The rule language: reference", "# 规则语言：参考")
        yield ""
        yield self._say(
            "Made from the tables that the parser reads (`make docs`). What the phrases mean in detail stands in\n"
            "[the rule language](../language.md). This page in Chinese: [中文](language.zh.md). The examples use\n"
            "the names of the files [below](#files).",
            "本页由解析器所用的表生成（`make docs`）。细节见[规则语言](../language.md)与[中文写法](../chinese.md)；\n"
            "本页的英文版：[English](language.en.md)。示例使用[下文的文件](#文件)。",
        )
        yield from self._phrases()
        yield from self._story()
        yield from self._units()
        yield from self._words()
        yield from self._keywords()
        yield from self._files()

    def _say(self, english: str, chinese: str) -> str:
        return chinese if self._chinese else english

    def _meaning(self, row: Row) -> str:
        return self._say(row.en, row.zh)

    # ------------------------------------------------------------- sections

    def _phrases(self) -> Iterator[str]:
        for section in SECTIONS:
            yield from ("", f"## {self._say(section.title.en, section.title.zh)}")
            yield from ("", self._say(section.where.en, section.where.zh), "")
            yield from self._examples(printed(section, self._language), section.rows)

    def _story(self) -> Iterator[str]:
        yield from ("", self._say("## Lines of a story", "## 测试的经过"))
        yield from ("", self._say("Behind `story` of a test.", "写在测试的 `经过` 后面。"), "")
        yield from self._examples(story(self._language), STORY)

    def _examples(self, phrases: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
        """A Chinese example stands beside the English one that it was printed from."""
        if self._chinese:
            cells = ((_code(zh), _code(row.phrase), row.zh) for zh, row in zip(phrases, rows, strict=True))
            yield from _table(("写法", "英文", "意思"), cells)
        else:
            yield from _table(
                ("phrase", "meaning"), ((_code(one), row.en) for one, row in zip(phrases, rows, strict=True))
            )

    def _units(self) -> Iterator[str]:
        yield from ("", self._say("## Units", "## 单位"), "")
        yield self._say("Case makes no difference, but for single letters.", "字母不分大小写，单个字母除外。")
        yield ""
        heads = (self._say("amount", "量"), self._say("spellings of the unit", "单位的写法"))
        yield from _table(heads, ((_code(amount), _codes(all_of_it)) for amount, all_of_it in units(self._language)))

    def _words(self) -> Iterator[str]:
        yield from ("", self._say("## Words behind keys", "## 键后的词"), "")
        rest = [word for word in CHINESE_WORDS if word not in TYPES and word not in FAMILIES and word != "optional"]
        groups = (
            (self._say("types", "类型"), [*TYPES, "optional"]),
            (self._say("families of events", "事件类别"), FAMILIES),
            (self._say("others", "其他"), rest),
        )
        heads = (self._say("where", "用处"), self._say("words", "词"))
        yield from _table(heads, ((where, self._both(listed)) for where, listed in groups))

    def _both(self, listed: Sequence[str]) -> str:
        if not self._chinese:
            return _codes(listed)
        return "、".join(f"{_code(word_in(word, self._language))}（{word}）" for word in listed)

    def _keywords(self) -> Iterator[str]:
        yield from ("", self._say("## Every keyword", "## 全部关键词"), "")
        yield self._say(
            "Spellings of one keyword stand together; the first is the one that `beforehand fmt` writes.",
            "同一关键词的各种写法列在一起；`beforehand fmt` 写第一种。",
        )
        yield ""
        heads = (self._say("keyword", "关键词"), self._say("example", "示例"))
        yield from _table(heads, ((_codes(one), _code(example)) for one, example in keywords(self._language)))
        yield ""
        days = [" ".join(map(_code, day)) for day in CHINESE_DAYS] if self._chinese else map(_code, ENGLISH_DAYS)
        yield self._say("Days: ", "星期：") + self._say(", ", "、").join(days) + self._say(".", "。")
        if self._chinese:
            yield f"只在“距……的”之后才是关键词：{_codes((DAYS, DISTANCE, LENGTH_OF_TIME))}。"
        yield self._say("Signs: ", "符号：") + " ".join(map(_code, SIGNS)) + self._say(".", "。")

    # ---------------------------------------------------------------- files

    def _files(self) -> Iterator[str]:
        yield from ("", self._say("## Files", "## 文件"))
        yield from (
            "",
            self._say("Every key of every file, and files that use them.", "各文件的全部键，以及使用它们的文件。"),
        )
        meanings, texts = keys(), files(self._language)
        for name, groups in _GROUPS.items():
            yield from ("", f"### {name}")
            for group, english, chinese in groups:
                yield from ("", f"{self._say(english, chinese)}", "")
                yield from self._keys(group, meanings[group])
            if name == "facts.yaml":
                yield from ("", self._say("Any key is the name of a fact.", "每个键都是指标的名称。"))
            for file, text in texts.items():
                if Path(file).match(name):
                    yield from ("", f"`{file}`:", "", "```yaml", text.rstrip(), "```")

    def _keys(self, group: str, meanings: Mapping[str, str]) -> Iterator[str]:
        if set(meanings) != set(KEYS[group]):
            raise ValueError(f"docs/language_examples.py says nothing of {set(meanings) ^ set(KEYS[group])} in {group}")
        chinese = {key: _code(key_in(key, Language.CHINESE)) for key in meanings}
        if self._chinese:
            rows = ((chinese[key], _code(key), KEYS[group][key]) for key in meanings)
            yield from _table(("键", "英文", "意思"), rows)
        else:
            yield from _table(
                ("key", "in Chinese", "is"), ((_code(k), chinese[k], says) for k, says in meanings.items())
            )


def _code(text: str) -> str:
    """As code in a cell of a table."""
    return f"`{text}`".replace("|", "\\|")


def _codes(texts: Sequence[str]) -> str:
    return " ".join(map(_code, texts))


def _table(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    sys.stdout.write(page(Language(sys.argv[1])))

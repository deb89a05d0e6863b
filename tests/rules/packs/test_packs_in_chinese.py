"""Every pack is shipped in both languages: the files as they are, and what `fmt --language zh` makes of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pytest

from rules.formatting.files import formatted, text_of
from rules.language.keywords import Language
from rules.problems import Severity
from rules.workspace.workspace import Loaded, load
from streams.testing.stories import run_story

PACKS = Path(__file__).parents[3] / "rules" / "packs"
NAMES = ("retail", "telecom")
Texts = dict[str, str]


@cache
def written(pack: str) -> Texts:
    """The YAML files of a pack, as they are shipped."""
    root = PACKS / pack
    return {file.relative_to(root).as_posix(): text_of(file.read_bytes()) for file in sorted(root.rglob("*.yaml"))}


def brought(pack: str, texts: Texts, language: Language | None) -> Texts:
    """The files in a language; none of them has a problem."""
    found = formatted(PACKS / pack, texts, language=language)
    assert not [str(problem) for one in found for problem in one.problems]
    return {one.file: one.after for one in found}


@cache
def chinese(pack: str) -> Texts:
    """A pack in Chinese."""
    return brought(pack, written(pack), Language.CHINESE)


@pytest.fixture(params=NAMES)
def translated(request: pytest.FixtureRequest, tmp_path: Path) -> Loaded:
    """A pack in Chinese, loaded from a folder."""
    return _loaded(request.param, tmp_path)


def _loaded(pack: str, folder: Path) -> Loaded:
    for file in (PACKS / pack).rglob("*.geojson"):
        target = folder / file.relative_to(PACKS / pack)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    for name, text in chinese(pack).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return load(folder)


@pytest.mark.parametrize("pack", NAMES)
def test_a_pack_is_shipped_in_canonical_words(pack: str) -> None:
    """`fmt` has nothing to do."""
    assert brought(pack, written(pack), None) == written(pack)
    assert brought(pack, written(pack), Language.ENGLISH) == written(pack)


@pytest.mark.parametrize("pack", NAMES)
def test_a_pack_comes_back_from_chinese_as_it_was(pack: str) -> None:
    """To the letter; and what is Chinese stays Chinese."""
    assert chinese(pack) != written(pack)
    assert brought(pack, chinese(pack), Language.ENGLISH) == written(pack)
    assert brought(pack, chinese(pack), None) == chinese(pack)
    assert brought(pack, chinese(pack), Language.CHINESE) == chinese(pack)


def test_a_pack_in_chinese_is_sound_and_keeps_its_promises(translated: Loaded) -> None:
    """It has no problem, and every test of every rule passes."""
    assert not [str(problem) for problem in translated.problems if problem.severity is not Severity.NOTICE]
    workspace = translated.workspace
    assert workspace is not None
    stories = [(file, story) for file in workspace.rules for story in file.tests]
    assert stories
    failed = [(file.rule.id, story.it) for file, story in stories if not run_story(workspace, file, story).passed]
    assert failed == []


@pytest.mark.parametrize("pack", NAMES)
def test_a_rule_in_chinese_is_the_same_version(pack: str, tmp_path: Path) -> None:
    """What is published does not change with the language it is written in, nor do the reasons of decisions."""
    before = load(PACKS / pack).workspace
    after = _loaded(pack, tmp_path).workspace
    assert before is not None
    assert after is not None
    versions = {file.rule.id: file.rule.version for file in before.rules}
    assert {file.rule.id: file.rule.version for file in after.rules} == versions
    assert [file.rule.at_most for file in after.rules] == [file.rule.at_most for file in before.rules]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pack", NAMES)
def test_lines_of_both_languages_may_be_mixed(pack: str, seed: int) -> None:
    """Whatever lines of a pack are Chinese and whatever English: in either language it becomes what it was."""
    random = Random(seed)
    mixed = {}
    for name, text in written(pack).items():
        pairs = zip(text.split("\n"), chinese(pack)[name].split("\n"), strict=True)
        mixed[name] = "\n".join(random.choice(pair) for pair in pairs)
    assert mixed not in (written(pack), chinese(pack))
    assert brought(pack, mixed, Language.ENGLISH) == written(pack)
    assert brought(pack, mixed, Language.CHINESE) == chinese(pack)

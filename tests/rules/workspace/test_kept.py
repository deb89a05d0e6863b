"""Rules kept on disk: a cache that nobody can tell from reading everything, but by the time it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import msgspec
import pytest
from msgspec import structs

from models.speech import Tongue, speaking
from rules.checks import check
from rules.problems import Problem, Severity
from rules.workspace import kept
from rules.workspace.keeping import all_of
from rules.workspace.kept import MOST_FILES, Prints, keep, keeping_place, read_kept
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import FILES, Loaded, load

PACK = Path(__file__).parents[3] / "rules" / "packs" / "telecom"
VICTIM = "rules/dropped-calls.yaml"
DOCTORED = "What only the kept file says"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The telecom workspace, to be changed."""
    made = tmp_path / "workspace"
    shutil.copytree(PACK, made)
    return made


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "caches" / "beforehand"


def told(found: Loaded) -> object:
    """All that came of loading, but for the nodes of files."""
    workspace = found.workspace or found.readable
    if workspace is None:
        return found.problems
    # Equal is not enough for these: records know their facts and their places by how they are written.
    written = repr([*workspace.vocabulary.places.items(), *workspace.offers.items(), *workspace.facts])
    rest = (workspace.vocabulary, workspace.offers, workspace.policy, workspace.not_built, workspace.stories)
    return found.problems, found.workspace is None, workspace.rules, written, rest, found.files


def checked(folder: Path, cache: Path | None, *, stories: bool = True) -> list[Problem]:
    """What all checks find."""
    found = load(folder, stories=stories, cache=cache)
    assert found.readable is not None
    return check(found.readable, found.prints, cache)


def doctor(folder: Path, cache: Path) -> Path:
    """Change what is kept, so that it can be told from what is read; the kept file."""
    prints = load(folder, cache=cache).prints
    assert prints is not None
    place = keeping_place(cache, folder, "rules-with-tests")
    rules = read_kept(place, prints, RuleFile)
    rules[VICTIM] = structs.replace(rules[VICTIM], rule=structs.replace(rules[VICTIM].rule, title=DOCTORED))
    keep(place, prints, rules)
    return place


def title(found: Loaded) -> str:
    """The title of the rule that was doctored."""
    assert found.workspace is not None
    return next(file.rule.title for file in found.workspace.rules if file.path == VICTIM)


@pytest.mark.parametrize("stories", [True, False])
def test_loading_is_the_same_with_and_without(folder: Path, cache: Path, stories: bool) -> None:
    """Rules, tests and problems are the same read, kept the first time, and taken from what is kept."""
    plain = load(folder, stories=stories)
    assert plain.workspace is not None
    for _ in range(3):
        assert told(load(folder, stories=stories, cache=cache)) == told(plain)
        assert checked(folder, cache, stories=stories) == checked(folder, None, stories=stories)


def test_what_is_kept_is_used(folder: Path, cache: Path) -> None:
    """An unchanged file is not read again, by whatever way its folder is named."""
    doctor(folder, cache)
    assert title(load(folder, cache=cache)) == DOCTORED
    assert title(load(Path(os.path.relpath(folder)), cache=cache)) == DOCTORED
    assert title(load(folder)) != DOCTORED


def test_what_has_not_changed_is_not_parsed(folder: Path, cache: Path) -> None:
    """Neither YAML nor the grammars nor a check is as much as imported, which would take longer than all the rest."""
    checked(folder, cache, stories=False)
    program = """
import sys
from pathlib import Path
from rules.checks import check
from rules.workspace.workspace import load
found = load(Path(sys.argv[1]), stories=False, cache=Path(sys.argv[2]))
check(found.workspace, found.prints, Path(sys.argv[2]))
print({"yaml", "lark", "rules.checks.every_check", "rules.workspace.all_files"} & set(sys.modules))
"""
    command = [sys.executable, "-c", program, str(folder), str(cache)]
    done = subprocess.run(command, cwd=PACK.parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_one_rule_less_is_looked_at_again(folder: Path, cache: Path) -> None:
    """What is found by comparing rules, and names that nobody uses, depend on all of them."""
    checked(folder, cache)
    for victim in sorted((folder / "rules").glob("*.yaml"))[::6]:
        victim.unlink()
        assert told(load(folder, cache=cache)) == told(load(folder))
        assert checked(folder, cache) == checked(folder, None)


def test_what_is_kept_of_all_rules_is_used(folder: Path, cache: Path) -> None:
    """What was found anywhere is not looked for again while nothing changes, and is as soon as something does."""
    found = load(folder, cache=cache)
    assert found.workspace is not None
    assert found.prints is not None
    plain = check(found.workspace, found.prints, cache)
    place = keeping_place(cache, folder, "checks-with-tests")
    prints = Prints(found.prints.world, {**found.prints.files, "": all_of(found.prints.files)})
    kept_ones = read_kept(place, prints, list[Problem])
    kept_ones[""].append(Problem("vocabulary.yaml", 1, 1, "N601", Severity.NOTICE, DOCTORED))
    keep(place, prints, kept_ones)
    assert len(checked(folder, cache)) == len(plain) + 1
    (folder / VICTIM).write_text((folder / VICTIM).read_text("utf-8") + "\n", "utf-8")
    assert checked(folder, cache) == plain


def test_a_changed_file_is_read(folder: Path, cache: Path) -> None:
    """One more line, and the rule is read again; the others are not."""
    doctor(folder, cache)
    other = folder / "rules" / "data-nearly-used.yaml"
    other.write_text(other.read_text("utf-8") + "\n", "utf-8")
    assert title(load(folder, cache=cache)) == DOCTORED
    (folder / VICTIM).write_text((folder / VICTIM).read_text("utf-8") + "\n", "utf-8")
    assert title(load(folder, cache=cache)) != DOCTORED


@pytest.mark.parametrize("name", [*FILES, "places/shops.geojson"])
def test_a_changed_world_is_read(folder: Path, cache: Path, name: str) -> None:
    """Rules mean what the other files make of them, so that nothing is kept when one of those changes."""
    doctor(folder, cache)
    file = folder / name
    assert file.is_file()
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert title(load(folder, cache=cache)) != DOCTORED


def test_a_changed_place_is_read_where_there_are_no_rules(folder: Path, cache: Path) -> None:
    """Files that are no YAML are asked for by the vocabulary, and known by their own content."""
    shutil.rmtree(folder / "rules")
    vocabulary = folder / "vocabulary.yaml"
    vocabulary.write_text(vocabulary.read_text("utf-8").partition("\nnames:")[0], "utf-8")  # of the rules' facts, too
    shops = folder / "places" / "shops.geojson"
    for text in (shops.read_text("utf-8"), shops.read_text("utf-8").replace("121.4748", "121.4749")):
        shops.write_text(text, "utf-8")
        for _ in range(2):
            assert load(folder).workspace is not None
            assert told(load(folder, cache=cache)) == told(load(folder))


def test_another_program_reads(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version has kept is not believed."""
    doctor(folder, cache)
    monkeypatch.setattr(kept, "_program", lambda: b"another")
    assert title(load(folder, cache=cache)) != DOCTORED


def test_another_library_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a parser of another version has made of a text is not believed."""
    before = kept._program.__wrapped__()
    (tmp_path / "lark-99.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert kept._program.__wrapped__() != before


@pytest.mark.parametrize("damage", ["nothing", "cut", "bit", "longer", "noise", "other data", "folder"])
def test_damage_is_read_over(folder: Path, cache: Path, damage: str) -> None:
    """A kept file that is damaged in whatever way is as good as none, and is written anew where it can be."""
    place = doctor(folder, cache)
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    damaged = {
        "nothing": b"",
        "cut": place.read_bytes()[:-100],
        "bit": bytes(data),
        "longer": place.read_bytes() + b"\0",
        "noise": Random(1).randbytes(10_000),
        "other data": kept.digest(msgspec.msgpack.encode(["world", 7])) + msgspec.msgpack.encode(["world", 7]),
    }
    if damage == "folder":
        place.unlink()
        place.mkdir()
    else:
        place.write_bytes(damaged[damage])
    plain = load(folder)
    assert told(load(folder, cache=cache)) == told(plain)
    if damage != "folder":
        doctor(folder, cache)
        assert title(load(folder, cache=cache)) == DOCTORED


def test_a_cache_that_cannot_be_written_is_none(folder: Path, tmp_path: Path) -> None:
    """Where nothing can be kept everything is read, without a word."""
    (tmp_path / "file").write_text("no folder")
    assert told(load(folder, cache=tmp_path / "file" / "beforehand")) == told(load(folder))


def test_broken_rules_are_not_kept(folder: Path, cache: Path) -> None:
    """Errors are found every time they are there, and the rule is whole again when it is mended."""
    good = (folder / VICTIM).read_text("utf-8")
    for text in (good.replace("when:", "wenn:"), good, good.replace("call dropped", "call drpped")):
        (folder / VICTIM).write_text(text, "utf-8")
        plain = load(folder)
        assert (plain.workspace is None) == (text is not good)
        for _ in range(2):
            assert told(load(folder, cache=cache)) == told(plain)


def test_only_so_many_files_are_kept(tmp_path: Path) -> None:
    """The oldest files go, half written ones too; what is no kept file stays."""
    for number in range(MOST_FILES + 5):
        file = tmp_path / f"{number}.{'new' if number == 0 else 'kept'}"
        file.touch()
        os.utime(file, (number, number))
    (tmp_path / "other").touch()
    keep(tmp_path / "mine.kept", Prints(b"", {}), {})
    assert {file.name for file in tmp_path.iterdir()} == {
        "mine.kept",
        "other",
        *(f"{number}.kept" for number in range(6, MOST_FILES + 5)),
    }


def test_numbers_that_do_not_fit_are_not_kept(tmp_path: Path) -> None:
    """What cannot be written is left out as a whole."""
    keep(tmp_path / "mine.kept", Prints(b"", {"a": b""}), {"a": 2**70})
    assert list(tmp_path.iterdir()) == []


def test_a_life_of_changes(folder: Path, cache: Path) -> None:
    """Whatever is edited, removed, brought back and damaged, in whatever order: the same as without a cache."""
    dice = Random(7)
    rules = sorted(file.name for file in (folder / "rules").iterdir())
    texts = {name: (folder / "rules" / name).read_text("utf-8") for name in rules}
    vocabulary = (folder / "vocabulary.yaml").read_text("utf-8")
    for _ in range(10):
        name = dice.choice(rules)
        file = folder / "rules" / name
        match dice.randrange(6):
            case 0:
                file.unlink(missing_ok=True)
            case 1:
                file.write_text(texts[name], "utf-8")
            case 2:
                file.write_text(texts[dice.choice(rules)], "utf-8")
            case 3:
                file.write_text(texts[name].replace("when", "wenn", 1), "utf-8")
            case 4:
                stale = dice.choice(("1 hour", "2 hours", "2 GB"))
                (folder / "vocabulary.yaml").write_text(f"{vocabulary}\nstale after: {stale}\n", "utf-8")
            case _:
                for one in cache.glob("*"):
                    one.write_bytes(one.read_bytes()[: dice.randrange(1, 100)])
        found, plain = load(folder, stories=False, cache=cache), load(folder, stories=False)
        assert told(found) == told(plain)
        if found.readable is not None and plain.readable is not None:
            assert check(found.readable, found.prints, cache) == check(plain.readable)


def test_what_was_said_in_another_language_is_not_kept(folder: Path, cache: Path) -> None:
    """Whoever checks a workspace in Chinese and then in English reads each in its own language, also from the cache."""

    def said(tongue: Tongue) -> list[str]:
        with speaking(tongue):
            return [problem.message for problem in checked(folder, cache)]

    english, chinese = said(Tongue.ENGLISH), said(Tongue.CHINESE)
    assert len(english) == len(chinese) > 0
    assert not set(english) & set(chinese)
    assert said(Tongue.ENGLISH) == english
    assert said(Tongue.CHINESE) == chinese

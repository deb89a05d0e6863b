"""A workspace, loaded: every file read, every problem of all of them in one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import basename, splitext
from types import MappingProxyType
from typing import TYPE_CHECKING

from models.policy import Policy
from models.speech import listed, say
from models.vocabulary import Vocabulary
from rules.offers import OfferTerms
from rules.problems import Problem, Severity, has_errors, suggestion
from rules.typed import Named
from rules.workspace.collecting import without_collecting
from rules.workspace.files import ReadFile, read_files
from rules.workspace.keeping import Keeping, Kept
from rules.workspace.kept import Prints
from rules.workspace.rule_file import RuleFile
from rules.workspace.sources import Sources

if TYPE_CHECKING:
    from rules.language.yaml_source import Source

VOCABULARY, POLICY, OFFERS, FACTS = "vocabulary.yaml", "policy.yaml", "offers.yaml", "facts.yaml"
FILES = (VOCABULARY, POLICY, OFFERS, FACTS)


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """A workspace without errors. `root` is its folder, None if it was read from texts."""

    root: Path | None
    vocabulary: Vocabulary
    policy: Policy
    offers: Mapping[str, OfferTerms]
    #: The facts of facts.yaml.
    facts: tuple[Named, ...]
    #: In order of rule id.
    rules: tuple[RuleFile, ...]
    not_built: tuple[Problem, ...] = ()
    #: The files it was read from, by name: checks show what they find where it is written.
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    #: Whether the tests of its rules were read.
    stories: bool = True

    def needs_policy_not_built(self) -> list[Problem]:
        """What of policy and vocabulary would break a promise if it were left out, each at its place.

        `run` refuses a workspace that has any, unless it is told to run without policy.
        """
        return list(self.not_built)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading a workspace: `workspace` is None if there is any error among `problems`.

    `problems` are sorted by file, line and column. `sources` are the files that were read, by name.
    """

    workspace: Workspace | None
    problems: list[Problem]
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    #: What could be read in spite of errors, for checks: one run is to name all mistakes.
    readable: Workspace | None = None
    #: By what the files of rules are known as long as they do not change; None where nothing is kept of them.
    prints: Prints | None = None
    #: The content of all files that were read, by name.
    files: Mapping[str, bytes | str] = field(default_factory=lambda: MappingProxyType({}))


def load(path: Path, *, stories: bool = True, cache: Path | None = None) -> Loaded:
    """The workspace in a folder. `stories=False` leaves the tests of rules unread (they are not needed to run).

    `cache` is a folder that keeps what was read, so that what has not changed since need not be read again.
    """
    if not path.is_dir():
        message = say(
            "{path} is no folder; a workspace is a folder with a {vocabulary} and rules/.",
            path=path,
            vocabulary=VOCABULARY,
        )
        return Loaded(None, [_of_file(str(path), "E103", message, say("Name the folder."))])
    files, failures = read_files(path)
    unreadable = [
        _of_file(name, "E103", say("the file cannot be read: {strerror}.", strerror=error.strerror), None)
        for name, error in failures.items()
    ]
    return _load(files, _reader_of(path), path, stories, unreadable, cache)


def load_texts(files: Mapping[str, bytes | str] | Mapping[str, str], *, stories: bool = True) -> Loaded:
    """The workspace whose files are these texts, by their path inside it (`rules/roaming.yaml`)."""
    return _load(files, files.get, None, stories, [])


def _reader_of(path: Path) -> ReadFile:
    def read(name: str) -> bytes | None:
        file = path / name
        return file.read_bytes() if file.is_file() else None

    return read


def _of_file(file: str, code: str, message: str, hint: str | None, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(file, 1, 1, code, severity, message, hint)


def _load(
    files: Mapping[str, bytes | str],
    read_file: ReadFile,
    root: Path | None,
    stories: bool,
    problems: list[Problem],
    cache: Path | None = None,
) -> Loaded:
    with without_collecting():
        known, strange = _known_files(files)
        problems = [*problems, *strange]
        sources = Sources({name: files[name] for name in known}, stories=stories)
        found = _load_known(sources, read_file, root, problems, cache)
        return replace(found, files=MappingProxyType({**files, **found.files}))


def _load_known(
    sources: Sources, read_file: ReadFile, root: Path | None, problems: list[Problem], cache: Path | None
) -> Loaded:
    if VOCABULARY not in sources:
        message = say("the workspace has no {vocabulary}.", vocabulary=VOCABULARY)
        problems.append(_of_file(VOCABULARY, "E103", message, say("Write it: event types, fields, attributes.")))
        problems += [problem for source in sources.values() for problem in source.problems]
        return _loaded(None, _as_written(problems, sources), sources)
    if cache is None or root is None:
        return _read(sources, read_file, root, problems, None)
    keeping = Keeping(cache, root, sources)
    kept = keeping.all_of_it(read_file)
    return _read(sources, read_file, root, problems, keeping) if kept is None else _taken(kept, sources, root, problems)


def _taken(kept: Kept, sources: Sources, root: Path | None, problems: list[Problem]) -> Loaded:
    """A workspace that is what it was when it was kept: without errors, so nothing of it had to be repaired."""
    rest = kept.rest
    workspace = Workspace(
        root,
        rest.vocabulary,
        rest.policy,
        rest.offers,
        rest.facts,
        tuple(sorted(kept.rules.values(), key=lambda file: file.rule.id)),
        rest.not_built,
        sources,
        sources.stories,
    )
    found = _loaded(workspace, [*problems, *rest.problems], sources)
    return replace(found, prints=kept.prints, files=kept.looked_at)


def _read(
    sources: Sources, read_file: ReadFile, root: Path | None, problems: list[Problem], keeping: Keeping | None
) -> Loaded:
    """A workspace read from its text, but for rules that are kept."""
    from rules.workspace.all_files import AllFiles  # noqa: PLC0415  takes long, and what is kept needs none of it

    files = AllFiles(sources, read_file, keeping)
    workspace = files.read(root)
    found = _loaded(workspace, _as_written([*problems, *files.problems], sources), sources)
    return replace(found, prints=files.prints, files=files.looked_at)


def _loaded(workspace: Workspace | None, problems: Iterable[Problem], sources: Mapping[str, Source]) -> Loaded:
    ordered = sorted(dict.fromkeys(problems), key=_place)
    return Loaded(None if has_errors(ordered) else workspace, ordered, sources, workspace)


def _as_written(problems: Iterable[Problem], sources: Mapping[str, Source]) -> list[Problem]:
    """The problems where they stand in the files, which are repaired before they are read."""
    placed = (sources[problem.file].as_written(problem) if problem.file in sources else problem for problem in problems)
    return [problem for problem in placed if problem is not None]


def _place(problem: Problem) -> tuple[str, int, int, str]:
    return problem.file, problem.line, problem.column, problem.code


def _known_files(files: Iterable[str]) -> tuple[list[str], list[Problem]]:
    """The YAML files of a workspace; a problem for those nobody would read."""
    known, strange = [], []
    for name in sorted(files):
        stem, ending = splitext(basename(name))
        if ending == ".yml":
            strange.append(
                _of_file(
                    name, "E103", say("files of a workspace end in .yaml."), say("Rename it: {stem}.yaml", stem=stem)
                )
            )
        elif ending != ".yaml":
            continue
        elif name in FILES or name.startswith("rules/"):
            known.append(name)
        else:
            hint = suggestion(name, FILES) or say(
                "Rules stand in rules/; beside it there are {names}.", names=listed(FILES)
            )
            strange.append(_of_file(name, "E103", say("{name} is no file of a workspace.", name=name), hint))
    return known, strange

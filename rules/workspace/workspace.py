"""A workspace, loaded: every file read, every problem of all of them in one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import basename, splitext
from types import MappingProxyType

from models.policy import Policy
from models.speech import listed, say
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary
from rules.language.words import Words, words_of
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_source import Source
from rules.offers import OfferTerms
from rules.problems import Problem, Severity, suggestion
from rules.typed import Named
from rules.workspace import policy_file
from rules.workspace.blocks import Actors
from rules.workspace.clashes import clashes_of_rules, clashes_of_vocabulary, facts_in
from rules.workspace.collecting import without_collecting
from rules.workspace.fact_list import names_of, read_facts
from rules.workspace.fact_table import Facts
from rules.workspace.files import read_files
from rules.workspace.findings import Findings
from rules.workspace.kept import FEWEST, Prints, digest, keep, keeping_place, read_kept, world_of
from rules.workspace.offers_file import read_offers
from rules.workspace.own_problems import own_problems
from rules.workspace.phrases import Phrases, shared_phrases
from rules.workspace.places_section import ReadFile
from rules.workspace.rule_file import RuleFile, Surroundings
from rules.workspace.rule_id import rule_files
from rules.workspace.rules_folder import read_rules
from rules.workspace.sources import Sources
from rules.workspace.vocabulary_file import VocabularyFile, read_vocabulary

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

    `cache` is a folder that keeps what was read of many rules, so that unchanged ones need not be read again.
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
    place = None if cache is None else keeping_place(cache, path, "rules-with-tests" if stories else "rules")
    return _load(files, _reader_of(path), path, stories, unreadable, place)


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
    place: Path | None = None,
) -> Loaded:
    with without_collecting():
        return _load_all(files, read_file, root, stories, problems, place)


def _load_all(
    files: Mapping[str, bytes | str],
    read_file: ReadFile,
    root: Path | None,
    stories: bool,
    problems: list[Problem],
    place: Path | None,
) -> Loaded:
    known, strange = _known_files(files)
    problems = [*problems, *strange]
    sources = Sources({name: files[name] for name in known}, stories=stories)
    if VOCABULARY not in sources:
        message = say("the workspace has no {vocabulary}.", vocabulary=VOCABULARY)
        problems.append(_of_file(VOCABULARY, "E103", message, say("Write it: event types, fields, attributes.")))
        problems += [problem for source in sources.values() for problem in source.problems]
        return replace(_loaded(None, problems, sources), files=MappingProxyType(dict(files)))
    reading = _Reading(sources, read_file, stories, place)
    workspace = reading.read(root)
    found = _loaded(workspace, [*problems, *reading.problems], sources)
    return replace(found, prints=reading.prints, files=MappingProxyType({**files, **reading.looked_at}))


def _loaded(workspace: Workspace | None, problems: list[Problem], sources: Mapping[str, Source]) -> Loaded:
    placed = (sources[problem.file].as_written(problem) if problem.file in sources else problem for problem in problems)
    ordered = sorted(dict.fromkeys(problem for problem in placed if problem is not None), key=_place)
    failed = any(map(_is_error, ordered))
    return Loaded(None if failed else workspace, ordered, sources, workspace)


def _is_error(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR


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


class _Reading:
    """Reads the files in the order in which they need each other."""

    def __init__(self, sources: Sources, read_file: ReadFile, stories: bool, place: Path | None) -> None:
        self.sources = sources
        self._read_file = read_file
        #: Files that are no YAML, by name.
        self.looked_at: dict[str, bytes | str] = {}
        self.stories = stories
        self.place = place
        self.prints: Prints | None = None
        self.problems: list[Problem] = []

    def read_file(self, name: str) -> bytes | str | None:
        """A file of the workspace that is no YAML."""
        content = self._read_file(name)
        if content is not None:
            self.looked_at[name] = content
        return content

    def read(self, root: Path | None) -> Workspace | None:
        """The workspace as far as it could be read; problems are collected."""
        vocabulary_file = read_vocabulary(self._findings(VOCABULARY), self.read_file)
        vocabulary = vocabulary_file.vocabulary
        self.problems += vocabulary_file.problems
        if vocabulary_file.findings.source.root is None:
            self.problems += [problem for source in self.sources.values() for problem in source.problems]
            return None
        policy_source = self.sources.get(POLICY)
        roles, channels = policy_file.names_of(policy_source.root if policy_source else None)
        fact_names = self._fact_names(vocabulary)
        words = words_of(vocabulary, fact_names, roles=(*roles, *channels)).with_names(vocabulary_file.broken)
        facts = self._shared_facts(vocabulary_file, words)
        phrases = shared_phrases(vocabulary, words, facts, vocabulary_file.broken)
        offers = self._offers(vocabulary_file, phrases)
        policy, refusals = self._policy(vocabulary_file, phrases)
        rules = self._rules(vocabulary_file, phrases, facts, Actors(vocabulary, offers, policy))
        not_built = (*refusals, *self._things(vocabulary_file))
        self.problems += self._things(vocabulary_file)
        return Workspace(
            root,
            vocabulary,
            policy or Policy(),
            offers or {},
            tuple(facts.named.values()),
            tuple(rules),
            not_built,
            self.sources,
            self.stories,
        )

    def _findings(self, name: str) -> Findings:
        source = self.sources[name]
        return Findings(source, list(source.problems))

    def _keep(self, findings: Findings, vocabulary_file: VocabularyFile) -> None:
        self.problems += own_problems(findings, vocabulary_file)

    def _fact_names(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        root = self.sources[FACTS].root if FACTS in self.sources else None
        return names_of(root, vocabulary) if isinstance(root, MappingNode) else ()

    def _fact_keys(self) -> Mapping[str, tuple[Findings, MappingNode]]:
        """Where the shared facts stand, for clashes of names."""
        root = self.sources[FACTS].root if FACTS in self.sources else None
        return {FACTS: (Findings(self.sources[FACTS]), root)} if isinstance(root, MappingNode) else {}

    def _shared_facts(self, vocabulary_file: VocabularyFile, words: Words) -> Facts:
        if FACTS not in self.sources:
            return Facts()
        findings = self._findings(FACTS)
        root = findings.source.root
        facts = Facts(broken=frozenset(self._fact_names(vocabulary_file.vocabulary)))
        if isinstance(root, MappingNode):
            phrases = shared_phrases(vocabulary_file.vocabulary, words, Facts(), vocabulary_file.broken)
            facts = read_facts(root, findings, phrases.for_file(findings), taken_names(vocabulary_file.vocabulary))
        elif root is not None:
            findings.error(root, "E104", say("facts.yaml holds facts: `name: phrase`, one a line."))
        self._keep(findings, vocabulary_file)
        return facts

    def _offers(self, vocabulary_file: VocabularyFile, phrases: Phrases) -> Mapping[str, OfferTerms] | None:
        """The offers; None if the file could not be read, so that nobody is told that his offer does not exist."""
        if OFFERS not in self.sources:
            return MappingProxyType({})
        findings = self._findings(OFFERS)
        offers = read_offers(findings, vocabulary_file.vocabulary, phrases.for_file(findings))
        self._keep(findings, vocabulary_file)
        return offers if isinstance(findings.source.root, MappingNode) else None

    def _policy(self, vocabulary_file: VocabularyFile, phrases: Phrases) -> tuple[Policy | None, list[Problem]]:
        """The policy (None if its roles or channels could not be read), and what of it is not built."""
        if POLICY not in self.sources:
            return Policy(), []
        findings = self._findings(POLICY)
        policy, refusals = policy_file.read_policy(findings, vocabulary_file.vocabulary, phrases.for_file(findings))
        self._keep(findings, vocabulary_file)
        return policy, refusals

    def _rules(self, vocabulary_file: VocabularyFile, phrases: Phrases, facts: Facts, actors: Actors) -> list[RuleFile]:
        names = [name for name in self.sources if name.startswith("rules/")]
        ids, problems = rule_files(names)
        self.problems += problems
        if not names:
            message = say("the workspace has no rules yet.")
            self.problems.append(_of_file("rules", "N603", message, say("Write rules/NAME.yaml."), Severity.NOTICE))
        taken = {**taken_names(vocabulary_file.vocabulary), **dict.fromkeys(facts.named, say("a fact of facts.yaml"))}
        around = Surroundings(actors, phrases, facts.said, taken, self.stories)
        rules = self._kept_rules(ids)
        if not rules:  # rules were kept of a world without errors only
            self._find_clashes(vocabulary_file)
        unread = {name: rule_id for name, rule_id in ids.items() if name not in rules}
        for file in read_rules(self.sources, unread, around, vocabulary_file):
            self.problems += file.problems
            if file.rule is not None:
                rules[file.rule.path] = file.rule
        shared = self._fact_names(vocabulary_file.vocabulary)
        clashes = clashes_of_rules(vocabulary_file, shared, (self.sources[name] for name in unread))
        self.problems = [problem for problem in self.problems if not self._misread(problem, clashes)] + clashes
        self._keep_rules(rules, unread)
        known = {*facts.named, *facts.broken, *(name for rule in rules.values() for name in rule.facts)}
        known.update(name for file in unread for name in facts_in(self.sources[file], vocabulary_file.vocabulary))
        self.problems += [problem for name, problem in vocabulary_file.strangers.items() if name not in known]
        return sorted(rules.values(), key=lambda file: file.rule.id)

    def _kept_rules(self, ids: Mapping[str, str]) -> dict[str, RuleFile]:
        """The rules whose files have not changed since they were kept, by file; their notices are taken over.

        In a world with errors nothing is kept: what then is a mistake of a rule, and what only follows, is not clear.
        """
        if self.place is None or len(ids) < FEWEST or any(map(_is_error, self.problems)):
            return {}
        beside = [content for name in FILES for content in (name, self.sources.content(name) or "")]
        self.prints = Prints(
            world_of([str(self.stories), *beside, *(part for file in self.looked_at.items() for part in file)]),
            {name: digest(self.sources.content(name) or "") for name in ids},
        )
        kept = read_kept(self.place, self.prints, RuleFile)
        for rule in kept.values():
            self.problems += rule.problems
        return kept

    def _find_clashes(self, vocabulary_file: VocabularyFile) -> None:
        clashes = clashes_of_vocabulary(vocabulary_file, self._fact_keys())
        if clashes:
            self.prints = None
            self.problems += clashes

    def _keep_rules(self, rules: Mapping[str, RuleFile], new: Iterable[str]) -> None:
        wrong = {problem.file for problem in self.problems if _is_error(problem)}
        if self.place is not None and self.prints is not None and not wrong.issuperset(new):
            keep(self.place, self.prints, {name: rule for name, rule in rules.items() if name not in wrong})

    def _misread(self, problem: Problem, clashes: list[Problem]) -> bool:
        """Whether a problem may only follow from the name of a fact that cannot be read, which is reported there."""
        if not problem.code.startswith(("E2", "E3", "E4")):
            return False
        source = self.sources[problem.file]
        here = (clash for clash in clashes if clash.file == problem.file)
        names = (source.line(clash.line)[clash.column - 1 :][: clash.length] for clash in here)
        return any(name in source.line(problem.line) for name in names)

    def _things(self, vocabulary_file: VocabularyFile) -> list[Problem]:
        things = vocabulary_file.vocabulary.things
        if not things:
            return []
        node = vocabulary_file.places[next(iter(things))]
        message = say('"things" are read and checked, but not built yet; `run` refuses rather than leave them out.')
        hint = say("`run --without-policy` runs without them, and marks every decision.")
        return [Problem(VOCABULARY, node.line, node.column, "N602", Severity.NOTICE, message, hint)]


def taken_names(vocabulary: Vocabulary) -> dict[str, str]:
    """Names that a fact may not take: name -> what it is."""
    return {
        **dict.fromkeys((*RESERVED_ATTRIBUTES, *vocabulary.customer), say("an attribute of customers")),
        **dict.fromkeys((*RESERVED_EVENTS, *vocabulary.events), say("an event type")),
        **dict.fromkeys(vocabulary.places, say("a place")),
    }

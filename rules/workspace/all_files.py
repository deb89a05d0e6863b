"""All files of a workspace, read in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.policy import Policy
from models.speech import say
from models.vocabulary import RESERVED_ATTRIBUTES, RESERVED_EVENTS, Vocabulary
from rules.language.words import Words, words_of
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.offers import OfferTerms
from rules.problems import Problem, Severity, has_errors
from rules.workspace import policy_file
from rules.workspace.blocks import Actors
from rules.workspace.clashes import clashes_of_rules, clashes_of_vocabulary, facts_in
from rules.workspace.fact_list import names_of, read_facts
from rules.workspace.fact_table import Facts
from rules.workspace.files import ReadFile
from rules.workspace.findings import Findings
from rules.workspace.keeping import Keeping, Rest
from rules.workspace.kept import Prints, digest
from rules.workspace.offers_file import read_offers
from rules.workspace.own_problems import own_problems
from rules.workspace.phrases import Phrases, shared_phrases
from rules.workspace.rule_file import RuleFile
from rules.workspace.rule_id import rule_files
from rules.workspace.rule_reader import Surroundings
from rules.workspace.rules_folder import read_rules
from rules.workspace.sources import Sources
from rules.workspace.vocabulary_file import VocabularyFile, read_vocabulary
from rules.workspace.workspace import FACTS, OFFERS, POLICY, VOCABULARY, Workspace


class AllFiles:
    """Reads the files in the order in which they need each other; rules that are kept are not read."""

    def __init__(self, sources: Sources, read_file: ReadFile, keeping: Keeping | None) -> None:
        self.sources = sources
        self._read_file = read_file
        #: Files that are no YAML, by name.
        self.looked_at: dict[str, bytes | str] = {}
        self.keeping = keeping
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
        workspace = Workspace(
            root,
            vocabulary,
            policy or Policy(),
            offers or {},
            tuple(facts.named.values()),
            tuple(rules),
            not_built,
            self.sources,
            self.sources.stories,
        )
        self._keep_rest(workspace)
        return workspace

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
            hint = say("Write rules/NAME.yaml.")
            self.problems.append(Problem("rules", 1, 1, "N603", Severity.NOTICE, message, hint))
        taken = {**taken_names(vocabulary_file.vocabulary), **dict.fromkeys(facts.named, say("a fact of facts.yaml"))}
        around = Surroundings(actors, phrases, facts.said, taken, self.sources.stories)
        rules = self._kept_rules()
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
        if not self._facts_missing(unread):
            self.problems += [problem for name, problem in vocabulary_file.strangers.items() if name not in known]
        return sorted(rules.values(), key=lambda file: file.rule.id)

    def _facts_missing(self, rules: Iterable[str]) -> bool:
        """Whether a file could not be read that may have facts: nobody knows which names they would have had."""
        sources = (self.sources[name] for name in (FACTS, *rules) if name in self.sources)
        return any(not isinstance(source.root, MappingNode) for source in sources)

    def _kept_rules(self) -> dict[str, RuleFile]:
        """The rules whose files have not changed since they were kept, by file; their notices are taken over.

        In a world with errors nothing is kept: what then is a mistake of a rule, and what only follows, is not clear.
        """
        if self.keeping is None or has_errors(self.problems):
            return {}
        self.prints = self.keeping.prints(self.looked_at)
        kept = self.keeping.rules(self.prints)
        for rule in kept.values():
            self.problems += rule.problems
        return kept

    def _find_clashes(self, vocabulary_file: VocabularyFile) -> None:
        clashes = clashes_of_vocabulary(vocabulary_file, self._fact_keys())
        if clashes:
            self.prints = None
            self.problems += clashes

    def _keep_rules(self, rules: Mapping[str, RuleFile], new: Iterable[str]) -> None:
        wrong = {problem.file for problem in self.problems if problem.severity is Severity.ERROR}
        if self.keeping is not None and self.prints is not None and not wrong.issuperset(new):
            self.keeping.keep_rules(self.prints, {name: rule for name, rule in rules.items() if name not in wrong})

    def _keep_rest(self, workspace: Workspace) -> None:
        if self.keeping is not None and not has_errors(self.problems):
            self.keeping.keep_rest(
                Rest(
                    workspace.vocabulary,
                    workspace.policy,
                    dict(workspace.offers),
                    workspace.facts,
                    workspace.not_built,
                    tuple(self.problems),
                    {name: digest(content) for name, content in self.looked_at.items()},
                )
            )

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

"""Reading a file of rules/: a rule with its facts, its blocks and its tests."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass

from msgspec import structs

from models.moments import format_date, parse_date
from models.speech import quoted, say
from rules.language.keys import word_of
from rules.language.yaml_nodes import Items
from rules.problems import has_errors
from rules.stories import Story
from rules.typed import Attribute, Cap, Control, Grant, Line, Offer, Pattern, Rule, Situation, Task
from rules.workspace import reading
from rules.workspace.blocks import Actors, ReadBlock, lines, read_blocks
from rules.workspace.expectation import Expectable
from rules.workspace.fact_list import names_of, read_facts
from rules.workspace.fact_table import Facts
from rules.workspace.findings import Findings
from rules.workspace.phrases import Phrases
from rules.workspace.reading import Keys
from rules.workspace.rule_file import KEYS, MEASURE_KEYS, RUNS, Response, RuleFile, span_of
from rules.workspace.rule_version import facts_used, version_of
from rules.workspace.story import StoryWorld, read_stories


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule is read in: what actions may name, the phrases of the workspace, shared facts as they are said."""

    actors: Actors
    phrases: Phrases
    shared_said: Table[str, str]
    #: Names of the vocabulary that a fact may not take: name -> what it is.
    taken: Table[str, str]
    #: Whether tests are read.
    stories: bool = True


def read_rule(findings: Findings, rule_id: str, around: Surroundings) -> RuleFile | None:
    """The rule of a file, as far as it could be read; None if there is no situation. Errors are in `findings`."""
    root = findings.source.root
    node = reading.mapping(root, findings, say("a rule")) if root is not None else None
    if node is None:
        return None
    reader = _RuleReader(Keys(node, findings, KEYS, say("a rule")), findings, rule_id, around)
    rule = reader.read()
    tests = reader.tests(rule) if around.stories else ()
    if rule is None:
        return None
    problems = tuple(findings.problems)
    return RuleFile(
        rule,
        findings.source.file,
        tests,
        reader.facts.named,
        problems,
        not has_errors(findings.problems),
        reader.responses.get("success"),
        reader.responses.get("harm"),
    )


class _RuleReader:
    """Reads one rule key by key; `said` collects its canonical text."""

    def __init__(self, keys: Keys, findings: Findings, rule_id: str, around: Surroundings) -> None:
        self.keys = keys
        self.findings = findings
        self.rule_id = rule_id
        self.around = around
        self.phrases = around.phrases.for_file(findings)
        self.facts = Facts()
        self.said: list[str] = []
        self.blocks: list[ReadBlock] = []
        self.lines: dict[str, tuple[Line, ...]] = {}
        self.caps: tuple[Cap, ...] = ()
        self.responses: dict[str, Response] = {}

    def read(self) -> Rule | None:
        """The rule, as far as it could be read; None without a situation."""
        each = self._each()
        self._facts()
        situation = self._situation()
        for name in ("only if", "unless"):
            self.lines[name] = self._lines(name)
        self._then()
        stop_when = self._stop_when()
        self.caps = self._at_most()
        runs, paused = self._runs(), self._paused()
        control = self._measure()
        self._choose()
        title, owner, because = (self._words(name) for name in ("title", "owner", "because"))
        if situation is None:
            return None
        rule = Rule(
            id=self.rule_id,
            version="",
            title=title or self.rule_id,
            situation=situation,
            blocks=tuple(block.block for block in self.blocks),
            each=each,
            only_if=self.lines["only if"],
            unless=self.lines["unless"],
            stop_when=stop_when,
            at_most=self.caps,
            runs=runs,
            paused=paused,
            control=control,
            because=because,
            owner=owner,
        )
        used = facts_used(rule)
        definitions = {**self.around.shared_said, **self.facts.said}
        said = [(fact.name, definitions.get(fact.name, "")) for fact in used]
        return structs.replace(rule, facts=used, version=version_of(self.said, said))

    def tests(self, rule: Rule | None) -> tuple[Story, ...]:
        """The tests. Those of a rule that could not be read are read for their own mistakes all the same."""
        node = self.keys.get("tests")
        if node is None:
            return ()
        world = StoryWorld(self.around.actors.vocabulary, self._expectable(rule))
        return read_stories(node, self.findings, world)

    # ------------------------------------------------------------ the head

    def _words(self, name: str) -> str:
        found = self.keys.text(name)
        return found.text.strip() if found else ""

    def _each(self) -> str | None:
        found = self.keys.text("each")
        name = self.phrases.each(self.findings.located(found)) if found else None
        scope = self.phrases.scope
        if name is None:
            unread = scope.broken | {reading.plain(found.text)} if found else scope.broken
            self.phrases = self.phrases.within(structs.replace(scope, broken=unread))
            return None
        self.phrases = self.phrases.within(structs.replace(scope, each=name))
        self.said.append(f"each: {name}")
        return name

    def _facts(self) -> None:
        node = self.keys.read("facts", reading.mapping)
        if node is None:
            return
        self.phrases = self.phrases.with_names(names_of(node, self.around.actors.vocabulary))
        self.facts = read_facts(node, self.findings, self.phrases, self.around.taken)
        scope = self.phrases.scope
        facts = {**scope.facts, **self.facts.named}
        broken = (scope.broken - set(self.facts.named)) | self.facts.broken
        self.phrases = self.phrases.within(structs.replace(scope, facts=facts, broken=broken))

    def _situation(self) -> Situation | None:
        node = self.keys.need("when")
        if node is None:
            return None
        if isinstance(node, Items):
            steps = [self.findings.located(step) for step in reading.texts(node, self.findings, quoted("when"))]
            if len(steps) < len(node.items) or not steps:
                return None
            found = self.phrases.sequence(steps)
        else:
            scalar = reading.text(node, self.findings, quoted("when"))
            found = self.phrases.situation(self.findings.located(scalar)) if scalar else None
        if found is None:
            self.phrases = self.phrases.after_unread_situation()
            return None
        self.phrases = found.phrases
        self.said.append(f"when: {found.text}")
        return found.situation

    def _lines(self, name: str) -> tuple[Line, ...]:
        node = self.keys.get(name)
        if node is None:
            return ()
        found, said = lines(node, self.findings, self.phrases, quoted(name))
        self.said += [f"{name}: {text}" for text in said]
        return found

    def _then(self) -> None:
        node = self.keys.need("then")
        if node is None:
            return
        self.blocks = read_blocks(node, self.findings, self.around.actors, self.phrases)
        self.said += [f"then: {block.text}" for block in self.blocks]

    def _stop_when(self) -> tuple[Pattern, ...]:
        node = self.keys.get("stop when")
        found: list[Pattern] = []
        for scalar in reading.texts(node, self.findings, quoted("stop when")) if node is not None else ():
            patterns = self.phrases.patterns(self.findings.located(scalar))
            if patterns is not None:
                found += patterns.meaning
                self.said.append(f"stop when: {patterns.text}")
        return tuple(found)

    def _at_most(self) -> tuple[Cap, ...]:
        node = self.keys.get("at most")
        caps = []
        for scalar in reading.texts(node, self.findings, quoted("at most")) if node is not None else ():
            cap = self.phrases.cap(self.findings.located(scalar))
            if cap is not None:
                # The line is a reason of decisions, which is the same in whatever language a rule is written.
                caps.append(structs.replace(cap.meaning, text=cap.text))
                self.said.append(f"at most: {cap.text}")
        return tuple(caps)

    def _runs(self) -> tuple[int | None, int | None]:
        """`2026-03-01 to 2026-12-31`, `from 2026-03-01`, `until 2026-12-31`: both days included."""
        found = self.keys.text("runs")
        if found is None:
            return None, None
        match = RUNS.fullmatch(reading.plain(found.text))
        how = say("Write 2026-03-01 to 2026-12-31, from 2026-03-01, or until 2026-12-31.")
        if match is None:
            self.findings.error(found, "E117", say('"{found}" is no span of days.', found=found.text), how)
            return None, None
        try:
            first, last = (parse_date(text) if text else None for text in span_of(match))
        except ValueError as error:
            self.findings.error(found, "E117", say("{error}.", error=error), how)
            return None, None
        if first is not None and last is not None and last < first:
            self.findings.error(
                found, "E117", say("the last day lies before the first."), say("Put the earlier day first.")
            )
            return None, None
        ends = ["" if day is None else format_date(day) for day in (first, last)]
        self.said.append(f"runs: {ends[0]} to {ends[1]}")
        return first, last

    def _paused(self) -> bool:
        paused = self.keys.read("paused", reading.yes_no)
        if paused:
            self.said.append("paused: yes")
        return bool(paused)

    def _choose(self) -> None:
        found = self.keys.text("choose")
        if found is not None and word_of(found.text.strip(), ("now",)) is None:
            message = say('"choose" of a rule is now; here stands "{found}".', found=found.text)
            self.findings.error(found, "E105", message, say("Write choose: now, or leave it out."))

    # ------------------------------------------------------------- measure

    def _measure(self) -> Control | None:
        section = self.keys.read("measure", reading.mapping)
        if section is None:
            return None
        keys = Keys(section, self.findings, MEASURE_KEYS, quoted("measure"))
        for name in ("success", "harm"):
            found = keys.text(name)
            response = self.phrases.success(self.findings.located(found)) if found else None
            if response is not None:
                self.responses[name] = response
        found = keys.text("control")
        control = self.phrases.share(self.findings.located(found)) if found else None
        if control is None:
            return None
        self.said.append(f"control: {control.text}")
        return control.meaning

    # --------------------------------------------------------------- tests

    def _expectable(self, rule: Rule | None) -> Expectable:
        offers = self.around.actors.offers or {}
        policy = self.around.actors.policy
        blocks = [block.block for block in self.blocks]
        conditions = [*self.lines.get("only if", ()), *self.lines.get("unless", ())]
        for block in blocks:
            conditions += [*block.only_if, *block.unless]
        tasks = [action for block in blocks for action in block.actions if isinstance(action, Task)]
        used = [action.name for block in blocks for action in block.actions if isinstance(action, Offer | Grant)]
        people = [task.who.name if isinstance(task.who, Attribute) else task.who for task in tasks]
        return Expectable(
            # What the rule itself names is known, or has been reported there.
            offers=(*used, *(terms.name for terms in offers.values() if terms.kind == "offer")),
            grants=(*used, *(terms.name for terms in offers.values() if terms.kind == "grant")),
            channels=policy.channels if policy else (),
            people=tuple(people),
            anybody=any(isinstance(task.who, Attribute) for task in tasks) or rule is None,
            conditions=tuple(line.text for line in conditions),
            at_most=tuple(cap.text for cap in self.caps),
            believed=self.around.actors.offers is None or policy is None or has_errors(self.findings.problems),
            canonical=self.phrases.canonical,
        )

"""What can never happen: conditions that exclude themselves or each other, so that something never fires."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import all_of, say
from models.vocabulary import Vocabulary
from rules.checks.reasoning.at_match import NOTHING_SURE, AtMatch, at_match
from rules.checks.reasoning.subjects import subject
from rules.checks.reasoning.truth import can_fail, can_hold, terms_in
from rules.checks.written import Place, WrittenLine, WrittenRule, own_nodes, phrases, quoted, rules
from rules.problems import Problem
from rules.typed import Condition, Crosses, Line, Named, Not, Pattern, Truth
from rules.walk import nodes, nodes_of
from rules.workspace.workspace import Workspace

_CODE = "E416"
Given = list[tuple[Condition, ...]]


def check_impossible(workspace: Workspace) -> Iterator[Problem]:
    """Conditions that can never be true, events that can never fit, lines that exclude each other."""
    for place, meaning in phrases(workspace):
        problem = _phrase(place, meaning)
        if problem:
            yield problem
    for rule in rules(workspace):
        yield from _lines(rule, workspace.vocabulary)


def _phrase(place: Place, meaning: object) -> Problem | None:
    """What is wrong with a phrase by itself, lines of rules excepted."""
    for node in own_nodes(meaning):
        if isinstance(node, Pattern) and node.where is not None and not can_hold(node.where):
            what = say('no "{event}" can ever fit this "where": {why}.', event=node.event, why=_why(node.where))
            return place.problem(_CODE, what, say("Mend the condition behind where."))
    if isinstance(meaning, Named) and isinstance(meaning.of, Truth) and not can_hold(meaning.of.of):
        return place.problem(
            _CODE,
            say('"{meaning}" can never be true: {why}.', meaning=meaning.name, why=_why(meaning.of.of)),
            say("Mend it."),
        )
    if isinstance(meaning, Crosses):
        return _crossing(place, meaning)
    return None


def _crossing(place: Place, meaning: Crosses) -> Problem | None:
    if not can_hold(meaning.condition):
        what = say(
            "{phrase} can never come true: {why}. The rule can never fire.",
            phrase=quoted(place.text),
            why=_why(meaning.condition),
        )
        return place.problem(_CODE, what, say("Mend the limit."))
    if not can_fail(meaning.condition):
        what = say(
            "{phrase} is true from the beginning, so nothing is ever crossed. The rule can never fire.",
            phrase=quoted(place.text),
        )
        return place.problem(_CODE, what, say("Mend the limit."))
    return None


# -------------------------------------------------------------------- lines


def never_passes(line: WrittenLine) -> bool:
    """Whether a line of `only if` or `unless` lets nothing pass, whatever the others say."""
    condition = line.line.condition
    return not (can_fail(condition) if line.unless else can_hold(condition))


def passing(line: WrittenLine) -> Condition:
    """The condition that is true where a line lets the rule pass."""
    return Not(line.line.condition) if line.unless else line.line.condition


def _lines(rule: WrittenRule, vocabulary: Vocabulary) -> Iterator[Problem]:
    lines, blocks = rule.lines, rule.blocks
    asked = nodes(tuple(line.line for line in (*lines, *(line for block in blocks for line in block.lines))))
    situation = at_match(rule.file.rule, asked, vocabulary)
    passed: list[WrittenLine] = []
    yield from _group(lines, passed, situation, say("the rule can never fire"))
    for block in blocks:
        later = block.block.after is not None
        before = [] if later else list(passed)
        yield from _group(block.lines, before, NOTHING_SURE if later else situation, say("this block can never act"))


def _group(lines: tuple[WrittenLine, ...], passed: list[WrittenLine], situation: AtMatch, so: str) -> Iterator[Problem]:
    """Problems of lines that are judged together; `passed` are those before, and grows by those without a problem."""
    for line in lines:
        if wrong_elsewhere(line.line):
            continue
        if never_passes(line):
            yield _alone(line, so)
        elif passed or situation.ways != [()]:
            against = _against(line, passed, situation.ways)
            if against is None:
                passed.append(line)
            else:
                yield _together(line, against, situation, so)
        else:
            passed.append(line)


def wrong_elsewhere(line: Line) -> bool:
    """Whether a line holds a `where` or a fact that is impossible by itself, which is reported there."""
    return any(
        (isinstance(node, Pattern) and node.where is not None and not can_hold(node.where))
        or (isinstance(node, Truth) and not can_hold(node.of))
        for node in nodes_of(line, (Pattern, Truth))
    )


def _against(line: WrittenLine, passed: list[WrittenLine], situation: Given) -> list[WrittenLine] | None:
    """The fewest lines before that exclude this one (none of them: the situation does); None if it can pass."""
    condition = passing(line)
    if _can_pass(condition, passed, situation):
        return None
    mine = terms_in(condition)
    others = [other for other in passed if mine & terms_in(passing(other)) or len(passed) == 1]
    core = list(others) if not _can_pass(condition, others, situation) else list(passed)
    for other in list(core):
        fewer = [kept for kept in core if kept is not other]
        if not _can_pass(condition, fewer, situation):
            core = fewer
    return core


def _can_pass(condition: Condition, lines: list[WrittenLine], situation: Given) -> bool:
    given = [passing(line) for line in lines]
    return any(can_hold(*way, *given, condition) for way in situation)


def _alone(line: WrittenLine, so: str) -> Problem:
    if line.unless:
        what = say("{phrase} always holds, so {so}.", phrase=quoted(line.place.text), so=so)
        return line.place.problem(
            _CODE, what, say("Lines of unless say when the rule is silent. Mend it, or delete it.")
        )
    what = say(
        "{phrase} can never be true, so {so}: {why}.",
        phrase=quoted(line.place.text),
        so=so,
        why=_why(line.line.condition),
    )
    return line.place.problem(_CODE, what, say("Mend it, or delete it."))


def _together(line: WrittenLine, against: list[WrittenLine], situation: AtMatch, so: str) -> Problem:
    if not against and _can_pass(passing(line), [], situation.of_events):
        values = {"line": described(line), "because": situation.because, "so": so}
        what = (
            say("{line} always holds when it is asked: {because}. So {so}.", **values)
            if line.unless
            else say("{line} never holds when it is asked: {because}. So {so}.", **values)
        )
        return line.place.problem(_CODE, what, situation.hint)
    if not against:
        what = say("{line} excludes the situation of the rule, so {so}.", line=described(line), so=so)
        return line.place.problem(_CODE, what, say("Mend one of them."))
    others = all_of(map(described_with_line, against))
    what = say("{line} can never hold together with {others}, so {so}.", line=described(line), others=others, so=so)
    if line.unless and all(not other.unless for other in against):
        what = say(
            "{line} refuses all that {others} lets through, so {so}.", line=described(line), others=others, so=so
        )
    return line.place.problem(_CODE, what, say("Mend one of them, or delete one."))


def described(line: WrittenLine) -> str:
    """A line as messages show it: `"only if: plan is S"`."""
    return quoted(f"{'unless' if line.unless else 'only if'}: {line.place.text}")


def described_with_line(line: WrittenLine) -> str:
    """The same with its number: `"only if: plan is S" (line 7)`."""
    return say("{text} (line {line})", text=described(line), line=line.place.node.line)


def _why(condition: Condition) -> str:
    if not terms_in(condition):
        return say("it compares what never changes")
    name = subject(condition)
    return say("no value of {name} fits", name=name) if name else say("no values fit all of it")

"""Whether two readings of a workspace mean the same: compared before a file is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from msgspec import structs

from models.policy import Policy
from models.text import fold
from rules.stories import Story, StoryEvent, StoryExpect
from rules.typed import Block, Cap, Line, Rule
from rules.workspace.reading import plain
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import FACTS, OFFERS, POLICY, VOCABULARY, Loaded, Workspace

#: A line of a story that is not understood. Canonical words can make one understood, which names a line of the rule.
_OF_STORIES = "E114"


def changed(before: Loaded, after: Loaded, files: Collection[str]) -> list[str]:
    """Those of the files that mean something else, or have mistakes that they had not."""
    earlier, later = _mistakes(before, files), _mistakes(after, files)
    found = {file for file, mistakes in later.items() if not mistakes <= earlier.get(file, Counter())}
    mended = {
        file for file, mistakes in earlier.items() if mistakes[_OF_STORIES] > later.get(file, Counter())[_OF_STORIES]
    }
    if before.readable is not None and after.readable is not None:
        was, now = (_meanings(one.readable, files, mended) for one in (before, after) if one.readable)
        found |= {file for file in {*was, *now} if was.get(file) != now.get(file)}
    elif (before.readable is None) != (after.readable is None):
        found.add(VOCABULARY)
    return sorted(found)


def _mistakes(loaded: Loaded, files: Collection[str]) -> dict[str, Counter[str]]:
    """How often each code stands against each file; where it stands and what it says may change."""
    found: dict[str, Counter[str]] = {}
    for problem in loaded.problems:
        if problem.file in files:
            found.setdefault(problem.file, Counter())[problem.code] += 1
    return found


def _meanings(workspace: Workspace, files: Collection[str], mended: Collection[str]) -> dict[str, object]:
    """What each file means, as data without the words it was said in; of `mended` ones without the tests."""
    return {
        VOCABULARY: workspace.vocabulary,
        POLICY: _of_policy(workspace.policy),
        OFFERS: dict(workspace.offers),
        FACTS: workspace.facts,
        **{
            file.path: _of_file(file, () if file.path in mended else file.tests)
            for file in workspace.rules
            if file.path in files
        },
    }


def _of_policy(policy: Policy) -> Policy:
    return replace(policy, caps=tuple(replace(cap, text="") for cap in policy.caps))


def _of_file(file: RuleFile, tests: Iterable[Story]) -> object:
    lines = [line for lines in _conditions(file.rule) for line in lines]
    stories = tuple(_of_story(story, lines) for story in tests)
    return _of_rule(file.rule), stories, dict(file.facts), file.success, file.harm


def _of_rule(rule: Rule) -> Rule:
    return structs.replace(
        rule,
        only_if=_wordless(rule.only_if),
        unless=_wordless(rule.unless),
        blocks=tuple(map(_of_block, rule.blocks)),
        at_most=tuple(Cap(cap.number, cap.window, "") for cap in rule.at_most),
    )


def _of_block(block: Block) -> Block:
    after = None if block.after is None else structs.replace(block.after, text="")
    return structs.replace(block, only_if=_wordless(block.only_if), unless=_wordless(block.unless), after=after)


def _wordless(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(Line("", line.condition) for line in lines)


def _conditions(rule: Rule) -> Iterable[tuple[Line, ...]]:
    yield from (rule.only_if, rule.unless)
    for block in rule.blocks:
        yield from (block.only_if, block.unless)


def _of_story(story: Story, lines: Sequence[Line]) -> Story:
    told = tuple(_of_line(line, lines) for line in story.lines)
    return structs.replace(story, lines=told, line=0)


def _of_line(line: StoryEvent | StoryExpect, lines: Sequence[Line]) -> StoryEvent | StoryExpect:
    if isinstance(line, StoryEvent):
        return structs.replace(line, line=0)
    return structs.replace(line, line=0, text="", stopped_by=_number(line.stopped_by, lines))


def _number(stopped_by: str | None, lines: Sequence[Line]) -> str | None:
    """Which line is named: the first that means the same, in whatever words; or what is no line, as it is."""
    named = next((line for line in lines if stopped_by and _same(line.text, stopped_by)), None)
    if named is None:
        return stopped_by
    return next(str(number) for number, line in enumerate(lines) if line.condition == named.condition)


def _same(text: str, other: str) -> bool:
    return fold(plain(text)) == fold(plain(other))

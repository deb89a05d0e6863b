"""Runs the tests inside a rule: a story through the real engine, and what came of it against what was expected.

A customer's record begins a moment before the first line, with the attributes of the test. Each line arrives at its
time, and nothing settles. Only this rule runs. Nobody is in a control group: a test is not decided by lot. After the
last line the clock runs on while something is pending; what the calendar brings again and again (moments that repeat,
lines that a clock function or a calendar window moves) comes no later than the last line.
"""

from __future__ import annotations

from heapq import heapify

from msgspec.structs import replace

from models.consent import withdraws
from models.decisions import Decision
from models.events import Event
from models.speech import listed, say
from rules.plan import CLOCK_FUNCTIONS
from rules.record import Record
from rules.situations.timers import TimerKind
from rules.stories import Story, StoryEvent
from rules.typed import (
    CalendarWindow,
    Call,
    Crosses,
    EveryCycle,
    EveryDay,
    EveryWeek,
    EveryYear,
    Moment,
    Rule,
)
from rules.walk import nodes
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Workspace
from streams.assembly import assemble
from streams.engine import Engine
from streams.judge import Note
from streams.testing.explaining import Explainer
from streams.testing.matching import StoryResult, compare

#: Who a story is about, and where its events come from.
CUSTOMER = "customer"
SOURCE = "story"

#: A story whose clock has run on this often is cut off: no rule waits for so much.
_MOST_TIMERS = 100_000


class Trial:
    """A rule on trial: compiled once, its stories run one after the other. The rule must be free of errors."""

    def __init__(self, workspace: Workspace, file: RuleFile) -> None:
        self._file = file
        self._vocabulary = workspace.vocabulary
        self._not_built = workspace.needs_policy_not_built()
        self._explainer: Explainer | None = None
        self._workspace = workspace
        self._engines: dict[bool, Engine] = {}

    def run(self, story: Story) -> StoryResult:
        """Run one of its tests."""
        if story.policy and self._not_built:
            where = listed(f"{problem.file}:{problem.line}" for problem in self._not_built)
            refused = say(
                "`policy: on` needs what is not built yet ({where}); take it out, or leave `policy` off", where=where
            )
            return StoryResult(self._file.rule.id, self._file.path, story, (), refused=refused)
        engine = self._engine(policy=story.policy)
        self._explainer = explainer = Explainer(self._vocabulary, engine)
        return compare(self._file, story, _played(engine, story, explainer), explainer)

    def _engine(self, *, policy: bool) -> Engine:
        """The rule's engine, with the gates of policy or without."""
        if policy not in self._engines:
            rule = replace(self._file.rule, control=None)
            self._engines[policy] = assemble(self._workspace, [rule], gates=policy, listener=self._listen)
        return self._engines[policy]

    def _listen(self, note: Note) -> None:
        if self._explainer is not None:
            self._explainer.listen(note)


def run_story(workspace: Workspace, file: RuleFile, story: Story) -> StoryResult:
    """Run one test of a rule. The rule must be free of errors."""
    return Trial(workspace, file).run(story)


def run_stories(workspace: Workspace, file: RuleFile) -> list[StoryResult]:
    """Run all tests of a rule, in the order in which they stand."""
    trial = Trial(workspace, file)
    return [trial.run(story) for story in file.tests]


def _played(engine: Engine, story: Story, explainer: Explainer) -> list[Decision]:
    """All decisions of a story, in order. The explainer looks at the record at each expectation."""
    if not story.lines:
        return []
    first, last = story.lines[0].at, story.lines[-1].at
    record = engine.new_record(CUSTOMER)
    begin = first - 1
    attributes = Event("customer changed", CUSTOMER, begin, begin, SOURCE, "customer", dict(story.customer))
    decisions = engine.take(record, attributes, begin)
    events = sorted(_events(story), key=lambda event: (event.time, not withdraws(event), event.type, event.id))
    for at in sorted({line.at for line in story.lines}):
        decisions += engine.run_timers(record, at)
        while events and events[0].time == at:
            decisions += engine.take(record, events.pop(0), at)
        explainer.look(record, at)
    return decisions + _rest(engine, record, last)


def _events(story: Story) -> list[Event]:
    """The story's events. Their ids keep the order of the lines among events of one type and time."""
    lines = [line for line in story.lines if isinstance(line, StoryEvent)]
    return [
        Event(line.event, CUSTOMER, line.at, line.at, SOURCE, f"{number:06}", dict(line.data))
        for number, line in enumerate(lines, 1)
    ]


def _rest(engine: Engine, record: Record, last: int) -> list[Decision]:
    """What is still pending after the last line."""
    decisions = engine.run_timers(record, last)
    (rule,) = engine.program.plan.rules
    dropped = _repeating(rule)
    for _ in range(_MOST_TIMERS):
        record.heap = [entry for entry in record.heap if entry[1] != dropped]
        heapify(record.heap)
        if not record.heap:
            break
        decisions += engine.run_timers(record, record.heap[0][0])
    return decisions


def _repeating(rule: Rule) -> TimerKind | None:
    """The kind of timer that comes again and again, whatever the customer does."""
    match rule.situation:
        case Moment(when=EveryDay() | EveryWeek() | EveryCycle() | EveryYear()):
            return TimerKind.MOMENT
        case Crosses() as crossing if any(_by_calendar(node) for node in nodes(crossing)):
            return TimerKind.LINE
        case _:
            return None


def _by_calendar(node: object) -> bool:
    return isinstance(node, CalendarWindow) or (isinstance(node, Call) and node.function in CLOCK_FUNCTIONS)

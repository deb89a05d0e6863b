"""Why a rule of a story said nothing: which line stopped it, and how far its situation had come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.types import Value
from models.vocabulary import Vocabulary
from rules.compile.view import View
from rules.program import Judged, RuleProgram
from rules.record import Record
from rules.situations import pairs
from rules.situations.lines import each_values
from rules.typed import Attribute, Condition, Crosses, Happens, Line, Moment, Named, Sequence, Visits
from streams.engine import Engine
from streams.judge import Note
from streams.texts import Writer
from streams.tracing import trace_of

#: Values of `each` that are told of.
_MOST_VALUES = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """A complete situation that did not become an action: when, which line stopped it, and why in a sentence."""

    at: int
    line: str
    why: str


class Explainer:
    """Watches one rule through one story. `stops` and `states` grow while it runs."""

    def __init__(self, vocabulary: Vocabulary, engine: Engine) -> None:
        self._vocabulary = vocabulary
        self._compiler = engine.program.compiler
        (self._rule,) = engine.program.rules
        self.stops: list[Stop] = []
        #: Moment (ms) -> how far the situation had come then, in sentences.
        self.states: dict[int, tuple[str, ...]] = {}

    def listen(self, note: Note) -> None:
        """Keep what stopped a situation, with the value it had then."""
        self.stops.append(Stop(note.at, note.line, self._why(note)))

    def _why(self, note: Note) -> str:
        said = f'stopped by "{note.line}"'
        unless = {judged.line.text for judged in (*self._rule.unless, *self._rule.blocks[note.block or 0][1])}
        trace = trace_of(self._rule, note.block or 0, note.view, self._compiler, self._writer(note.view.record))
        for line in trace.conditions:
            if line.line != note.line or line.needed is None:
                continue
            found = line.value or "no value"
            if note.line in unless:
                return f"{said}: found {found}" + ("" if line.value is None else f", which is {line.needed}")
            return f"{said}: found {found}, needed {line.needed}"
        return said

    def look(self, record: Record, at: int) -> None:
        """Keep how far the situation has come at a moment."""
        self.states[at] = tuple(self._state(record, at))

    def _state(self, record: Record, at: int) -> list[str]:
        rule = self._rule.rule
        match rule.situation:
            case Crosses():
                return [
                    said
                    for each in each_values(self._rule, record)[-_MOST_VALUES:]
                    for said in self._line(record, at, each)
                ]
            case Sequence(steps=steps):
                if self._rule.pair is not None:
                    reached = int(pairs.open_of(self._rule, record, at) > 0)
                else:
                    reached = max((len(partial.bound) for partial in record.partials.get(rule.id, ())), default=0)
                if reached == 0:
                    return ["no sequence is open: its first step has not come, or its time was over"]
                return [f"a sequence is open, {reached} of {len(steps)} steps are done"]
            case Happens():
                return ["no event has come that fits"]
            case Visits(pattern=pattern):
                return [self._where(record, pattern.place)]
            case Moment():
                return ["it was not the moment"]

    def _line(self, record: Record, at: int, each: Value) -> list[str]:
        """The two sides of a line, and its facts."""
        situation = self._rule.rule.situation
        assert isinstance(situation, Crosses)
        assert self._rule.check is not None
        view = View(record, at)
        view.each = each
        judged = Judged(Line("when", situation.condition), self._rule.check)
        probe: RuleProgram = replace(self._rule, only_if=[judged], unless=[], blocks=[([], [])])
        line = trace_of(probe, 0, view, self._compiler, self._writer(record)).conditions[0]
        where = "" if each is None else f"{self._rule.rule.each} {each}: "
        if line.needed is None:
            return [f"{where}the line is {'true' if line.holds else 'not true'}"]
        said = f"{where}{_name(situation.condition)} {line.value or 'no value'}, needed {line.needed}"
        return [f"{said} (it was so before, too: a line is crossed once)" if line.holds else said]

    def _where(self, record: Record, place: str) -> str:
        position = record.position
        if position is None or position.faded:
            return "her position is not known"
        members = [member for name, member in position.members if name == place]
        return f"she is in {', '.join(members) or place}" if members else f"she is not in {place}"

    def _writer(self, record: Record) -> Writer:
        view = View(record, record.taken)
        return Writer(self._vocabulary, "en", record.zone, lambda expression: self._compiler.value(expression)(view))


def _name(condition: Condition) -> str:
    """`used was`, where the left side has a name; else `found`."""
    left = getattr(condition, "left", getattr(condition, "of", None))
    return f"{left.name} was" if isinstance(left, Named | Attribute) else "found"

"""Why a rule of a story said nothing: which line stopped it, and how far its situation had come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from msgspec import structs

from models.decisions import TracedLine
from models.speech import listed, say
from models.types import Value
from models.vocabulary import Vocabulary
from rules.compile.view import View
from rules.program import judged_lines
from rules.record import Record
from rules.situations import pairs
from rules.situations.lines import each_values
from rules.typed import Attribute, Block, Condition, Crosses, Happens, Line, Moment, Named, Sequence, Visits
from streams.engine import Engine
from streams.judge import Note
from streams.tracing import tracing

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
        said = say('stopped by "{line}"', line=note.line)
        block = judged_lines(self._rule.rule.blocks[note.block or 0], self._compiler)
        traced = tracing(self._rule, block, self._compiler)
        unless = {line.judged.text for line in traced.lines if not line.judged.wanted}
        for line in traced.of(note.view).conditions:
            if line.line != note.line or line.needed is None:
                continue
            found = line.value or say("no value")
            values = {"line": note.line, "found": found, "needed": line.needed}
            if note.line not in unless:
                return say('stopped by "{line}": found {found}, needed {needed}', **values)
            if line.value is None:
                return say('stopped by "{line}": found {found}', **values)
            return say('stopped by "{line}": found {found}, which is {needed}', **values)
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
                    return [say("no sequence is open: its first step has not come, or its time was over")]
                return [
                    say("a sequence is open, {reached} of {steps} steps are done", reached=reached, steps=len(steps))
                ]
            case Happens():
                return [say("no event has come that fits")]
            case Visits(pattern=pattern):
                return [self._where(record, at, pattern.place)]
            case Moment():
                return [say("it was not the moment")]

    def _line(self, record: Record, at: int, each: Value) -> list[str]:
        """The two sides of a line, and its facts."""
        situation = self._rule.rule.situation
        assert isinstance(situation, Crosses)
        view = View(record, at)
        view.each = each
        when = Line("when", situation.condition)
        asked = structs.replace(self._rule.rule, only_if=(when,), unless=(), blocks=(Block(()),))
        probe = replace(self._rule, rule=asked)
        line = tracing(probe, (), self._compiler).of(view).conditions[0]
        said = _of_line(situation.condition, line)
        return [said if each is None else say("{each}: {said}", each=f"{self._rule.rule.each} {each}", said=said)]

    def _where(self, record: Record, at: int, place: str) -> str:
        position = record.position
        if position is None or position.faded(at, self._vocabulary.position_fades):
            return say("her position is not known")
        members = [member for name, member in position.members if name == place]
        return (
            say("she is in {place}", place=listed(members) or place)
            if members
            else say("she is not in {place}", place=place)
        )


def _of_line(condition: Condition, line: TracedLine) -> str:
    """`used was 7 GB, needed >= 8 GB`, where the left side has a name; else `found 7 GB, ..`."""
    if line.needed is None:
        return say("the line is true") if line.holds else say("the line is not true")
    left = getattr(condition, "left", getattr(condition, "of", None))
    values = {"value": line.value or say("no value"), "needed": line.needed}
    said = (
        say("{name} was {value}, needed {needed}", name=left.name, **values)
        if isinstance(left, Named | Attribute)
        else say("found {value}, needed {needed}", **values)
    )
    return say("{said} (it was so before, too: a line is crossed once)", said=said) if line.holds else said

"""The engine decides what the plain interpreter decides, on random rules and streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings

from models.decisions import ActionKind, Decision
from models.types import Value
from rules.codec import decode, encode
from rules.compile.view import View
from rules.facts.table import begun_from, begun_of
from rules.interpreter import (
    BlockDue,
    BlockHeld,
    BlockSuperseded,
    EventTrigger,
    Happening,
    Match,
    Refused,
    RuleSet,
    Trigger,
    WouldHaveFired,
    interpret,
)
from rules.plan import plan
from rules.program import RuleProgram, program
from rules.record import Match as RecordMatch
from rules.record import Pending, Record
from rules.situations.found import Found
from rules.typed import Rule
from streams.blocks import ReadyBlock, Terms
from streams.compiled import COMPILED
from streams.deciding import Decider
from streams.engine import Engine
from streams.identity import actions_of, decision_id
from streams.judge import Judge, Note
from streams.policy.quiet_hours import Actions
from streams.switching import switch
from tests.property.strategies import Scenario, rules_and_streams

Row = tuple[Any, ...]


def _key(trigger: Trigger) -> tuple[str, ...]:
    if isinstance(trigger, EventTrigger):
        return ("event", trigger.source, trigger.id)
    return ("timer", trigger.kind, str(trigger.due), trigger.source, trigger.id)


def _shown(value: Value) -> str:
    return "" if value is None else f"{value!r}"


# --------------------------------------------------------------- interpreter


def interpreted(scenario: Scenario) -> list[Row]:
    """What the interpreter says, in plain rows."""
    in_order = sorted(scenario.rule_sets, key=lambda rule_set: rule_set.begins)

    def task_ids(match: Match) -> frozenset[str]:
        # The tasks are those of the rule as it was when it matched: another version may have others of the same number.
        in_force = [rule_set for rule_set in in_order if rule_set.begins <= match.at][-1]
        return frozenset(task for rule in in_force.rules if rule.id == match.rule_id for task in _task_ids(rule, match))

    happenings = interpret(
        scenario.rule_sets,
        scenario.vocabulary,
        scenario.taken,
        scenario.until,
        scenario.attributes_before,
        decision_ids=task_ids,
        quiet_hours=scenario.quiet_hours,
    )
    return sorted(_row(happening) for happening in happenings if not _suppressed(happening))


def _suppressed(happening: Happening) -> bool:
    """A block of a match that `at most` refused (the match itself says so already); a match that was decided before."""
    if isinstance(happening, Match):
        return happening.again
    return isinstance(happening, BlockDue) and happening.match.refused_by_cap is not None


def _task_ids(rule: Rule, match: Match) -> set[str]:
    kept = RecordMatch(rule.id, rule.version, match.each, match.at, match.at, _key(match.trigger), ())
    return {
        decision_id(rule.id, kind, number, "c", kept)
        for place in range(len(rule.blocks))
        for kind, number in actions_of(rule, place)
        if kind == ActionKind.TASK
    }


def _row(happening: Happening) -> Row:
    match happening:
        case Match():
            cap = happening.refused_by_cap or ""
            return ("match", happening.rule_id, _shown(happening.each), happening.at, _key(happening.trigger), cap)
        case BlockDue(match=of, block=block, at=at):
            how = (happening.held, happening.without_offers, happening.released)
            return ("block", of.rule_id, _shown(of.each), of.at, _key(of.trigger), block, at, *how)
        case BlockHeld(match=of, block=block, at=at, until=until):
            return ("held", of.rule_id, _shown(of.each), of.at, _key(of.trigger), block, at, until)
        case BlockSuperseded(match=of, block=block, at=at):
            return ("superseded", of.rule_id, _shown(of.each), of.at, _key(of.trigger), block, at)
        case Refused():
            where = (happening.rule_id, _shown(happening.each), happening.at, _key(happening.trigger))
            return ("refused", *where, happening.line)
        case WouldHaveFired():
            return ("old news", happening.rule_id, happening.event.source, happening.event.id)


# -------------------------------------------------------------------- engine


class Recorder(Judge):
    """A judge that writes down what it does. Every action counts as used, as the interpreter takes it."""

    rows: list[Row]
    task_ids: dict[int, set[str]]
    _released = False

    def judge(self, one: RuleProgram, found: Found, view: View) -> list[Any] | None:
        self._each = found.each
        return super().judge(one, found, view)

    def _begin(self, one: RuleProgram, match: RecordMatch, view: View) -> list[Any]:
        self._match(match, "")
        for place in range(len(one.rule.blocks)):
            for kind, number in actions_of(one.rule, place):
                if kind == ActionKind.TASK:
                    match.tasks += (decision_id(one.rule.id, kind, number, "c", match),)
        return super()._begin(one, match, view)

    def _refused(self, one: RuleProgram, match: RecordMatch, view: View, reason: str) -> list[Any]:  # noqa: ARG002
        self._match(match, reason.removeprefix("at most "))
        return []

    def _match(self, match: RecordMatch, cap: str) -> None:
        self.rows.append(("match", match.rule, _shown(match.each), match.taken, match.trigger, cap))

    def _decide(self, one: RuleProgram, match: RecordMatch, block: ReadyBlock, view: View) -> list[Any]:
        self._stopped = False
        super()._decide(one, match, block, view)
        if self._stopped:
            self.rows.append(("block", *_where(match), block.place, view.now, False, False, False))
        return []

    def _release(self, one: RuleProgram, match: RecordMatch, entry: Pending, view: View) -> list[Any]:
        self._released = True
        if super()._release(one, match, entry, view):  # what is said passes `_speak`, which makes none of it
            self.rows.append(("block", *_where(match), entry.block, view.now, False, False, True))
        self._released = False
        return []

    def _pass_gates(
        self, one: RuleProgram, match: RecordMatch, block: ReadyBlock, view: View, actions: Actions
    ) -> list[Any]:
        before = list(match.pending)
        super()._pass_gates(one, match, block, view, actions)
        for entry in match.pending:
            if entry not in before:
                self.rows.append(("held", *_where(match), entry.block, view.now, entry.due))
        return []

    def _speak(
        self, one: RuleProgram, match: RecordMatch, block: ReadyBlock, view: View, actions: Actions, refused: Actions
    ) -> list[Any]:
        self.rows.append(("block", *_where(match), block.place, view.now, True, bool(refused), self._released))
        super()._speak(one, match, block, view, actions, refused)
        match.used = True
        return []

    def supersede(self, one: RuleProgram, match: RecordMatch, view: View) -> list[Any]:
        for entry in match.pending:
            self.rows.append(("superseded", *_where(match), entry.block, view.now))
        return super().supersede(one, match, view)

    def told(self, note: Note) -> None:
        if note.block is not None:
            self._stopped = True
        elif note.line == "old news":
            self.rows.append(("old news", note.rule, *note.trigger.key()[1:3]))
        elif not note.line.startswith("at most "):
            self.rows.append(("refused", note.rule, _shown(self._each), note.at, note.trigger.key(), note.line))


def _where(match: RecordMatch) -> Row:
    return match.rule, _shown(match.each), match.taken, match.trigger


def _engine(rule_set: RuleSet, begun: Mapping[int, int], scenario: Scenario, rows: list[Row]) -> Engine:
    made = program(plan(rule_set.rules, scenario.vocabulary, begun))
    judge = Recorder(made, Decider(scenario.vocabulary, made.compiler, Terms(quiet_hours=scenario.quiet_hours)))
    judge.rows = rows
    judge.listener = judge.told
    return Engine(made, judge)


def _reread(record: Record, engine: Engine) -> Record:
    """The record as it comes back from a store."""
    data = encode(record)
    read = decode(record.customer, data, engine.new_record)
    engine.set_calendar(read)
    engine.restore_timers(read)
    assert encode(read) == data
    return read


def _go(
    scenario: Scenario,
    make: Callable[[RuleSet, Mapping[int, int]], Engine],
    ending: Callable[[Record, Mapping[str, str], int], None] = lambda record, kept, at: None,
    *,
    through_store: bool = False,
) -> tuple[list[Decision], Record]:
    """Steps a record through the scenario, with the change of rule sets; returns the decisions, and the record.

    `ending` is told of the record, the versions of the next rule set, and its beginning, before it is gone over.
    """
    sets = sorted(scenario.rule_sets, key=lambda rule_set: rule_set.begins)
    engine = make(sets[0], {})
    record = engine.new_record("c")
    known = {name: value for name, value in scenario.attributes_before.items() if value is not None}
    record.attributes.update(known)
    engine.set_calendar(record)
    decisions: list[Decision] = []

    def go_to(moment: int) -> None:
        nonlocal engine
        while len(sets) > 1 and sets[1].begins <= moment:
            before = {rule.id: rule.version for rule in sets.pop(0).rules}
            if record.born is not None:
                decisions.extend(engine.run_timers(record, sets[0].begins - 1))
            kept = begun_of(engine.program.plan.facts)
            engine = make(sets[0], begun_from(sets[0].rules, kept, sets[0].begins))
            ending(record, {rule.id: rule.version for rule in sets[0].rules}, sets[0].begins)
            decisions.extend(switch(record, engine, before, sets[0].begins))

    for taken in scenario.taken:
        go_to(taken.taken)
        decisions.extend(engine.take(record, taken.event, taken.taken))
        if through_store:
            record = _reread(record, engine)
    go_to(scenario.until)
    return [*decisions, *engine.run_timers(record, scenario.until)], record


def stepped(scenario: Scenario, *, through_store: bool) -> list[Row]:
    """What the engine says, in plain rows."""
    rows: list[Row] = []

    def ending(record: Record, kept: Mapping[str, str], at: int) -> None:
        for match in (match for matches in record.matches.values() for match in matches):
            if kept.get(match.rule) != match.version:
                rows.extend(("superseded", *_where(match), entry.block, at) for entry in match.pending)

    _go(scenario, lambda rule_set, begun: _engine(rule_set, begun, scenario, rows), ending, through_store=through_store)
    return sorted(rows)


def decided(scenario: Scenario, *, listening: bool = False, **how: bool) -> list[bytes]:
    """The decisions, as they go out. Who listens makes the engine look at every rule; `how`: see `Engine`."""
    return _decided(scenario, listening=listening, **how)[0]


def _decided(scenario: Scenario, *, listening: bool = False, **how: bool) -> tuple[list[bytes], bytes]:
    """The decisions, and the record in the end."""

    def make(rule_set: RuleSet, begun: Mapping[int, int]) -> Engine:
        made = program(plan(rule_set.rules, scenario.vocabulary, begun))
        decider = Decider(scenario.vocabulary, made.compiler, Terms(quiet_hours=scenario.quiet_hours))
        judge = Judge(made, decider, (lambda note: None) if listening else None)
        return Engine(made, judge, **how)

    decisions, record = _go(scenario, make)
    return [msgspec.json.encode(decision) for decision in decisions], encode(record)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(rules_and_streams())
def test_engine_equals_interpreter(scenario: Scenario) -> None:
    """Every match, block, refusal and piece of old news is the same, at the same moment, by the same trigger."""
    assert stepped(scenario, through_store=False) == interpreted(scenario)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(rules_and_streams())
def test_record_through_store(scenario: Scenario) -> None:
    """A record that goes through a store after every event decides the same."""
    assert stepped(scenario, through_store=True) == stepped(scenario, through_store=False)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(rules_and_streams())
def test_profiles_change_nothing(scenario: Scenario) -> None:
    """Leaving out the rules that a customer's attributes rule out changes no decision."""
    assert decided(scenario, listening=False) == decided(scenario, listening=True)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(rules_and_streams())
def test_generated_functions_change_nothing(scenario: Scenario) -> None:
    """The generated functions decide what the plain steps of the engine decide, whether they put off or not."""
    assert decided(scenario) == decided(scenario, generated=False) == decided(scenario, puts_off=False)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(rules_and_streams())
def test_compiled_code_changes_nothing(scenario: Scenario) -> None:
    """What compiled code does of taking events leads to the same decisions, and to the same record."""
    assert _decided(scenario, compiled=COMPILED) == _decided(scenario, compiled=False)

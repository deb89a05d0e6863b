"""A record goes over from one rule set to the next: what is unchanged goes on, the rest ends."""

from __future__ import annotations

from collections.abc import Mapping

from models.decisions import ActionKind, Decision, Outcome, Trace
from models.moments import format_moment
from rules.compile.view import View
from rules.facts.running import Running, Total
from rules.facts.series import Fields, Series
from rules.record import Match, Pending, Record
from rules.situations import lines, pairs, places
from streams.engine import Engine
from streams.identity import cause_of, decision_id


def switch(record: Record, engine: Engine, before: Mapping[str, str], begins: int) -> list[Decision]:
    """Lay a record out for `engine`'s rule set, from `begins` (ms) on.

    `before` is rule id -> version of the rule set until then. Facts whose definition is unchanged keep their state;
    lines, sequences, stays, moments of events and pending blocks do while their rule is unchanged; `at most` counts
    go by rule id. Blocks that end are decided `superseded`.
    """
    plan = engine.program.plan
    same = {rule.id for rule in plan.rules if before.get(rule.id) == rule.version}
    decisions = _supersede(record, same, engine, begins)
    _facts(record, engine)
    record.matches = {rule: matches for rule, matches in record.matches.items() if matches}
    record.partials = {rule: partials for rule, partials in record.partials.items() if rule in same}
    pairs.switch(engine.program, record, same)
    record.stays = {key: due for key, due in record.stays.items() if key[0] in same}
    record.moment_events = {rule: waits for rule, waits in record.moment_events.items() if rule in same}
    record.short_list = [entry for entry in record.short_list if entry[0] in same]
    record.line_due = {}
    record.moment_due = {}
    places.know(engine.program, record)
    record.plan = plan.layout
    record.forget_profile()
    engine.restore_timers(record)
    if record.born is not None:
        engine.reschedule_moments(record, begins - 1)
        engine.reschedule_lines(View(record, max(begins - 1, record.taken)))
        lines.begin(engine.program, record, same, begins)
    return decisions


def _supersede(record: Record, same: set[str], engine: Engine, begins: int) -> list[Decision]:
    decisions: list[Decision] = []
    for rule, matches in record.matches.items():
        if rule in same:
            continue
        for match in matches:
            for entry in match.pending:
                decisions.extend(_superseded(record, match, entry, engine, begins))
            match.pending = []
        record.matches[rule] = [match for match in matches if match.used]
    return decisions


def _superseded(record: Record, match: Match, entry: Pending, engine: Engine, begins: int) -> list[Decision]:
    """Its rule may be gone: what the record knows of the block must do."""
    return [
        Decision(
            id=decision_id(match.rule, kind, number, record.customer, match),
            rule=match.rule,
            rule_version=match.version,
            customer=record.customer,
            each=None if match.each is None else str(match.each),
            time=format_moment(begins),
            kind=ActionKind(kind),
            outcome=Outcome.SUPERSEDED,
            reason="another rule set",
            channel=None,
            language=None,
            text=None,
            offer=None,
            task=None,
            expires=None,
            event=cause_of(match.trigger),
            trace=Trace((), {}),
            without_policy=engine.judge.decider.terms.without_policy,
        )
        for kind, number in entry.actions
    ]


def _facts(record: Record, engine: Engine) -> None:
    facts = engine.program.plan.facts
    series = {of.key: of.fields for of in facts.series.values()}
    running = {of.key: of.fields for of in facts.running.values()}
    record.kept_series = {key: _refit(one, series[key]) for key, one in record.series.items() if key in series}
    record.kept_each_series = {
        key: {each: _refit(one, series[key]) for each, one in kept.items()}
        for key, kept in record.each_series.items()
        if key in series
    }
    record.kept_running = {
        key: _refit_running(one, running[key]) for key, one in record.running.items() if key in running
    }
    record.kept_each_running = {
        key: {each: _refit_running(one, running[key]) for each, one in kept.items()}
        for key, kept in record.each_running.items()
        if key in running
    }


def _refit(series: Series, fields: Fields) -> Series:
    """The series with the columns the plan wants; a field it did not keep is missing in what is past."""
    if series.fields == fields:
        return series
    kept = {name: number for number, (name, _) in enumerate(series.fields)}
    made = Series(fields)
    made.times = series.times
    for number, (name, _) in enumerate(fields):
        made.set_values(number, series.values(kept[name]) if name in kept else [None] * len(series.times))
    for bucket in series.buckets or ():
        bucket.fields = [
            list(bucket.fields[kept[name]]) if name in kept else [0, 0, None, None, None, None] for name, _ in fields
        ]
    made.set_buckets(series.buckets or [])
    return made


def _refit_running(running: Running, fields: tuple[tuple[str, bool], ...]) -> Running:
    names = tuple(name for name, _ in fields)
    if running.names == names:
        return running
    kept = dict(zip(running.names, running.totals, strict=True))
    made = Running(names)
    made.count, made.first_time, made.last_time = running.count, running.first_time, running.last_time
    made.totals = tuple(kept.get(name) or Total() for name in names)
    return made

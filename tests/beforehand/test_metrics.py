from __future__ import annotations

from collections.abc import Mapping, Sequence

from prometheus_client import generate_latest

from beforehand import metrics as module
from beforehand.metrics import OTHER, Metrics
from models.decisions import ActionKind, Decision, EventCause, Outcome, Trace
from streams.dead_letters import DeadLetter, Reason
from streams.partition import Done
from streams.stores.base import Memory, Size, StoreError
from streams.worker.measures import OwnedNow, Watched

TAKEN = 1_000_000_000_000


def decision(rule: str, reason: str | None = None) -> Decision:
    """A decision of a rule, taken at TAKEN."""
    return Decision(
        id=rule,
        rule=rule,
        rule_version="1",
        customer="c",
        each=None,
        time="2001-09-09T01:46:40.000Z",
        kind=ActionKind.GUIDANCE,
        outcome=Outcome.SUPPRESSED if reason else Outcome.SENT,
        reason=reason,
        channel=None,
        language=None,
        text=None,
        offer=None,
        task=None,
        expires=None,
        event=EventCause("file", rule),
        trace=Trace((), {}),
    )


def done(*decisions: Decision) -> Done:
    """A commit of two events and a dead letter."""
    dead = [DeadLetter(Reason.NOT_JSON, "", b"", 0)]
    return Done(events=2, decisions=decisions, dead=dead, forwarded=1, counts={"old news": 3}, seconds=0.004)


def sizes(numbers: Sequence[int]) -> tuple[Mapping[int, Size], Memory]:
    """Every partition has ten customers."""
    return {number: Size(10, 1_000, 2, 0) for number in numbers}, Memory(5_000, 0)


def shown(metrics: Metrics) -> str:
    """What Prometheus reads."""
    return generate_latest(metrics.registry).decode()


def test_what_a_commit_kept_is_counted() -> None:
    """Events, dead letters by reason, what was passed on, decisions by rule and reason."""
    metrics = Metrics(sizes, 6, settle=2_000)
    metrics.committed(done(decision("a"), decision("a"), decision("b", "rule error")), None)
    text = shown(metrics)
    assert "beforehand_events_total 2.0" in text
    assert "beforehand_forwarded_total 1.0" in text
    assert 'beforehand_dead_letters_total{reason="not JSON"} 1.0' in text
    assert 'beforehand_noted_total{what="old news"} 3.0' in text
    assert 'beforehand_decisions_total{kind="guidance",outcome="sent",reason="",rule="a"} 2.0' in text
    assert 'beforehand_decisions_total{kind="guidance",outcome="suppressed",reason="rule error",rule="b"} 1.0' in text
    assert 'beforehand_commit_seconds_bucket{le="0.005"} 1.0' in text


def test_how_long_a_decision_took_is_counted_from_when_it_could_be_made() -> None:
    """What every event waits in any case is no part of it; nothing is counted where the time is unknown."""
    metrics = Metrics(sizes, 6, settle=2_000)
    metrics.committed(done(decision("a")), TAKEN + 2_150)
    metrics.committed(done(decision("a")), None)
    text = shown(metrics)
    assert "beforehand_decision_seconds_count 1.0" in text
    assert "beforehand_decision_seconds_sum 0.15" in text


def test_the_number_of_series_is_bounded() -> None:
    """Who beat an offer is no series of its own, and of very many rules the later ones are counted together."""
    metrics = Metrics(sizes, 6, settle=0)
    metrics.committed(done(decision("a", "beaten by b"), decision("a", "beaten by c")), None)
    assert 'reason="beaten by other",rule="a"} 2.0' in shown(metrics)
    metrics.committed(done(*(decision(f"r{number}") for number in range(module._DECISIONS + 9))), None)
    text = shown(metrics)
    assert text.count("beforehand_decisions_total{") == module._DECISIONS + 1
    assert f'outcome="sent",reason="",rule="{OTHER}"}} 10.0' in text


def test_partitions_are_shown_as_they_are_when_it_is_asked() -> None:
    """What is ours, how far behind and how large; what is left alone."""
    metrics = Metrics(sizes, 6, settle=0)
    owned = {3: OwnedNow("abc", behind=1_500, waiting=7, records=4), 4: OwnedNow("abc", None, 0, 0)}
    metrics.beat(Watched(True, owned, {5: "Redis is away"}, {("events.service", 3): 12}))
    text = shown(metrics)
    assert 'beforehand_behind_seconds{partition="3"} 1.5' in text
    assert 'beforehand_behind_seconds{partition="4"}' not in text
    assert 'beforehand_lag_records{partition="3",topic="events.service"} 12.0' in text
    assert "beforehand_partitions_left_alone 1.0" in text
    assert 'beforehand_customers{partition="4"} 10.0' in text
    assert "beforehand_redis_up 1.0" in text
    assert 'beforehand_rule_set_info{rule_set="abc"} 1.0' in text


def test_without_redis_the_rest_is_shown() -> None:
    """It is then that somebody looks."""

    def away(numbers: Sequence[int]) -> tuple[Mapping[int, Size], Memory]:
        raise StoreError("away")

    text = shown(Metrics(away, 6, settle=0))
    assert "beforehand_redis_up 0.0" in text
    assert "beforehand_customers" not in text
    assert "beforehand_events_total 0.0" in text

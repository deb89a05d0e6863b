"""What quiet hours hold, let through and end; and that what was held is decided when it is released."""

from __future__ import annotations

import pytest

from models.decisions import Decision
from models.events import Event
from models.moments import parse_moment, zone
from rules.codec import decode, encode
from rules.record import Record
from rules.workspace.workspace import load_texts
from streams.assembly import assemble
from streams.engine import Engine
from streams.policy.quiet_hours import OPEN, Actions, Gate, gate

SHANGHAI = zone("Asia/Shanghai")
NIGHT, NOON = parse_moment("2026-03-02T22:00:00+08:00"), parse_moment("2026-03-02T12:00:00+08:00")
NINE, EIGHT = parse_moment("2026-03-03T09:00:00+08:00"), parse_moment("2026-03-03T08:00:00+08:00")
BOTH = {"marketing": (1200, 540), "service": (1260, 480)}
MARKETING = {"marketing": (1200, 540)}

GUIDANCE, OFFER, GRANT, TASK = ("guidance", 1), ("offer", 1), ("grant", 1), ("task", 1)


@pytest.mark.parametrize(
    ("actions", "hours", "passed"),
    [
        ((GUIDANCE,), MARKETING, OPEN),
        ((GUIDANCE, OFFER), MARKETING, Gate(refused=(OFFER,))),
        ((GRANT, OFFER, TASK), MARKETING, Gate(refused=(OFFER,))),
        ((OFFER,), MARKETING, Gate((OFFER,), NINE)),
        ((OFFER, TASK), MARKETING, Gate((OFFER,), NINE)),
        ((TASK,), BOTH, OPEN),
        ((GUIDANCE, OFFER, TASK), BOTH, Gate((GUIDANCE, OFFER), EIGHT)),
        ((GUIDANCE, OFFER), {}, OPEN),
    ],
)
def test_the_gate(actions: Actions, hours: dict[str, tuple[int, int]], passed: Gate) -> None:
    """Service waits while service is quiet; offers wait, or end where a warning must not; tasks wait for nobody."""
    assert gate(hours, actions, SHANGHAI, NIGHT) == passed
    assert gate(hours, actions, SHANGHAI, NOON) == OPEN


VOCABULARY = """
time zone: Asia/Shanghai
languages: [en]
currency: CNY
settle: 0 seconds
customer: {plan: S | M}
events:
  paid: {family: consumption, price: money}
  bought: {family: consumption, price: money}
"""
OFFERS = "coupon: {kind: offer, title: A coupon, good for: 12 hours}"
RULE = """
title: Trial
when: paid
only if: plan is M
then:
  offer: coupon
stop when: bought
at most: 1 per 7 days
"""


def engine_of(policy: str = "quiet hours: {marketing: 20:00-09:00}", rule: str = RULE) -> Engine:
    """An engine of one rule."""
    files = {"vocabulary.yaml": VOCABULARY, "offers.yaml": OFFERS, "policy.yaml": policy, "rules/trial.yaml": rule}
    loaded = load_texts(files)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    return assemble(loaded.workspace, [file.rule for file in loaded.workspace.rules])


class Customer:
    """A customer of plan M, whose record goes through a store after every step."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.record: Record = engine.new_record("c")
        self.number = 0
        self.take("2026-03-01T12:00:00+08:00", "customer changed", plan="M")

    def take(self, at: str, event: str, **data: str | int) -> list[Decision]:
        """An event, and what it brings."""
        self.number += 1
        now = parse_moment(at)
        made = self.engine.take(self.record, Event(event, "c", now, now, "test", str(self.number), dict(data)), now)
        self._through_a_store()
        return made

    def wait(self, until: str) -> list[Decision]:
        """Timers up to a moment."""
        made = self.engine.run_timers(self.record, parse_moment(until))
        self._through_a_store()
        return made

    def _through_a_store(self) -> None:
        self.record = decode("c", encode(self.record), self.engine.new_record)
        self.engine.set_calendar(self.record)
        self.engine.restore_timers(self.record)


def said(decisions: list[Decision]) -> list[tuple[str, str, str | None, str]]:
    """What became of each, and when."""
    return [(one.kind.value, one.outcome.value, one.reason, one.time) for one in decisions]


def test_an_offer_of_the_night_is_sent_in_the_morning() -> None:
    """Once, when quiet hours end, as of then: its time, its expiry; it says when it must not be handed over."""
    customer = Customer(engine_of())
    assert customer.take("2026-03-02T22:00:00+08:00", "paid", price=100) == []
    assert customer.wait("2026-03-03T08:59:59.999+08:00") == []
    (sent,) = customer.wait("2026-03-03T09:00:00+08:00")
    assert said([sent]) == [("offer", "sent", None, "2026-03-03T01:00:00.000Z")]
    assert sent.expires == "2026-03-03T13:00:00.000Z"
    assert [(one.begins, one.ends, one.time_zone) for one in sent.quiet_hours] == [("20:00", "09:00", "Asia/Shanghai")]
    assert customer.wait("2026-03-20T09:00:00+08:00") == []


def test_by_day_nothing_waits() -> None:
    """An offer outside of quiet hours is sent at once."""
    customer = Customer(engine_of())
    made = customer.take("2026-03-02T12:00:00+08:00", "paid", price=100)
    assert said(made) == [("offer", "sent", None, "2026-03-02T04:00:00.000Z")]


def test_conditions_are_judged_again_in_the_morning() -> None:
    """Who has another plan by then gets nothing, and the line says why; the match is given back."""
    customer = Customer(engine_of())
    customer.take("2026-03-02T22:00:00+08:00", "paid", price=100)
    customer.take("2026-03-03T08:00:00+08:00", "customer changed", plan="S")
    made = customer.wait("2026-03-03T09:00:00+08:00")
    assert said(made) == [("offer", "suppressed", "no longer: plan is M", "2026-03-03T01:00:00.000Z")]
    customer.take("2026-03-03T10:00:00+08:00", "customer changed", plan="M")
    again = customer.take("2026-03-03T11:00:00+08:00", "paid", price=100)
    assert said(again) == [("offer", "sent", None, "2026-03-03T03:00:00.000Z")]


def test_what_waits_counts_in_at_most() -> None:
    """A second match of the same night is refused, as the first is held."""
    customer = Customer(engine_of())
    customer.take("2026-03-02T22:00:00+08:00", "paid", price=100)
    made = customer.take("2026-03-02T23:00:00+08:00", "paid", price=100)
    assert said(made) == [("offer", "suppressed", "at most 1 per 7 days", "2026-03-02T15:00:00.000Z")]


def test_what_waits_can_be_stopped() -> None:
    """`stop when` ends it as superseded, and nothing comes in the morning."""
    customer = Customer(engine_of())
    customer.take("2026-03-02T22:00:00+08:00", "paid", price=100)
    made = customer.take("2026-03-02T23:00:00+08:00", "bought", price=100)
    assert said(made) == [("offer", "superseded", "stop when", "2026-03-02T15:00:00.000Z")]
    assert customer.wait("2026-03-20T09:00:00+08:00") == []


def test_a_warning_goes_without_its_offer() -> None:
    """While marketing is quiet and service is not: nobody loses a warning for the sake of an offer."""
    rule = RULE.replace("  offer: coupon", "  guide: {en: Take care}\n  offer: coupon")
    made = Customer(engine_of(rule=rule)).take("2026-03-02T22:00:00+08:00", "paid", price=100)
    assert [(one.kind.value, one.outcome.value, one.reason) for one in made] == [
        ("guidance", "sent", None),
        ("offer", "suppressed", "quiet hours"),
    ]
    assert (made[0].text, made[0].quiet_hours) == ("Take care", ())


def test_tasks_do_not_wait() -> None:
    """What a person is to do is given to him at once; the offer beside it waits."""
    rule = RULE.replace("  offer: coupon", "  offer: coupon\n  task: {who: desk, what: Call her, due: 1 day}")
    customer = Customer(engine_of("quiet hours: {marketing: 20:00-09:00}\nroles: {desk: }", rule))
    assert [one.kind.value for one in customer.take("2026-03-02T22:00:00+08:00", "paid", price=100)] == ["task"]
    assert [one.kind.value for one in customer.wait("2026-03-03T09:00:00+08:00")] == ["offer"]


def test_in_her_own_zone() -> None:
    """Nine in the evening in Shanghai is noon and more in Berlin; who moves meanwhile is not woken."""
    customer = Customer(engine_of())
    customer.take("2026-03-02T20:30:00+08:00", "customer changed", **{"time zone": "Europe/Berlin"})
    assert len(customer.take("2026-03-02T21:00:00+08:00", "paid", price=100)) == 1
    moved = Customer(engine_of())
    assert moved.take("2026-03-02T22:00:00+08:00", "paid", price=100) == []
    moved.take("2026-03-03T08:00:00+08:00", "customer changed", **{"time zone": "Europe/Berlin"})
    assert moved.wait("2026-03-03T15:59:59+08:00") == []
    assert said(moved.wait("2026-03-03T16:00:00+08:00")) == [("offer", "sent", None, "2026-03-03T08:00:00.000Z")]


def test_a_block_to_come_waits_too() -> None:
    """A block that comes up by night is released in the morning, if its own lines say so then."""
    rule = RULE.replace(
        "then:\n  offer: coupon", "then:\n  - after: 10 hours\n    only if: plan is M\n    offer: coupon"
    )
    customer = Customer(engine_of(rule=rule))
    assert customer.take("2026-03-02T12:00:00+08:00", "paid", price=100) == []
    assert customer.wait("2026-03-02T22:00:00+08:00") == []
    assert said(customer.wait("2026-03-03T09:00:00+08:00")) == [("offer", "sent", None, "2026-03-03T01:00:00.000Z")]


def test_what_waits_has_come_up() -> None:
    """What its block was to be without comes to be known too late to end it: the block came up before."""
    rule = RULE.replace("then:\n  offer", "then:\n  - after: 10 hours without paid where price is 2 CNY\n    offer")
    customer = Customer(engine_of(rule=rule.replace("stop when: bought\n", "").replace("when: paid", "when: bought")))
    customer.take("2026-03-02T12:00:00+08:00", "bought", price=100)
    assert customer.wait("2026-03-02T22:00:00+08:00") == []
    told, now = parse_moment("2026-03-02T21:59:00+08:00"), parse_moment("2026-03-02T22:30:00+08:00")
    customer.engine.take(customer.record, Event("paid", "c", told, now, "test", "late", {"price": 200}), now)
    assert [one.outcome.value for one in customer.wait("2026-03-03T09:00:00+08:00")] == ["sent"]


def test_without_policy_nothing_waits() -> None:
    """Who leaves policy out leaves this out, too."""
    files = {
        "vocabulary.yaml": VOCABULARY,
        "offers.yaml": OFFERS,
        "policy.yaml": "quiet hours: {marketing: 20:00-09:00}",
        "rules/trial.yaml": RULE,
    }
    workspace = load_texts(files).workspace
    assert workspace is not None
    rules = [file.rule for file in workspace.rules]
    (sent,) = Customer(assemble(workspace, rules, without_policy=True)).take(
        "2026-03-02T22:00:00+08:00", "paid", price=100
    )
    assert (sent.outcome.value, sent.without_policy, sent.quiet_hours) == ("sent", True, ())

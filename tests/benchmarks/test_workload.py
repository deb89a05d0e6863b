from __future__ import annotations

from collections import Counter

from benchmarks.rule_mix import SHARES, kinds, place_count, rule_mix
from benchmarks.workload import vocabulary, workload
from models.events import Event
from rules.plan import plan
from streams.wire.decoder import Decoder


def test_equal_seeds_make_equal_events() -> None:
    """Two runs measure the same lines; another seed makes others."""
    company = vocabulary(3)
    first, again, other = (workload(company, 200, 50, seed) for seed in (1, 1, 2))
    assert (first.lines, first.known) == (again.lines, again.known)
    assert first.lines != other.lines


def test_every_line_is_an_event() -> None:
    """What is measured are events, not dead letters, and all their fields are in the vocabulary."""
    company = vocabulary(3)
    decoder = Decoder(company)
    decoded = [decoder.decode(line) for line in workload(company, 2_000, 50).lines]
    assert all(isinstance(one, Event) for one in decoded)
    assert not decoder.ignored


def test_a_few_customers_have_most_events() -> None:
    """The first of Zipf's customers is heard of about as often as his exponent says."""
    company = vocabulary(0)
    lines, decoder = workload(company, 20_000, 100_000).lines, Decoder(company)
    events = [event for line in lines if isinstance(event := decoder.decode(line), Event)]
    often = Counter(event.customer for event in events)
    assert 0.12 < often.most_common(1)[0][1] / len(lines) < 0.15


def test_all_kinds_of_rules_come_in_their_shares() -> None:
    """Ten rules hold each kind, a thousand hold them in the shares that the documents state."""
    assert set(kinds(10)) == set(SHARES)
    assert Counter(kinds(1_000)) == {kind: share * 10 for kind, share in SHARES.items()}


def test_sharing_is_what_the_variants_differ_in() -> None:
    """Shared rules keep fewer series than they have facts; of the others each fact has a series of its own."""
    company = vocabulary(place_count(300))
    few = len(plan(rule_mix(300), company).facts.series)
    many = len(plan(rule_mix(300, shared=False), company).facts.series)
    assert few < 80
    assert many > 150

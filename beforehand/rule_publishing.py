"""Rules for workers: checked, tested, then published to decide from a moment on that lies ahead of all arrivals."""

from __future__ import annotations

import time
from dataclasses import dataclass

from beforehand.following import Failed, Fit, ReadAtStart, Refused, judge
from beforehand.kafka_wiring import connection, now_of_broker
from beforehand.settings import Settings
from beforehand.wiring import files_of
from beforehand.worker_wiring import registry
from models.speech import say
from rules.workspace.workspace import Loaded, load_texts
from streams.rule_sets import AHEAD
from streams.stores.base import StoreError
from streams.worker.published import Published, Registry
from streams.worker.rule_sets import workspace_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """It was published. `fit` says what of it is new."""

    published: Published
    fit: Fit


@dataclass(frozen=True, slots=True)
class NothingNew:
    """The same files were published last."""

    last: Published


def published_sets(settings: Settings) -> list[Published]:
    """All rule sets that were published, in order; StoreError."""
    return registry(settings)[0].published()


def publish_rules(
    settings: Settings, found: Loaded, *, begins: int | None = None, again: int | None = None
) -> Accepted | NothingNew | Refused | Failed | ReadAtStart:
    """Publish a workspace's rules, to decide from `begins` (ms) on, or as soon as may be.

    The first set decides from the first event on. Raises KafkaTrouble and StoreError.
    """
    kept = registry(settings)[0]
    sets = kept.published()
    files = files_of(found)
    if sets and sets[-1].files == files:
        return NothingNew(sets[-1])
    verdict = judge(found, workspace_of(sets[-1]) if sets else None, without_policy=False)
    if not isinstance(verdict, Fit):
        return verdict
    moment = None
    if sets:
        soonest = max(now_of_broker(connection(settings)) + AHEAD, (sets[-1].begins or 0) + 1)
        moment = soonest if begins is None else begins
        if moment < soonest:
            raise StoreError(say("a rule set begins at least ten seconds after all that has arrived; leave --from out"))
    return Accepted(_added(kept, Published(len(sets) + 1, moment, _now(), files, again)), verdict)


def of_number(settings: Settings, number: int | None) -> tuple[int, Loaded]:
    """The rule set of this number, or the one before the last; StoreError if there is none."""
    sets = published_sets(settings)
    wanted = len(sets) - 1 if number is None else number
    if not 1 <= wanted <= len(sets):
        raise StoreError(say("there is no rule set {number}; beforehand rules list shows them", number=wanted))
    return wanted, load_texts(sets[wanted - 1].files)


def _added(kept: Registry, one: Published) -> Published:
    if not kept.publish(one):
        raise StoreError(say("somebody else has published rules at the same moment; look at them, and publish again"))
    return one


def _now() -> int:
    return int(time.time() * 1_000)

"""Rules for workers: checked, tested, then published to decide from a moment on that lies ahead of all arrivals."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from beforehand.following import Failed, Fit, ReadAtStart, Refused, judge
from beforehand.kafka_wiring import connection, now_of_broker
from beforehand.settings import Settings
from beforehand.wiring import files_of
from beforehand.worker_wiring import registry
from models.speech import say
from rules.problems import Problem
from rules.workspace.workspace import Loaded, Workspace, load_texts
from streams.contract.added import added, not_added
from streams.contract.compare import problem_of
from streams.rule_sets import AHEAD
from streams.stores.base import StoreError
from streams.worker.published import Published, Registry
from streams.worker.rule_sets import RuleSets, workspace_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """It was published. `fit` says what of it is new, and `added` names what is new of its vocabulary."""

    published: Published
    fit: Fit
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAdded:
    """Its vocabulary is another one, not the one before with additions. The `problems` stand in vocabulary.yaml."""

    found: Loaded
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class NothingNew:
    """The same files were published last."""

    last: Published


def published_sets(settings: Settings) -> RuleSets:
    """All rule sets that were published, in order; StoreError."""
    return RuleSets(registry(settings)[0], workspace_of)


def publish_rules(
    settings: Settings, found: Loaded, *, begins: int | None = None, again: int | None = None
) -> Accepted | NothingNew | Refused | NotAdded | Failed | ReadAtStart:
    """Publish a workspace's rules, to decide from `begins` (ms) on, or as soon as may be.

    The first set decides from the first event on. `again`: they are those of the set of this number, and what was added
    to the vocabulary since stays. Raises KafkaTrouble and StoreError.
    """
    kept = registry(settings)[0]
    rules = RuleSets(kept, workspace_of)
    sets, files = rules.sets, files_of(found)
    if sets and sets[-1].files == files:
        return NothingNew(sets[-1])
    before = rules.workspace(len(sets) - 1) if sets else None
    if before is not None and again is not None and found.workspace is not None:
        found = replace(found, workspace=replace(found.workspace, vocabulary=before.vocabulary))
    strange = _not_added(before, found)
    if strange:
        return NotAdded(found, strange)
    verdict = judge(found, before, without_policy=False, any_vocabulary=True)
    if not isinstance(verdict, Fit):
        return verdict
    moment = None
    if sets:
        soonest = max(now_of_broker(connection(settings)) + AHEAD, (sets[-1].begins or 0) + 1)
        moment = soonest if begins is None else begins
        if moment < soonest:
            raise StoreError(say("a rule set begins at least ten seconds after all that has arrived; leave --from out"))
    new = () if before is None else tuple(added(before.vocabulary, verdict.workspace.vocabulary))
    return Accepted(_publish(kept, Published(len(sets) + 1, moment, _now(), files, again)), verdict, new)


def of_number(settings: Settings, number: int | None) -> tuple[int, Loaded]:
    """The rule set of this number, or the one before the last; StoreError if there is none."""
    sets = published_sets(settings).sets
    wanted = len(sets) - 1 if number is None else number
    if not 1 <= wanted <= len(sets):
        raise StoreError(say("there is no rule set {number}; beforehand rules list shows them", number=wanted))
    return wanted, load_texts(sets[wanted - 1].files)


def _not_added(before: Workspace | None, found: Loaded) -> tuple[Problem, ...]:
    """What of the vocabulary is no addition to the one that is in force."""
    if before is None or found.workspace is None or before.vocabulary == found.workspace.vocabulary:
        return ()
    changes = not_added(before.vocabulary, found.workspace.vocabulary)
    return tuple(problem_of(change, found.sources, change.file) for change in changes)


def _publish(kept: Registry, one: Published) -> Published:
    if not kept.publish(one):
        raise StoreError(say("somebody else has published rules at the same moment; look at them, and publish again"))
    return one


def _now() -> int:
    return int(time.time() * 1_000)

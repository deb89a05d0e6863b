"""How far a run has come, and by which rules, as it is kept with the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from models.speech import say
from rules.typed import Rule
from streams.rule_sets import RulesOfRun, begun_after
from streams.stopped import Stopped
from streams.stores.base import Store, StoreError
from streams.summary import Summary

#: The names of the settings.
PROGRESS = "run"
RULES = "rules of the run"


class Progress(Struct):
    """Where a run is, kept with its state at each commit. Moments are milliseconds."""

    #: Where to read on: of whoever feeds the events.
    where: bytes
    #: How far arrivals have come.
    clock: int | None
    #: Everything up to here has been taken, and what was due has run.
    reached: int | None
    summary: Summary
    stopped: Stopped


def kept_run(store: Store) -> tuple[Progress, RulesOfRun] | None:
    """Where the run of a state is, and what decided last; None if it has not begun. StoreError if it can't be read."""
    progress, rules = store.setting(PROGRESS), store.setting(RULES)
    if progress is None or rules is None:
        return None
    try:
        return msgspec.msgpack.decode(progress, type=Progress), msgspec.msgpack.decode(rules, type=RulesOfRun)
    except msgspec.MsgspecError:
        raise StoreError(
            say("the state is damaged: how far its run was can't be read. Start afresh with --again")
        ) from None


def facts_begun(store: Store, rules: Sequence[Rule]) -> Mapping[int, int]:
    """Since when the facts of these rules are kept, if they go on where the state was left: for `streams.assembly`.

    StoreError if the state can't be read.
    """
    kept = kept_run(store)
    if kept is None:
        return {}
    progress, before = kept
    return before.begun if progress.reached is None else begun_after(before, rules, progress.reached + 1)

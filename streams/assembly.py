"""From a workspace to an engine: its rules compiled, with the terms of its offers and its channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rules.plan import plan
from rules.program import program
from rules.typed import Rule
from rules.workspace.collecting import without_collecting
from rules.workspace.workspace import Workspace
from streams.blocks import OfferTerms, Terms
from streams.deciding import Decider
from streams.engine import Engine
from streams.judge import Judge, Listener


def assemble(
    workspace: Workspace,
    rules: Iterable[Rule],
    *,
    without_policy: bool = False,
    gates: bool = True,
    listener: Listener | None = None,
    begun: Mapping[int, int] = MappingProxyType({}),
    puts_off: bool = True,
) -> Engine:
    """An engine of some of the workspace's rules.

    `without_policy` leaves out the gates of policy, and marks every decision; without `gates` they are left out only.
    `listener` is told of each situation that did not become a match. `begun`: since when facts have been kept, for a
    rule set that follows another. `puts_off`: not where records are written at each commit (`streams.engine`).
    """
    with without_collecting():
        compiled = program(plan(rules, workspace.vocabulary, begun))
        decider = Decider(
            workspace.vocabulary, compiled.compiler, terms_of(workspace, without_policy=without_policy, gates=gates)
        )
        return Engine(compiled, Judge(compiled, decider, listener), puts_off=puts_off)


def terms_of(workspace: Workspace, *, without_policy: bool = False, gates: bool = True) -> Terms:
    """What decisions need of the workspace's offers and policy."""
    offers = {name: OfferTerms(dict(terms.titles), terms.good_for) for name, terms in workspace.offers.items()}
    quiet_hours = workspace.policy.quiet_hours if gates and not without_policy else {}
    return Terms(offers, workspace.policy.channels, without_policy, quiet_hours)

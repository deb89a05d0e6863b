"""The blocks of a rule, made ready to decide: what is the same for each of its matches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from models.decisions import ActionKind
from models.quiet_hours import Hours
from rules.compile.aggregates import Compiled
from rules.compile.expressions import Compiler
from rules.program import Judged, RuleProgram, judged_lines
from rules.typed import Action, After, Block, Control, Grant, Guide, Offer, Rule, Task, Template
from streams.identity import KINDS, actions_of
from streams.policy.channel import DEFAULT_CHANNELS
from streams.policy.quiet_hours import Actions, purpose_of
from streams.tracing import Tracing, tracing


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What a decision says of an offer or grant: its title by language, and how long it is good for (ms)."""

    titles: Mapping[str, str]
    good_for: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What decisions need of policy and offers."""

    offers: Mapping[str, OfferTerms] = field(default_factory=dict)
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    without_policy: bool = False
    #: Purpose -> hours of the day in which it is quiet.
    quiet_hours: Mapping[str, Hours] = field(default_factory=dict)


class ReadyAction(Struct, frozen=True):
    """An action. `key` is its (kind, number), `offer` the name of an offer or grant, `good_for` milliseconds."""

    key: tuple[str, int]
    kind: ActionKind
    #: None for a message.
    task: Task | None
    offer: str | None
    good_for: int | None
    worth: Compiled | None
    #: The hours in which it must not be handed over, and the control group, where there are such for its kind.
    quiet_hours: Hours | None
    control: Control | None


class ReadyBlock(Struct, frozen=True):
    """A block. `words` are those of its one message, by language: a template or the title of an offer; or None."""

    place: int
    after: After | None
    by: tuple[str, ...]
    by_all: bool
    lines: tuple[Judged, ...]
    actions: tuple[ReadyAction, ...]
    #: (kind, number) of the actions.
    keys: Actions
    words: Mapping[str, Template | str] | None
    tracing: Tracing


def ready_blocks(one: RuleProgram, compiler: Compiler, terms: Terms) -> tuple[ReadyBlock, ...]:
    """The blocks of a rule."""
    return tuple(_ready(one, place, block, compiler, terms) for place, block in enumerate(one.rule.blocks))


def _ready(one: RuleProgram, place: int, block: Block, compiler: Compiler, terms: Terms) -> ReadyBlock:
    keys, lines = actions_of(one.rule, place), judged_lines(block, compiler)
    return ReadyBlock(
        place,
        block.after,
        block.by,
        block.by_all,
        lines,
        tuple(
            _action(action, key, one.rule, block, compiler, terms)
            for action, key in zip(block.actions, keys, strict=True)
        ),
        keys,
        _words(block, terms),
        tracing(one, lines, compiler),
    )


def _action(
    action: Action, key: tuple[str, int], rule: Rule, block: Block, compiler: Compiler, terms: Terms
) -> ReadyAction:
    kind = KINDS[type(action)]
    offer = action.name if isinstance(action, Offer | Grant) else None
    good_for = block.good_for
    if good_for is None and offer is not None and offer in terms.offers:
        good_for = terms.offers[offer].good_for
    worth = action.worth if isinstance(action, Offer | Task) else None
    return ReadyAction(
        key=key,
        kind=kind,
        task=action if isinstance(action, Task) else None,
        offer=offer,
        good_for=good_for,
        worth=None if worth is None else compiler.value(worth),
        quiet_hours=terms.quiet_hours.get(purpose_of(kind) or ""),
        control=rule.control if rule.control is not None and kind in rule.control.kinds else None,
    )


def _words(block: Block, terms: Terms) -> Mapping[str, Template | str] | None:
    """What the guidance says; an offer or grant alone says its title, or else its name."""
    for action in block.actions:
        if isinstance(action, Guide):
            return dict(action.texts)
    for action in block.actions:
        if isinstance(action, Offer | Grant):
            known = terms.offers.get(action.name)
            return (known.titles if known is not None else None) or {"": action.name}
    return None

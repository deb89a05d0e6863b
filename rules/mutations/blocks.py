"""Blocks of `then` written otherwise: actions and delays dropped, channels left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from models.speech import all_of, listed, say
from rules.checks.written import Place, WrittenBlock, WrittenRule
from rules.mutations.change import Change, at, dropped, inside, instead, reads, without
from rules.mutations.events import events
from rules.mutations.lines import changed_lines
from rules.mutations.shifts import shifted_length
from rules.mutations.wording import Wording
from rules.typed import Action, After, Block, Grant, Guide, Offer, Rule, Task


def blocks(written: WrittenRule, wording: Wording) -> Iterator[tuple[Place, Change[Rule]]]:
    """The rule with one of its blocks written otherwise."""
    rule = written.file.rule
    everywhere = written.workspace.policy.channels
    for number, block in enumerate(written.blocks):

        def whole(to: Block, number: int = number) -> Rule:
            return replace(rule, blocks=instead(rule.blocks, number, to))

        for place, change in _block(block, wording, everywhere):
            yield place, change.inside(whole)


def _block(
    written: WrittenBlock, wording: Wording, everywhere: tuple[str, ...]
) -> Iterator[tuple[Place, Change[Block]]]:
    block = written.block
    if block.after is not None:
        changes = _afters(block.after, wording)
        yield from at(_place(written, "after"), inside(changes, lambda to: replace(block, after=to)))
    for place, lines in changed_lines(written.lines, wording):
        yield place, lines.inside(lambda to: replace(block, only_if=to[0], unless=to[1]))
    for key, action in _actions(block):
        yield _place(written, key), action
    yield from at(_place(written, "by"), _channels(block, everywhere))


def _place(written: WrittenBlock, key: str) -> Place:
    """Where a key of a block stands."""
    pair = written.place.pair(key)
    return written.place if pair is None else pair[0]


def _actions(of: Block) -> Iterator[tuple[str, Change[Block]]]:
    """The block without each of its actions, with the key of that action."""
    for number, action in enumerate(of.actions):
        key, text, told_by = _said(action)
        yield key, dropped(replace(of, actions=without(of.actions, number)), text, told_by)


def _said(action: Action) -> tuple[str, str, str]:
    match action:
        case Guide():
            return "guide", say("guide"), say("that expects guidance")
        case Offer(name):
            return "offer", say("offer: {name}", name=name), say("that expects offer {name}", name=name)
        case Grant(name):
            return "grant", say("grant: {name}", name=name), say("that expects grant {name}", name=name)
        case Task(who):
            name = who if isinstance(who, str) else who.name
            return "task", say("task for {name}", name=name), say("that expects task for {name}", name=name)
        case _:
            assert_never(action)


def _afters(of: After, wording: Wording) -> Iterator[Change[After | None]]:
    """The ways to act at another time, or whatever has happened meanwhile."""
    yield dropped(None, say("after: {after}", after=of.text), say("that says at what time the block acts"))
    for length in shifted_length(of.delay):
        before, after = wording.length(of.delay), wording.length(length)
        yield reads(After(length, of.without, of.text), before, after, say("that says at what time the block acts"))
    if not of.without:
        return
    text = wording.events(of.without)
    yield dropped(
        After(of.delay, (), of.text),
        say("without {text}", text=text),
        say("with `{text}` before the time is up", text=text),
    )
    yield from inside(events(of.without, wording), lambda to: After(of.delay, to, of.text))


def _channels(of: Block, everywhere: tuple[str, ...]) -> Iterator[Change[Block]]:
    """The ways to reach her otherwise. `everywhere` are the channels of a block that names none."""
    if not of.by:
        return
    if of.by_all:
        first = say("by: [{names}]", names=listed(of.by))
        yield reads(
            replace(of, by_all=False),
            say("by: all of [{names}]", names=listed(of.by)),
            first,
            say("that expects each channel"),
        )
    elif of.by != everywhere:
        others = [name for name in everywhere if name not in of.by] or [of.by[0]]
        told_by = say("whose customer can be reached by {names} only", names=all_of(others))
        yield dropped(replace(of, by=()), say("by: {names}", names=listed(of.by)), told_by)
    for number, name in enumerate(of.by if len(of.by) > 1 else ()):
        told_by = say("that expects it by {name}", name=name)
        yield dropped(replace(of, by=without(of.by, number)), say("{name} in by", name=name), told_by)

"""Hand-offs: what a channel is given to bring to a customer, or to a person who has a task.

A hand-off is a CloudEvent whose id is a decision's id (where it goes out by several channels, with the channel behind
it), so that a second delivery can be known and passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

import msgspec
from msgspec import Struct

from models.decisions import ActionKind, Outcome, TaskText
from models.policy import DEFAULT_ORDER
from models.quiet_hours import QuietSpan
from models.visible import visible

#: The `type` and the `source` of every hand-off.
HAND_OFF = "hand_off"
SOURCE = "beforehand"


class Message(Struct, frozen=True):
    """What is to be handed over, with the decisions that it carries out.

    A guidance and an offer of one block are one message with one text. `expires` is ISO 8601 UTC.
    """

    decisions: tuple[str, ...]
    kinds: tuple[ActionKind, ...]
    rule: str
    rule_version: str
    channel: str | None
    language: str | None
    text: str | None
    offers: tuple[str, ...]
    task: TaskText | None
    expires: str | None
    without_policy: bool
    #: When it must not be handed over, by her clocks.
    quiet_hours: tuple[QuietSpan, ...] = ()


class HandOff(Struct, frozen=True):
    """A CloudEvent of type `hand_off`. `subject` is the customer, `time` when it was decided (ISO 8601 UTC)."""

    id: str
    subject: str
    time: str
    data: Message
    specversion: str = "1.0"
    source: str = SOURCE
    type: str = HAND_OFF
    datacontenttype: str = "application/json"


class _Decided(Struct, frozen=True):
    """What a hand-off needs of a decision on the wire (`models.decisions.Decision`)."""

    id: str
    rule: str
    rule_version: str
    customer: str
    each: str | None
    time: str
    kind: ActionKind
    outcome: Outcome
    channel: str | None
    language: str | None
    text: str | None
    offer: str | None
    task: TaskText | None
    expires: str | None
    event: dict[str, str]
    without_policy: bool = False
    worth: str | None = None
    channels: tuple[str, ...] = ()
    quiet_hours: tuple[QuietSpan, ...] = ()


_decode = msgspec.json.Decoder(_Decided).decode


def hand_offs(decisions: Iterable[bytes], order: Sequence[ActionKind] = DEFAULT_ORDER) -> Iterator[HandOff]:
    """The hand-offs of what was sent, from decisions as they stand on the wire: by (time, customer, rule).

    Neighbours of one match with the same text on the same channel are one message, whose id is that of the first. A
    message by several channels is a hand-off for each of them, whose id says which: `ID:CHANNEL`.

    What one customer gets at one moment comes in policy's `order` of kinds, a message with the first of its own. Of
    messages that are offers that of the greatest worth comes first, those without one last; ties go by rule.
    """
    for _, moment in groupby(_messages(decisions), key=lambda together: _MOMENT(together[0])):
        for together in sorted(moment, key=lambda together: _turn(together, order)):
            yield from _of_each_channel(together)


_MOMENT = attrgetter("time", "customer")


def _turn(together: list[_Decided], order: Sequence[ActionKind]) -> tuple[object, ...]:
    """What a message is sorted by among those of its customer and moment."""
    place = min(order.index(one.kind) for one in together)
    worths = [Decimal(one.worth) for one in together if one.worth is not None]
    if order[place] is not ActionKind.OFFER:
        return place, together[0].rule
    return place, not worths, -max(worths, default=Decimal(0)), together[0].rule


def _messages(decisions: Iterable[bytes]) -> Iterator[list[_Decided]]:
    """What was sent, together where it is one message, in the order of the decisions."""
    together: list[_Decided] = []
    for decision in map(_decode, decisions):
        if decision.outcome is not Outcome.SENT:
            continue
        if together and not _belongs(decision, together):
            yield together
            together = []
        together.append(decision)
    if together:
        yield together


def words_of(message: Message) -> str:
    """What the customer reads, or what somebody is to do, safe to show."""
    if message.task is not None:
        return " — ".join(visible(part) for part in (message.task.what, message.task.why) if part)
    offers = f"  [{', '.join(visible(offer, 80) for offer in message.offers)}]" if message.offers else ""
    return f"{visible(message.text or '')}{offers}".strip()


def encode_hand_off(hand_off: HandOff) -> bytes:
    """The hand-off as one line of JSON, without the newline."""
    return msgspec.json.encode(hand_off)


def _belongs(decision: _Decided, together: list[_Decided]) -> bool:
    if decision.kind is ActionKind.TASK or any(one.kind in (decision.kind, ActionKind.TASK) for one in together):
        return False
    return _message_of(decision) == _message_of(together[0])


def _message_of(one: _Decided) -> tuple[object, ...]:
    return one.customer, one.rule, one.each, one.time, one.event, one.channel, one.channels, one.language, one.text


def _of_each_channel(together: list[_Decided]) -> Iterator[HandOff]:
    first = together[0]
    if not first.channels:
        yield _hand_off(together, first.id, first.channel)
    for channel in first.channels:
        yield _hand_off(together, f"{first.id}:{channel}", channel)


def _hand_off(together: list[_Decided], id_: str, channel: str | None) -> HandOff:
    first = together[0]
    message = Message(
        decisions=tuple(one.id for one in together),
        kinds=tuple(one.kind for one in together),
        rule=first.rule,
        rule_version=first.rule_version,
        channel=channel,
        language=first.language,
        text=first.text,
        offers=tuple(one.offer for one in together if one.offer is not None),
        task=first.task,
        # The message is of use for as long as all of it is.
        expires=min((one.expires for one in together if one.expires is not None), default=None),
        without_policy=first.without_policy,
        quiet_hours=tuple(dict.fromkeys(span for one in together for span in one.quiet_hours)),
    )
    return HandOff(id_, first.customer, first.time, message)

"""A decision: what came of one action of one match. Its fields are the wire's, so encoding is direct."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from models.quiet_hours import QuietSpan
from models.speech import say, sentence


class ActionKind(StrEnum):
    GUIDANCE = "guidance"
    OFFER = "offer"
    GRANT = "grant"
    TASK = "task"


class Outcome(StrEnum):
    SENT = "sent"
    SUPPRESSED = "suppressed"
    CONTROL = "control"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


_ACTIONS = {
    ActionKind.GUIDANCE: sentence("guidance"),
    ActionKind.OFFER: sentence("offer"),
    ActionKind.GRANT: sentence("grant"),
    ActionKind.TASK: sentence("task"),
}
#: Outcomes, and the reasons of the engine, as a decision has them.
_REASONS = frozenset(
    {
        sentence("sent"),
        sentence("suppressed"),
        sentence("control"),
        sentence("expired"),
        sentence("superseded"),
        sentence("not reachable"),
        sentence("rule error"),
        sentence("old news"),
        sentence("another rule set"),
        sentence("stop when"),
        sentence("quiet hours"),
    }
)


def said_action(kind: ActionKind) -> str:
    """A kind of action in a sentence."""
    return say(_ACTIONS[kind])


#: What a reason begins with where a line says no at the release of what was held.
NO_LONGER = "no longer: "


def said_reason(reason: str) -> str:
    """An outcome, or a reason, in a sentence; one that quotes a rule is what it is."""
    if reason.startswith(NO_LONGER):
        return say("no longer: {line}", line=reason.removeprefix(NO_LONGER))
    return say(reason) if reason in _REASONS else reason


class TaskText(Struct, frozen=True):
    """What a person is asked to do. `due` is ISO 8601 UTC; `worth` in the main unit of the currency, as text."""

    who: str
    what: str
    why: str | None
    due: str | None
    worth: str | None


class TracedLine(Struct, frozen=True):
    """One condition as it was judged: the line as written, the value found, what was needed, whether it held.

    `value` and `needed` are texts in units a person reads ("8.5 GB", ">= 8 GB"); None where there is nothing to say.
    """

    line: str
    value: str | None
    needed: str | None
    holds: bool


class Trace(Struct, frozen=True):
    conditions: tuple[TracedLine, ...]
    #: Fact name -> its value as a person reads it.
    facts: dict[str, str | None]


class EventCause(Struct, frozen=True):
    """The event that completed the situation."""

    source: str
    id: str


class TimerCause(Struct, frozen=True):
    """The timer that completed it: its kind (`absence`, `moment`, `stay`, `line`, `after`), and when it was due.

    `due` is ISO 8601, UTC.
    """

    timer: str
    due: str


class Decision(Struct, frozen=True, omit_defaults=True):
    """A terminal decision. `time` is the taken time, ISO 8601 UTC with milliseconds and `Z`."""

    id: str
    rule: str
    rule_version: str
    customer: str
    each: str | None
    time: str
    kind: ActionKind
    outcome: Outcome
    reason: str | None
    channel: str | None
    language: str | None
    text: str | None
    offer: str | None
    task: TaskText | None
    expires: str | None
    event: EventCause | TimerCause
    trace: Trace
    #: True where the run was told to leave policy out.
    without_policy: bool = False
    #: All channels where `by: all of` names several that reach her (then `channel` is the first); else empty.
    channels: tuple[str, ...] = ()
    #: What an offer is worth that was sent, or held back from the control group: likelihood * value - cost, in the main
    #: unit of the currency. None where its terms do not say.
    worth: str | None = None
    #: When it must not be handed over, by her clocks.
    quiet_hours: tuple[QuietSpan, ...] = ()

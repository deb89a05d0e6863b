"""Policy over all rules, as far as decisions are made by it: roles, channels, and the order of kinds of action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.decisions import ActionKind
from models.quiet_hours import Hours

#: The order in which what one customer gets at one moment is handed over, where policy.yaml does not say.
DEFAULT_ORDER = (ActionKind.GRANT, ActionKind.GUIDANCE, ActionKind.TASK, ActionKind.OFFER)

#: What a message can be for, as far as policy tells apart.
PURPOSES = ("marketing", "service")

#: The channel whose messages are cut into parts, each paid for.
SMS = "sms"

#: The channels of a workspace whose policy names none, in order.
DEFAULT_CHANNELS = ("app", SMS)


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who can be given a task. `working_hours` are minutes after midnight (from, until); not acted on yet."""

    name: str
    working_hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class PolicyCap:
    """`marketing 1 per day`: so many messages of a purpose, a channel or a topic (`what`) may reach one customer.

    `length` is that of a window that rolls, in milliseconds; None for the customer's calendar and `ever`. It does not
    act yet: checks say where it will.
    """

    what: str
    number: int
    length: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What policy.yaml says. Every key of it is checked; those that do not act are named.

    `acts_not_yet` are parts that change no decision by being left out now (costs, rates); `refuses` are parts whose
    absence would break a promise to the customer (consent, caps), so that a run is refused.
    """

    roles: tuple[Role, ...] = ()
    #: Names of channels in the order they are tried.
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    order: tuple[ActionKind, ...] = DEFAULT_ORDER
    #: The most SMS that one message may take; None where policy.yaml does not say.
    sms_segments: int | None = None
    caps: tuple[PolicyCap, ...] = ()
    #: Of offers that stand alone, so many of those made at one time are sent; None: all.
    choose: int | None = None
    #: Purpose -> hours of the day in which no message of it goes out.
    quiet_hours: Mapping[str, Hours] = field(default_factory=dict)
    acts_not_yet: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()

    def role_names(self) -> tuple[str, ...]:
        """The roles that can be given a task."""
        return tuple(role.name for role in self.roles)

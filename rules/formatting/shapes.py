"""What stands behind each key of each file: phrases, names, amounts, or texts that nobody touches.

Keys that are not listed are left as they are, values and all: `check` has something to say about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, Literal

from models.policy import PURPOSES
from models.vocabulary import FAMILIES
from rules.language.parse import Start


class Leaf(Enum):
    """What is not a phrase of the grammar."""

    #: Words of people: titles, reasons, messages. Never touched.
    TEXT = auto()
    #: A name of the vocabulary.
    NAME = auto()
    #: A name of a fact, which may have other spellings.
    FACT_NAME = auto()
    #: A role of the policy, or an attribute that names a person.
    WHO = auto()
    #: A number with its unit.
    AMOUNT = auto()
    #: Facts of a rule: names, and a phrase behind each.
    FACTS = auto()
    #: One phrase, or the steps of a sequence.
    SITUATION = auto()
    #: `app`, `[app, sms]`, `all of [app, sms]`.
    CHANNELS = auto()
    #: Days from and to.
    RUNS = auto()
    #: `data`, `S | M`, `text, optional`.
    TYPE = auto()
    #: `grants, guidance, tasks, offers by worth`.
    ORDER = auto()
    #: `50 per second`.
    RATE = auto()
    #: `sms after 30 minutes`.
    FALLBACK = auto()
    #: `1 offer within 10 minutes`.
    CHOOSE = auto()
    #: `marketing 1 per day`: a word, and a cap behind it.
    POLICY_CAP = auto()
    #: Attributes of a test's customer and their values.
    ATTRIBUTES = auto()
    #: The lines of a test.
    STORY = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """One of these words; another text is left to its reader."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, or a list of them."""

    start: Start


@dataclass(frozen=True, slots=True)
class Record:
    """Keys with what stands behind each, or a list of such records; `others` is what stands behind any other key.

    They are listed in the order in which they are read: what gives names comes before what uses them. `named` is what
    other keys are: names of events, facts or channels; without it they are left as they are.
    """

    keys: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    others: Shape | None = None
    named: Literal[Leaf.NAME, Leaf.FACT_NAME, Leaf.CHANNELS] | None = None


Shape = Leaf | Word | Phrase | Record

_CONDITIONS: Final = Phrase(Start.CONDITION)
_AMOUNT: Final = Phrase(Start.EXPRESSION)
_SUCCESS: Final = Phrase(Start.SUCCESS)

_TASK: Final = Record(
    {
        "who": Leaf.WHO,
        "what": Leaf.TEXT,
        "why": Leaf.TEXT,
        "due": Phrase(Start.DURATION),
        "worth": _AMOUNT,
    }
)
_BLOCK: Final = Record(
    {
        "guide": Leaf.TEXT,
        "offer": Leaf.TEXT,
        "grant": Leaf.TEXT,
        "task": _TASK,
        "after": Phrase(Start.AFTER),
        "only if": _CONDITIONS,
        "unless": _CONDITIONS,
        "by": Leaf.CHANNELS,
        "good for": Phrase(Start.DURATION),
    }
)
RULE: Final = Record(
    {
        "each": Leaf.NAME,
        "facts": Leaf.FACTS,
        "when": Leaf.SITUATION,
        "only if": _CONDITIONS,
        "unless": _CONDITIONS,
        "then": _BLOCK,
        "stop when": Phrase(Start.PATTERNS),
        "at most": Phrase(Start.CAP),
        "choose": Word(("now",)),
        "title": Leaf.TEXT,
        "owner": Leaf.TEXT,
        "because": Leaf.TEXT,
        "runs": Leaf.RUNS,
        "paused": Word(("yes", "no")),
        "measure": Record({"control": Phrase(Start.SHARE), "success": _SUCCESS, "harm": _SUCCESS}),
        "tests": Record(
            {"it": Leaf.TEXT, "customer": Leaf.ATTRIBUTES, "story": Leaf.STORY, "policy": Word(("on", "off"))},
        ),
    }
)


def _by_purpose(shape: Shape) -> Record:
    return Record(dict.fromkeys(PURPOSES, shape))


_CHANNEL: Final = Record(
    {"rate": Leaf.RATE, "cost": Leaf.AMOUNT, "fallback": Leaf.FALLBACK, "segments": Leaf.TEXT},
)
FACTS: Final = Record(others=Phrase(Start.FACT), named=Leaf.FACT_NAME)
OFFERS: Final = Record(
    others=Record(
        {
            "kind": Word(("offer", "grant")),
            "title": Leaf.TEXT,
            "cost": _AMOUNT,
            "value": _AMOUNT,
            "likelihood": _AMOUNT,
            "for customer": _AMOUNT,
            "partner": Leaf.TEXT,
            "stock": Leaf.TEXT,
            "good for": Leaf.AMOUNT,
            "at risk": _AMOUNT,
            "limit": Record({"customer": Leaf.AMOUNT, "total": Leaf.AMOUNT}),
            "recover": _SUCCESS,
        }
    )
)
POLICY: Final = Record(
    {
        "consent": _by_purpose(Word(("required", "assumed"))),
        "quiet hours": _by_purpose(Word(("none",))),
        "caps": Leaf.POLICY_CAP,
        "gap between messages": Leaf.AMOUNT,
        "no marketing while": _CONDITIONS,
        "person first when": _CONDITIONS,
        "costs": Record(others=Leaf.AMOUNT, named=Leaf.NAME),
        "order": Leaf.ORDER,
        "choose": Leaf.CHOOSE,
        "control": Record({"global": Leaf.TEXT}),
        "channels": Record(others=_CHANNEL, named=Leaf.CHANNELS),
        "roles": Record(others=Record({"working hours": Leaf.TEXT})),
    }
)
_EVENT: Final = Record(
    {
        "family": Word(FAMILIES),
        "as": Leaf.TEXT,
        "stale after": Leaf.AMOUNT,
        "arrives within": Leaf.AMOUNT,
        "about": Leaf.TEXT,
    },
    others=Leaf.TYPE,
)
_PLACE: Final = Record(
    {"near": Leaf.TEXT, "within": Leaf.AMOUNT, "area": Leaf.TEXT, "cell": Leaf.TEXT, "each of": Leaf.TEXT},
)
VOCABULARY: Final = Record(
    {
        "time zone": Leaf.TEXT,
        "currency": Leaf.TEXT,
        "languages": Leaf.TEXT,
        "data unit": Leaf.TEXT,
        "settle": Leaf.AMOUNT,
        "stale after": Leaf.AMOUNT,
        "history": Leaf.AMOUNT,
        "position fades": Leaf.AMOUNT,
        "customer": Record(others=Leaf.TYPE),
        "events": Record(others=_EVENT),
        "places": Record(others=_PLACE),
        "things": Record(others=Record({"held by": Leaf.TEXT, "until": Leaf.TEXT})),
        "names": Leaf.TEXT,
    }
)

"""Which fields of events rules can ask for: who decides by these rules alone need not keep the others."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from models.vocabulary import Vocabulary
from rules.typed import Rule


def asked_fields(rules: Sequence[Rule], vocabulary: Vocabulary) -> frozenset[str]:
    """The fields of the vocabulary's events whose names stand anywhere in the rules, whatever they mean there."""
    said = msgspec.json.encode(rules, enc_hook=str)
    names = {name for event in vocabulary.events.values() for name in event.fields}
    return frozenset(name for name in names if msgspec.json.encode(name) in said)

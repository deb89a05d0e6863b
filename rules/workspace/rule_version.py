"""The version of a rule: a hash of what it says, in canonical words.

Everything in the rule's file that can change a decision takes part: situation, conditions, blocks with their texts,
`each`, `at most`, `stop when`, `runs`, `paused`, the control group, and the definitions of the facts it uses,
its own and shared ones. Layout, comments, positions and the language of names do not; nor do title, owner, because,
success, harm and the tests. What other files say (offers, policy, vocabulary) belongs to the hash of the rule set.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from rules.typed import Aggregate, Attribute, Constant, FieldOf, Named, Offer, SinceLast
from rules.walk import nodes

#: Hexadecimal digits of a version.
DIGITS = 12

#: What holds no facts (an aggregate's `where` may not), so that most of a tree need not be walked; those of an offer's
#: worth are not the rule's.
_WITHOUT_FACTS = (Aggregate, SinceLast, Constant, Attribute, FieldOf, Offer)


def version_of(said: Iterable[str], facts: Iterable[tuple[str, str]]) -> str:
    """The version of a rule that says these canonical lines and uses these facts (name, canonical definition)."""
    text = "\n".join([*said, *(f"fact {name}: {definition}" for name, definition in sorted(facts))])
    return blake2b(text.encode()).hexdigest()[:DIGITS]


def facts_used(root: object) -> tuple[Named, ...]:
    """The named facts in a typed tree, in order of appearance, each once; facts inside facts too."""
    found: dict[str, Named] = {}
    for node in nodes(root, _WITHOUT_FACTS):
        if isinstance(node, Named):
            found.setdefault(node.name, node)
    return tuple(found.values())

"""Whether a state that was kept can be read with today's vocabulary.

Records hold values on the grid of their types, so a name may come or go between two runs, but not change its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from models.speech import listed, say
from models.types import TEXTUAL, Type
from models.vocabulary import Vocabulary

#: Names that a message gives as examples.
_NAMED = 3


def types_of(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Event -> field -> the kind of its values, as it is kept with the state; of attributes under ``."""
    events = {name: _kinds(event.fields, vocabulary) for name, event in vocabulary.events.items()}
    return {**events, "": _kinds(vocabulary.customer, vocabulary)}


def _kinds(types: Mapping[str, Type], vocabulary: Vocabulary) -> dict[str, str]:
    return {name: _kind(type_, vocabulary) for name, type_ in types.items()}


def _kind(type_: Type, vocabulary: Vocabulary) -> str:
    if type_.kind in TEXTUAL:
        return "text"
    return f"money in {vocabulary.currency}" if type_.kind == "money" else type_.kind.value


def misfit(kept: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> str | None:
    """Why a state of one vocabulary can't be read with another, or None if it can."""
    before, gone = kept.keys() - {""}, kept.keys() - now.keys()
    if 2 * len(gone) > len(before):
        named = listed(islice(sorted(gone), _NAMED))
        return say(
            "it is of another workspace, most of whose events this one does not have ({names}, ..). "
            "Name that workspace, use another folder for the state, or start afresh with --again",
            names=named,
        )
    for event in sorted(kept.keys() & now.keys()):
        for name in sorted(kept[event].keys() & now[event].keys()):
            if kept[event][name] != now[event][name]:
                what = (
                    say("{name} of {event}", name=name, event=event)
                    if event
                    else say("the customer's {name}", name=name)
                )
                return say(
                    "in it {what} is {kept}, in the vocabulary {now}. Give it back its type, use another "
                    "name, or start afresh with --again",
                    what=what,
                    kept=kept[event][name],
                    now=now[event][name],
                )
    return None

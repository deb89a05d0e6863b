"""What people write for English phrases, out of habit, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from models.speech import any_of, quoted, say
from rules.language.expected import COMPARISONS
from rules.language.keywords import ENGLISH_DAYS, Language
from rules.language.second_where import second_where
from rules.language.stop import Stop
from rules.language.token import Token
from rules.language.tree import Name, Number, Quantity
from rules.language.words import KEYWORDS, Words
from rules.problems import Problem, did_you_mean

#: Words people write for words of the language.
INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "are": "is",
        "was": "is",
        "equals": "is",
        "equal to": "is",
        "is equal to": "is",
        "isn't": "is not",
        "isnt": "is not",
        "in": "is one of [..]",
        "any of": "is one of [..]",
        "exists": "is known",
        "empty": "is not known",
        "unknown": "is not known",
        "missing": "is not known",
        "null": "is not known",
        "exceeds": "reaches",
        "goes above": "reaches",
        "rises above": "reaches",
        "hits": "reaches",
        "drops below": "falls below",
        "goes below": "falls below",
        "drops under": "falls below",
        "falls under": "falls below",
        "greater than": ">",
        "more than": ">",
        "larger than": ">",
        "bigger than": ">",
        "above": ">",
        "less than": "<",
        "smaller than": "<",
        "fewer than": "<",
        "below": "<",
        "under": "<",
        "at least": ">=",
        "at most": "<=",
        "no more than": "<=",
        "no less than": ">=",
        "includes": "contains",
        "has": "contains",
        "begins with": "starts with",
        "does": "not X contains Y",
        "enter": "enters",
        "leave": "leaves",
        "exits": "leaves",
        "stays at": "stays in",
        "but not": "and not",
        "number of": "count of",
        "how many": "count of",
        "total of": "sum of",
        "mean of": "average of",
        "max of": "highest of",
        "maximum of": "highest of",
        "highest": "highest of",
        "min of": "lowest of",
        "minimum of": "lowest of",
        "lowest": "lowest of",
        "sum": "sum of",
        "count": "count of",
        "average": "average of",
        "distinct": "distinct of",
        "if": "where",
        "when": "where",
        "with": "where",
        "whose": "where",
        "during": "over",
        "in the last": "over last",
        "past": "last",
        "yesterday": "previous ..",
        "daily": "every day",
        "each day": "every day",
        "percent": "%",
        "per cent": "%",
        "minus": "-",
        "plus": "+",
        "times": "*",
        "divided by": "/",
        "unless": "and not",
        "once": "1",
        "twice": "2",
    }
)

#: What is written for a line crossed where only a state can stand.
_STATES: Final = MappingProxyType({"reaches": ">=", "falls below": "<", "becomes": "is"})

#: The same where only one of some words can stand: (token, word), the first that is accepted.
_BY_PLACE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "in": (("WITHIN", "within"), ("OVER", "over"), ("IS_ONE_OF", "is one of [..]")),
        "in the": (("OVER", "over"), ("WITHIN", "within")),
        "unless": (("WITHOUT", "without"), ("AND", "and not")),
        "a": (("PER", "per"),),
        "each": (("PER", "per"),),
    }
)
#: Words to leave out.
_EMPTY: Final = frozenset({"a", "an", "the"})


_GREEDY: Final = frozenset({"ROUND", "LOWER_OF", "HIGHER_OF"})


def english_mistake(stop: Stop) -> Problem | None:
    """The mistake that a phrase stops at, if it is one of those that people make; None if it is not."""
    if stop.token is None:
        return _unknown_before(stop) or _number_of_cycles(stop)
    twice = second_where(stop.tokens, stop.at)
    if twice is not None:
        return twice
    for rule in _RULES:
        problem = rule(stop.before, stop.token, stop.accepted)
        if problem is not None:
            return problem
    return _unknown_word(stop, stop.token) or _unknown_before(stop)


# ------------------------------------------------------------ unknown words


def _unknown_word(stop: Stop, token: Token) -> Problem | None:
    """A word nobody knows, where it does not fit either; perhaps the end of a name whose beginning is known."""
    word, before = stop.unknown(token), stop.before
    if word is None:
        return None
    if before is not None and isinstance(before.leaf, Name):
        near = did_you_mean(f"{before.text} {word}", stop.words.names, most=1)
        span = stop.source.span(before.start, token.end)
        if near and near[0] != before.text:
            return span.problem(
                "E201", say('"{text}" is not known here.', text=span.text), say('Did you mean "{near}"?', near=near[0])
            )
    if word.casefold() in _EMPTY and "PER" not in stop.accepted:
        return token.at.problem(
            "E201", say('"{word}" is not a word of the rule language.', word=word), say("Leave it out.")
        )
    placed = (put for at, put in _BY_PLACE.get(word.casefold(), ()) if at in stop.accepted)
    instead = next(placed, INSTEAD.get(word.casefold()))
    if instead is not None and instead in _STATES and "REACHES" not in stop.accepted:
        instead = _STATES[instead]
    hint = _meant(word, stop.words) if instead is None else say('Write "{instead}".', instead=instead)
    return token.at.problem("E201", say('"{word}" is not known here.', word=word), hint)


def _unknown_before(stop: Stop) -> Problem | None:
    """Unknown words before the place where reading stopped, if one of them is nearly a keyword."""
    before = stop.before
    word = stop.unknown(before)
    if word is None or before is None:
        return None
    if word.casefold() in _EMPTY:
        return before.at.problem(
            "E201", say('"{word}" is not a word of the rule language.', word=word), say("Leave it out.")
        )
    instead = INSTEAD.get(word.casefold())
    if instead is not None:
        return before.at.problem(
            "E201",
            say('"{word}" is not a word of the rule language.', word=word),
            say('Write "{instead}".', instead=instead),
        )
    for part in re.finditer(r"\S+", word):
        near = did_you_mean(part.group(), KEYWORDS, most=1)
        if near:
            place = stop.source.span(before.start + part.start(), before.start + part.end())
            return place.problem(
                "E201",
                say('"{group}" is not known here.', group=part.group()),
                say('Did you mean "{near}"?', near=near[0]),
            )
    return None


def _meant(word: str, words: Words) -> str | None:
    """The sentence that leads from an unknown word to what was probably meant."""
    left, hyphen, right = word.partition("-")
    if hyphen and {left, right} & set(words.names):
        return say("Write spaces around a minus: {left} - {right}", left=left, right=right)
    near = did_you_mean(word, (*KEYWORDS, *words.names))
    return say("Did you mean {names}?", names=any_of(quoted(name) for name in near)) if near else None


# -------------------------------------------------------------- in particular


def _number_of_cycles(stop: Stop) -> Problem | None:
    before = stop.before
    if before is None or not isinstance(before.leaf, Number) or "BILLING_CYCLES" not in stop.accepted:
        return None
    text = before.text
    return before.at.problem(
        "E213", say("{text} has no unit.", text=text), say("Write {text} days, or {text} billing cycles.", text=text)
    )


def _unknown_unit(before: Token | None, token: Token, _: frozenset[str]) -> Problem | None:
    if before is None or not isinstance(before.leaf, Number) or not isinstance(token.leaf, Name):
        return None
    if token.leaf.text.casefold() in {*INSTEAD, *_BY_PLACE}:
        return None
    hint = say("Units are seconds, minutes, hours, days, weeks; KB, MB, GB, TB; m, km; a currency such as CNY; %.")
    return token.at.problem("E207", say('"{word}" is not a unit.', word=token.text), hint)


def _no_unit(_: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    if not isinstance(token.leaf, Number) or "QUANTITY" not in accepted or "NUMBER" in accepted:
        return None
    text = token.text
    said = say("{text} has no unit; a length of time is expected.", text=text)
    return token.at.problem("E213", said, say("Write {text} hours, or {text} days.", text=text))


def _last_calendar(before: Token | None, token: Token, _: frozenset[str]) -> Problem | None:
    if before is None or before.type != "LAST" or token.type not in {"DAY", "WEEK", "MONTH", "BILLING_CYCLE"}:
        return None
    lengths = {"DAY": "last 24 hours", "WEEK": "last 7 days", "MONTH": "last 30 days"}
    unit = "day" if token.type == "DAY" else token.text
    said = say('"last {word}" can be read in two ways.', word=token.text)
    hint = say('Write "previous {unit}" for the one before this.', unit=unit)
    if token.type in lengths:
        hint = say(
            'Write "previous {unit}" for the one before this, or "{length}" for the time up to now.',
            unit=unit,
            length=lengths[token.type],
        )
    return token.at.problem("E301", said, hint)


def _every(before: Token | None, token: Token, _: frozenset[str]) -> Problem | None:
    if before is None or before.type != "EVERY" or token.type == "DAY_NAME":
        return None
    hint = say("Write every day at .., every Monday at .., on day 20 of billing cycle at .. or every year on X at ..")
    return token.at.problem("E301", say('There is no moment "every {word}".', word=token.text), hint)


def _greedy(before: Token | None, token: Token, _: frozenset[str]) -> Problem | None:
    if before is None or token.type not in _GREEDY or before.type not in {"PLUS", "MINUS", "TIMES", "DIVIDE", "OF"}:
        return None
    word = token.text
    hint = say("Write ({word} ..)", word=word)
    return token.at.problem("E307", say('"{word}" needs brackets inside arithmetic.', word=word), hint)


def _where(_: Token | None, token: Token, __: frozenset[str]) -> Problem | None:
    if token.type != "WHERE":
        return None
    hint = say(
        "Join conditions with and; an event has its where in count of .. over .., or time since last (EVENT where ..)."
    )
    return token.at.problem("E406", say('"where" cannot stand here.'), hint)


def _single_step(before: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    """Words of sequences in a `when` of one line."""
    if token.type not in {"THEN", "WITHOUT", "AS", "WITHIN", "FOR"} or (before is not None and "WHERE" not in accepted):
        return None
    hint = say("Write the steps as a list, each on a line that begins with a hyphen.")
    return token.at.problem("E301", say('"{word}" belongs to a step of a sequence.', word=token.text), hint)


def _no_brackets(before: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    comma = token.type == "COMMA" and before is not None and token.type not in accepted
    if not comma and accepted != {"LBRACKET"}:
        return None
    hint = say("Write [{text}, ..]", text=(before if comma and before else token).text)
    return token.at.problem("E307", say("A list stands in square brackets."), hint)


def _after_is(before: Token | None, token: Token, _: frozenset[str]) -> Problem | None:
    """`is between`, `is at least`, `is [a, b]`."""
    if before is None or before.type not in {"IS", "IS_NOT"}:
        return None
    if token.type == "LBRACKET":
        span = before.at
        return span.problem(
            "E301", say('"{text}" takes one value.', text=span.text), say('Write "{text} one of".', text=span.text)
        )
    if token.type in COMPARISONS[Language.ENGLISH]:
        span = before.at
        return span.problem(
            "E301", say('"{word}" stands alone.', word=token.text), say('Leave out "{text}".', text=span.text)
        )
    if token.type != "AT":
        return None
    hint = say('Write ">=" for at least, "<=" for at most.')
    return before.at.problem("E301", say('"{before} at" is not a comparison.', before=before.text), hint)


def _third_side(_: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    """`10 < x < 20`."""
    if token.type not in COMPARISONS[Language.ENGLISH] or "AND" not in accepted:
        return None
    hint = say("Join two comparisons with and, or write X between A and B.")
    return token.at.problem("E301", say("A comparison has two sides."), hint)


def _state(_: Token | None, token: Token, __: frozenset[str]) -> Problem | None:
    """A line crossed where a condition stands."""
    instead = _STATES.get(token.text)
    if instead is None:
        return None
    hint = say('Write "{instead}".', instead=instead)
    return token.at.problem(
        "E402", say('"{word}" is something that happens; it belongs to when.', word=token.text), hint
    )


def _no_clock(_: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    if not isinstance(token.leaf, Number) or "CLOCK" not in accepted or "NUMBER" in accepted:
        return None
    hour = token.leaf.value
    hint = say("Write {hour:02}:00", hour=int(hour)) if 0 <= hour < 24 else say("Write 09:00")
    return token.at.problem("E306", say("{word} is not a time of day.", word=token.text), hint)


def _no_field(before: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    if token.type != "OVER" or accepted != {"OF"} or before is None:
        return None
    hint = say("Write FIELD of {before}", before=before.text)
    return before.at.problem("E301", say('Which field of "{before}"?', before=before.text), hint)


def _capital(_: Token | None, token: Token, __: frozenset[str]) -> Problem | None:
    """`AND`, `Where`: keywords are written small."""
    if not isinstance(token.leaf, Name):
        return None
    word = token.leaf.text
    same = next((keyword for keyword in (*KEYWORDS, *ENGLISH_DAYS) if keyword.casefold() == word.casefold()), None)
    if same is None:
        return None
    return token.at.problem("E201", say('"{word}" is not known here.', word=word), say('Write "{same}".', same=same))


def _missing_quantity(_: Token | None, token: Token, accepted: frozenset[str]) -> Problem | None:
    if not isinstance(token.leaf, Quantity) or "NUMBER" not in accepted or "QUANTITY" in accepted:
        return None
    return token.at.problem("E305", say('A number without a unit is expected; found "{word}".', word=token.text))


_RULES: Final[tuple[Callable[[Token | None, Token, frozenset[str]], Problem | None], ...]] = (
    _unknown_unit,
    _no_unit,
    _last_calendar,
    _every,
    _greedy,
    _where,
    _single_step,
    _no_brackets,
    _state,
    _after_is,
    _third_side,
    _no_clock,
    _no_field,
    _capital,
    _missing_quantity,
)

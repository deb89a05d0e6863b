"""What to say where two values do not fit together, above all: which unit is missing."""

from __future__ import annotations

from decimal import Decimal

from models.speech import listed, say
from models.types import NUMERIC, TEXTUAL, Kind, Type
from models.vocabulary import Vocabulary
from rules.language import tree
from rules.language.language_of import form, language_of
from rules.language.resolve_names import type_named
from rules.language.tree import Value
from rules.language.unit_words import example_of
from rules.problems import Problem, suggestion
from rules.typed import Constant, Expression

_NUMBERS = frozenset({Kind.NUMBER, Kind.WHOLE})


def mismatch(nodes: tuple[Value, Value], sides: tuple[Expression, Expression], vocabulary: Vocabulary) -> Problem:
    """The problem that two compared values are of different kinds; it is shown at the one that was written out."""
    (left, right), (left_node, right_node) = sides, nodes
    if isinstance(left, Constant) and not isinstance(right, Constant):
        (left, right), (left_node, right_node) = (right, left), (right_node, left_node)
    said = say(
        "{left} is {kind}, compared with {other}.",
        left=left_node.at.text,
        kind=type_named(left.type),
        other=type_named(right.type),
    )
    return right_node.at.problem("E203", said, with_unit_of(left.type, right_node, vocabulary))


def with_unit_of(type_: Type, node: Value, vocabulary: Vocabulary) -> str | None:
    """The sentence that says how to write a value of a type, with the number found: `Write "500 MB".`"""
    if isinstance(node, tree.Quoted) and type_.kind not in TEXTUAL:
        return say("Only texts stand in quotes.")
    number = node.value if isinstance(node, tree.Number | tree.Quantity | tree.Percent) else None
    if isinstance(node, tree.Percent) and type_.kind in NUMERIC:
        share = node.at.text
        return say(
            "Write {share} of what, such as {written}.",
            share=share,
            written=form(node.at, f"{share} of NAME", f"NAME的{share}"),
        )
    if type_.kind in _NUMBERS:
        return None if number is None else say('Write "{number:f}".', number=number)
    if type_.kind in NUMERIC:
        return say('Write "{amount}".', amount=_amount(type_.kind, number, node, vocabulary))
    if type_.kind in TEXTUAL:
        return say('Write "{text}" in quotes.', text=node.at.text) if number is not None else None
    return {
        Kind.DATE: say('Write a date such as "2026-03-01".'),
        Kind.MOMENT: say('Write a moment such as "2026-03-01 09:00".'),
        Kind.YES_NO: say("Write {written}.", written=form(node.at, say("is yes, or is no"), say("等于是, or 等于否"))),
    }.get(type_.kind)


def _amount(kind: Kind, number: Decimal | None, node: Value, vocabulary: Vocabulary) -> str:
    return example_of(kind, vocabulary.currency, number, language_of(node.at.source.text))


def not_a_choice(node: Value, text: str, other: Value, type_: Type) -> Problem:
    """The problem that a word is none of the values a field may have."""
    said = say(
        '"{text}" is not one of the values of {other} ({choices}).',
        text=text,
        other=other.at.text,
        choices=listed(type_.choices),
    )
    return node.at.problem("E204", said, suggestion(text, type_.choices))


def no_quotes(node: Value, text: str, other: Value) -> Problem:
    """The problem that a text stands without quotes."""
    said = say(
        "{other} is text, and {text} is not a known name; a text stands in quotes.", other=other.at.text, text=text
    )
    return node.at.problem("E205", said, say('Write "{text}".', text=text))

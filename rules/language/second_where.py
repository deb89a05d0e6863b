"""What to say of a second `where`: `A where c or B where d`, for the first reaches to the end."""

from __future__ import annotations

from collections.abc import Sequence

from models.speech import say
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.token import Token
from rules.problems import Problem


def second_where(tokens: Sequence[Token], at: int) -> Problem | None:
    """The problem of a `where` at token `at` that another one goes before in the same brackets; None if none does.

    In Chinese a comma goes before it.
    """
    comma = tokens[at].type == "COMMA" and at + 1 < len(tokens)
    token = tokens[at + 1] if comma else tokens[at]
    if token.type != "WHERE":
        return None
    part = _in_brackets(tokens[:at])
    first = next((number for number, one in enumerate(part) if one.type == "WHERE"), None)
    if first is None:
        return None
    if any(one.type == "OR" for one in part[first:]):
        hint = say(
            "Put each event with its own {word} in brackets: {written}.",
            word=token.text,
            written=_written(part, first, token.at),
        )
    else:
        hint = say("Join the conditions of one event with {written}.", written=form(token.at, "and", "且"))
    return token.at.problem("E406", say('A second "{word}": the first one reaches to the end.', word=token.text), hint)


def _written(part: Sequence[Token], first: int, at: Span) -> str:
    one, other = _event(part[:first], "A"), _event(part, "B")
    return form(
        at,
        f"({one} where ..) or ({other} where ..)",
        f"（{one}，其中..）或（{other}，其中..）",
    )


def _event(before: Sequence[Token], unknown: str) -> str:
    """The event whose `where` comes next, without a comma and the name of its step."""
    rest = [token for token in before if token.type != "COMMA"]
    if len(rest) > 2 and rest[-2].type == "AS":
        del rest[-2:]
    return rest[-1].text if rest and rest[-1].type == "NAME" else unknown


def _in_brackets(tokens: Sequence[Token]) -> list[Token]:
    """The tokens inside the innermost bracket that is still open (or of the phrase), without whole brackets."""
    found: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        if token.type == "RPAR" and opened:
            del found[opened.pop() :]
            continue
        if token.type == "LPAR":
            opened.append(len(found))
        found.append(token)
    return found[opened[-1] + 1 :] if opened else found

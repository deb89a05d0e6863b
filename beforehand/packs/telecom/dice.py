"""Chance that is the same every time."""

from __future__ import annotations

from random import Random


def dice(*about: object) -> Random:
    """A source of chance of its own for what it is about: `dice(seed, "life", "c-000007")`.

    One for each customer and purpose, so that one more event of one customer changes nothing for the others.
    """
    return Random("/".join(map(str, about)))  # noqa: S311  a made-up day is no secret

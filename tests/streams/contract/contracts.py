"""A small vocabulary, what is published of it, and what has changed since."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from models.vocabulary import Vocabulary
from rules.workspace.workspace import load_texts
from streams.contract.asyncapi import asyncapi
from streams.contract.change import Change
from streams.contract.compare import compare
from streams.contract.published import Published, read_published

VOCABULARY = """\
currency: CNY
languages: [zh, en]
customer:
  plan: S | M | L
  points: whole number
events:
  data used:
    family: consumption
    amount: data
    network: home | roaming
    cell: text, optional
  paid:
    family: consumption
    as: com.acme.paid
    price: money
names:
  zh: {data used: 使用流量, amount: 用量, home: 境内}
"""
CHANNELS = ("app", "sms")


def contract(vocabulary: Vocabulary, channels: Sequence[str] = CHANNELS) -> Published:
    """What is published of it, read back."""
    return read_published(msgspec.json.encode(asyncapi(vocabulary, channels)))


def of_text(text: str) -> Vocabulary:
    """The vocabulary of a vocabulary.yaml."""
    workspace = load_texts({"vocabulary.yaml": text}).workspace
    assert workspace is not None, load_texts({"vocabulary.yaml": text}).problems
    return workspace.vocabulary


def changed(*edits: tuple[str, str]) -> str:
    """The vocabulary with each first text replaced by the second."""
    text = VOCABULARY
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def changes(*edits: tuple[str, str]) -> list[Change]:
    """What has changed for producers."""
    return compare(contract(of_text(VOCABULARY)), contract(of_text(changed(*edits))))

"""What every channel promises, tried on each."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from models.decisions import ActionKind
from models.messages import HandOff, Message
from streams.channels.base import Channel
from streams.channels.console import ConsoleChannel
from streams.channels.jsonl import JsonLinesChannel

#: A channel, and what it has brought out so far.
Opened = tuple[Channel, Callable[[], str]]


@pytest.fixture(params=["console", "jsonl"])
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """A fresh channel."""
    if request.param == "console":
        written = io.StringIO()
        return ConsoleChannel(Console(file=written, width=1_000)), written.getvalue
    path = tmp_path / "out.jsonl"
    return JsonLinesChannel(path), lambda: path.read_text("utf-8")


def hand_off(text: str, number: int = 1) -> HandOff:
    """A guidance with this text."""
    message = Message((f"d{number}",), (ActionKind.GUIDANCE,), "warn", "abc", "app", "en", text, (), None, None, False)
    return HandOff(f"d{number}", "c-1001", "2026-03-02T02:00:00.000Z", message)


def test_what_is_handed_over_is_out_after_a_flush(channel: Opened) -> None:
    """Every hand-off is there, in order, with its text and its customer."""
    taken, brought_out = channel
    for number in range(3):
        taken.hand_over(hand_off(f"text {number}", number))
    taken.flush()
    out = brought_out()
    assert out.count("c-1001") == 3
    assert sorted(range(3), key=lambda number: out.index(f"text {number}")) == [0, 1, 2]
    taken.close()


@pytest.mark.parametrize("text", ["\x1b[2J\x1b]0;title\x07", "two\nlines\r", "\u202egnp.exe", "\x00\x08"])
def test_text_from_outside_is_shown_and_never_obeyed(channel: Opened, text: str) -> None:
    """No control character comes out raw, and no text adds a line."""
    taken, brought_out = channel
    taken.hand_over(hand_off("plain"))
    taken.flush()
    before = brought_out()
    taken.hand_over(hand_off("plain"))
    taken.flush()
    lines = brought_out().removeprefix(before).count("\n")
    before = brought_out()
    taken.hand_over(hand_off(text))
    taken.flush()
    out = brought_out().removeprefix(before)
    assert out.count("\n") == lines
    assert not any(character in out for character in "\x1b\x07\r\x00\x08")
    taken.close()


@pytest.mark.parametrize("text", ["[bold]markup[/bold] [link=x]", ":smile: 你好 😀", "a" * 500])
def test_text_is_brought_out_as_it_was_written(channel: Opened, text: str) -> None:
    """Nothing in a text is read as markup, and nothing is cut off."""
    taken, brought_out = channel
    taken.hand_over(hand_off(text))
    taken.flush()
    assert text in brought_out()
    taken.close()

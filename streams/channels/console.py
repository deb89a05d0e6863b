"""A channel that is a terminal: for demonstrations and trials."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from models.decisions import ActionKind
from models.messages import HandOff, Message
from models.visible import visible

_STYLES = {
    ActionKind.GUIDANCE: "bold cyan",
    ActionKind.OFFER: "bold green",
    ActionKind.GRANT: "bold magenta",
    ActionKind.TASK: "bold yellow",
}


class ConsoleChannel:
    """Hand-offs on a terminal, one a line. What comes from outside is shown, never obeyed."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def hand_over(self, hand_off: HandOff) -> None:
        self._console.print(line_of(hand_off), soft_wrap=True)

    def flush(self) -> None:
        """What is printed is out of our hands."""

    def close(self) -> None:
        """The terminal is not ours to close."""


def line_of(hand_off: HandOff) -> Text:
    """`2026-03-02 02:00:00  c-1001  app  guidance + offer  "You have used ..."`, with every control character shown."""
    message = hand_off.data
    line = Text(hand_off.time[:19].replace("T", " "), style="dim")
    line.append(f"  {visible(hand_off.subject, 40)}", style="bold default")
    if message.channel is not None:
        line.append(f"  {visible(message.channel, 40)}", style="default")
    for number, kind in enumerate(message.kinds):
        line.append("  " if number == 0 else " + ", style="default")
        line.append(kind.value, style=_STYLES[kind])
    line.append(f"  {visible(message.rule, 80)}", style="dim")
    line.append(f"  {_said(message)}", style="default")
    return line


def _said(message: Message) -> str:
    if message.task is not None:
        due = f", due {visible(message.task.due, 40)}" if message.task.due else ""
        return f"{visible(message.task.who, 80)}: {visible(message.task.what)}{due}"
    offers = f" [{', '.join(visible(offer, 80) for offer in message.offers)}]" if message.offers else ""
    return f"{visible(message.text or '')}{offers}".strip()

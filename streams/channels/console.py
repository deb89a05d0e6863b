"""A channel that is a terminal: for demonstrations and trials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from models.decisions import ActionKind, said_action
from models.formatting import format_day
from models.messages import HandOff, words_of
from models.moments import offset_at, parse_moment, zone
from models.speech import say, sentence
from models.visible import visible

_STYLES = {
    ActionKind.GUIDANCE: "bold cyan",
    ActionKind.OFFER: "bold green",
    ActionKind.GRANT: "bold magenta",
    ActionKind.TASK: "bold yellow",
}
_WEEKDAYS = (
    sentence("Monday"),
    sentence("Tuesday"),
    sentence("Wednesday"),
    sentence("Thursday"),
    sentence("Friday"),
    sentence("Saturday"),
    sentence("Sunday"),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Columns before the text of a message, so that it stands below the customer.
_INDENT = 10


class ConsoleChannel:
    """Hand-offs on a terminal, under the day they were decided on, by the clocks of `where`.

    What comes from outside is shown, never obeyed. Where the console is no terminal, nothing is wrapped.
    """

    def __init__(self, console: Console, where: ZoneInfo | None = None) -> None:
        self._console = console
        self._where = where or zone("UTC")
        self._day = ""

    def hand_over(self, hand_off: HandOff) -> None:
        local = _EPOCH + timedelta(milliseconds=(ms := parse_moment(hand_off.time)) + offset_at(self._where, ms))
        day = say("{weekday} {day}", weekday=say(_WEEKDAYS[local.weekday()]), day=format_day((local - _EPOCH).days))
        if day != self._day:
            self._console.print(Text(f"\n{day}", style="bold underline"))
            self._day = day
        self._console.print(heading_of(hand_off, f"{local:%H:%M:%S}"), soft_wrap=True)
        text = Text(words_of(hand_off.data))
        self._console.print(Padding(text, (0, 0, 0, _INDENT), expand=False))

    def flush(self) -> None:
        """What is printed is out of our hands."""

    def close(self) -> None:
        """The terminal is not ours to close."""


def heading_of(hand_off: HandOff, time: str) -> Text:
    """`10:00:05  c-1001      guidance + offer by app  data-nearly-used`, with every control character shown."""
    message = hand_off.data
    line = Text(time, style="dim")
    line.append(f"  {visible(hand_off.subject, 40):<10}  ", style="not dim bold")
    for number, kind in enumerate(message.kinds):
        line.append(" + " if number else "", style="not dim")
        line.append(said_action(kind), style=f"not dim {_STYLES[kind]}")
    if message.task is not None:
        line.append(say(" for {who}", who=visible(message.task.who, 80)), style="not dim")
    elif message.channel is not None:
        line.append(say(" by {channel}", channel=visible(message.channel, 40)), style="not dim")
    line.append(f"  {visible(message.rule, 80)}")
    return line

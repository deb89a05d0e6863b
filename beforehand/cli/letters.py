"""Dead letters as they are shown: a line each with why and what, a summary by reason, and lines for machines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from beforehand.cli.terminal import show
from models.speech import listed, quoted, say
from models.visible import visible

if TYPE_CHECKING:
    from streams.dead_letters import DeadLetter, Reason
    from streams.kept_letters import Counts, Fate, KeptLetter

#: Characters that are shown of a position, an explanation, a key and what came.
_POSITION, _DETAIL, _KEY, _RAW = 120, 400, 40, 160


def reason_of(text: str) -> Reason:
    """The reason that somebody typed, as machines read it or in the language of the moment."""
    from difflib import get_close_matches

    from streams.dead_letters import Reason, said_of

    known = {reason.value.casefold(): reason for reason in Reason}
    known |= {said_of(reason).casefold(): reason for reason in Reason}
    wanted = text.strip().casefold()
    if wanted in known:
        return known[wanted]
    if near := get_close_matches(wanted, known, 1):
        hint = say("Did you mean {name}?", name=quoted(said_of(known[near[0]])))
    else:
        hint = say("There are: {names}.", names=listed(quoted(said_of(reason)) for reason in Reason))
    raise typer.BadParameter(say("there is no reason {name}. {hint}", name=quoted(visible(text, _KEY)), hint=hint))


def moment(ms: int) -> str:
    """A moment as people read it, in UTC."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def print_letter(console: Console, kept: KeptLetter) -> None:
    """When and where, why, what has become of it; below who it is about and what came."""
    from streams.dead_letters import said_of
    from streams.kept_letters import Fate

    letter = kept.letter
    line = Text(f"{moment(kept.time)}  " if kept.time is not None else "", style="dim")
    line.append(visible(kept.position, _POSITION), style="not dim bold")
    if kept.fate is not Fate.OPEN:
        line.append(f"  ({said_fate(kept.fate)})", style="not dim green")
    line.append(f"  {said_of(letter.reason)}: ", style="not dim yellow")
    line.append(visible(letter.detail, _DETAIL), style="not dim")
    console.print(line, soft_wrap=True)
    if came := _came(letter):
        console.print(Text(f"    {came}", style="dim"), soft_wrap=True)


def _came(letter: DeadLetter) -> str:
    key = "" if letter.key is None else visible(letter.key[: 4 * _KEY].decode("utf-8", "replace"), _KEY) + "  "
    return key + visible(letter.raw[: 4 * _RAW].decode("utf-8", "replace"), _RAW)


def said_fate(fate: Fate) -> str:
    """What has become of a letter, in words."""
    from streams.kept_letters import Fate

    return {Fate.OPEN: say("open"), Fate.SENT: say("sent again"), Fate.UNKNOWN: say("perhaps sent again")}[fate]


def print_counts(console: Console, counts: Counts, *, fates: bool) -> None:
    """Reason by reason; with `fates` how many were sent again, and when the first and the last came."""
    from streams.dead_letters import said_of

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(say("dead letters"))
    table.add_column(say("number"), justify="right")
    if fates:
        table.add_column(say("sent again"), justify="right")
        table.add_column(say("the first"))
        table.add_column(say("the latest"))
    for reason, count in counts.most_first():
        row = [said_of(reason), f"{count.letters:,}"]
        if fates:
            row += [f"{count.sent:,}" if count.sent else "·"]
            row += [moment(each) if each is not None else "" for each in (count.first, count.last)]
        table.add_row(*row)
    show(console, table)


def as_json(kept: KeptLetter) -> bytes:
    """A letter as a line for machines."""
    import msgspec

    from models.moments import format_moment
    from streams.dead_letters import dead_letter_members

    told = {
        "position": kept.position,
        "time": None if kept.time is None else format_moment(kept.time),
        "fate": kept.fate.value,
    }
    return msgspec.json.encode({**told, **dead_letter_members(kept.letter)})

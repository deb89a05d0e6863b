"""`beforehand tail`: the messages of a topic, for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from beforehand.cli.arguments import AsJson
from beforehand.cli.kafka import kafka
from beforehand.cli.terminal import Exit, terminal, write_line
from models.speech import say
from models.visible import visible

if TYPE_CHECKING:
    from streams.kafka.base import Message

#: Characters that are shown of a value.
_SHOWN = 300
_OUTCOMES = {"sent": "green", "suppressed": "yellow", "control": "cyan", "expired": "dim", "superseded": "dim"}


def tail(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="decisions, handoff.sms, events.consumption, ...")],
    *,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="All that is kept, and then what comes; else only what comes.")
    ] = False,
    customer: Annotated[str | None, typer.Option(metavar="ID", help="Only what is about this customer.")] = None,
    count: Annotated[int | None, typer.Option(min=1, metavar="N", help="End after so many.")] = None,
    json: AsJson = False,
) -> None:
    """Show the messages of a topic as they come. Ctrl-C ends it.

    Nobody notices: it belongs to no group, and commits nothing.
    """
    from beforehand.kafka_wiring import tailing

    to = terminal()
    shown = 0
    try:
        with kafka() as connection, tailing(connection, topic, from_beginning=from_beginning) as messages:
            if to.err.is_terminal:
                to.err.print(say("Following {topic}. Ctrl-C ends it.", topic=topic), soft_wrap=True, style="dim")
            for message in messages:
                read = _read(message)
                if customer is not None and _customer(message, read) != customer:
                    continue
                if json:
                    write_line(_as_json(message, read))
                    _flush()
                else:
                    to.out.print(_line(message, read), soft_wrap=True)
                shown += 1
                if shown == count:
                    return
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None


def _flush() -> None:
    import sys

    sys.stdout.buffer.flush()


def _read(message: Message) -> dict[str, Any] | None:
    """The event, decision or hand-off, as far as it is one; of one in binary mode the headers are attributes."""
    import msgspec

    try:
        read = msgspec.json.decode(message.value or b"")
    except msgspec.MsgspecError:
        read = None
    attributes = {
        name.removeprefix("ce_"): value.decode("utf-8", "replace")
        for name, value in message.headers
        if name.startswith("ce_")
    }
    if attributes:
        return {**attributes, "data": read}
    return read if isinstance(read, dict) else None


def _customer(message: Message, read: dict[str, Any] | None) -> str | None:
    for name in ("customer", "subject"):
        if read is not None and isinstance(read.get(name), str):
            return str(read[name])
    return None if message.key is None else message.key.decode("utf-8", "replace")


def _as_json(message: Message, read: dict[str, Any] | None) -> bytes:
    import msgspec

    from models.moments import format_moment

    def text(raw: bytes | None) -> str | None:
        return None if raw is None else raw.decode("utf-8", "replace")

    told = {
        "partition": message.partition,
        "offset": message.offset,
        "time": format_moment(message.time),
        "key": text(message.key),
        "headers": {name: text(value) for name, value in message.headers},
    }
    try:
        # As it is, so that no number is read and written again.
        value: object = msgspec.Raw(message.value or b"null")
        msgspec.json.decode(message.value or b"null")
    except msgspec.MsgspecError:
        value = text(message.value)
    return msgspec.json.encode({**told, "value": value})


def _line(message: Message, read: dict[str, Any] | None) -> Text:
    """`10:00:05  17:203  c-1001  data used  {"amount":1500000000}`: the time, partition and offset, who, what."""
    from datetime import UTC, datetime

    appended = datetime.fromtimestamp(message.time / 1000, UTC)
    line = Text(f"{appended:%Y-%m-%d %H:%M:%S}Z  {f'{message.partition}:{message.offset}':<8}", style="dim")
    line.append(f"  {visible(_customer(message, read) or '-', 40):<10}  ", style="not dim bold")
    if read is None:
        raw = (message.value or b"").decode("utf-8", "replace")
        line.append(visible(raw, _SHOWN), style="not dim yellow")
    elif "outcome" in read:
        _append_decision(line, read)
    else:
        line.append(visible(str(read.get("type", "")), 60), style="not dim cyan")
        line.append("  " + _compact(read.get("data", read)), style="not dim")
    return line


def _append_decision(line: Text, read: dict[str, Any]) -> None:
    outcome, reason = str(read["outcome"]), read.get("reason")
    line.append(visible(str(read.get("rule", "")), 60), style="not dim cyan")
    line.append(f"  {visible(str(read.get('kind', '')), 20)} ", style="not dim")
    line.append(visible(outcome, 20), style=f"not dim {_OUTCOMES.get(outcome, 'default')}")
    if reason:
        line.append(f" ({visible(str(reason), 80)})", style="not dim")
    if read.get("channel"):
        line.append(f" by {visible(str(read['channel']), 40)}", style="not dim")
    said = read.get("text") or (read.get("task") or {}).get("what")
    if said:
        line.append(f"  {visible(str(said), _SHOWN)}", style="not dim")


def _compact(value: object) -> str:
    import msgspec

    return visible(msgspec.json.encode(value).decode(), _SHOWN)

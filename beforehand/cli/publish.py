"""`beforehand publish`: the events of a file to Kafka."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.kafka import kafka
from beforehand.cli.running import check_events
from beforehand.cli.terminal import Exit, tell, terminal, wrong_use
from beforehand.cli.workspaces import sound
from models.speech import say, say_count, sentence

if TYPE_CHECKING:
    from rules.workspace.workspace import Workspace
    from streams.kafka.base import Undelivered
    from streams.publishing import Published


def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of events, one JSON object a line (.gz too).")],
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", metavar="DIR", show_default="this folder", help="The workspace.")
    ] = Path(),
    *,
    rate: Annotated[
        float | None,
        typer.Option(min=0.001, metavar="N", help="Events a second, at most; as fast as it goes if not given."),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Move a recorded day to today: all times by one span, so that it ends now.")
    ] = False,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="Say of each event when it arrived, for workers that run --recorded.")
    ] = False,
) -> None:
    """Publish the events of a file to Kafka, in the order of their arrival.

    Each goes to the topic of its type and to the partition of its customer. Lines that are no events of the
    workspace, and events that Kafka does not take, are told with their line; the command then ends with 1.

    With --recorded, workers that run --recorded decide as `replay` of the file does: each event says when it arrived,
    and at the end every partition is told how far time has come.
    """
    from beforehand.cli.progress import watched
    from beforehand.kafka_wiring import publish_file
    from streams.publishing import Published
    from streams.sources.base import SourceError

    check_events(str(file))
    to = terminal()
    read = sound(workspace, stories=False)
    done = Published()
    began = time.perf_counter()
    moment = int(time.time() * 1000) if now else None
    try:
        with kafka() as connection, watched(to, say("Publishing"), sentence("events")) as bar:
            undelivered = publish_file(
                connection, read, file, done, now=moment, recorded=recorded, rate=rate, watch=bar.told
            )
    except SourceError as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))
    except KeyboardInterrupt:
        tell(
            say(
                "Interrupted. What was read up to line {line:,} of {file} is published: {events:,} events.",
                line=done.line,
                file=file,
                events=done.events,
            )
        )
        raise typer.Exit(Exit.INTERRUPTED) from None
    _tell(file, done, undelivered)
    to.out.print(
        say_count(
            done.events - undelivered.count,
            "1 event published in {seconds:.1f} s.",
            "{count:,} events published in {seconds:.1f} s.",
            seconds=time.perf_counter() - began,
        ),
        soft_wrap=True,
    )
    if not (now or recorded):
        _warn_of_times(read, done)
    if done.unread_count or undelivered.count:
        raise typer.Exit(Exit.PROBLEMS)


def _tell(file: Path, done: Published, undelivered: Undelivered) -> None:
    from streams.dead_letters import said_of

    for letter in done.unread:
        tell(
            say(
                "{file}:{line}: {reason}: {detail}",
                file=file,
                line=letter.line,
                reason=said_of(letter.reason),
                detail=letter.detail,
            )
        )
    for line, why in sorted(undelivered.first):
        tell(say("{file}:{line}: not delivered. {why}", file=file, line=line, why=why))
    if done.unread_count:
        left_out = "1 line of {file} left out.", "{count:,} lines of {file} left out."
        tell(say_count(done.unread_count, *left_out, file=file) + _above(done.unread_count, len(done.unread)))
    if undelivered.count:
        not_delivered = say_count(undelivered.count, "1 message not delivered.", "{count:,} messages not delivered.")
        tell(not_delivered + _above(undelivered.count, len(undelivered.first)))


def _above(number: int, told: int) -> str:
    return "" if number == told else " " + say("The first {told} are above.", told=told)


#: As `streams.wire.decoder` has it, in ms: what is stated further ahead is refused by a worker.
_AHEAD = 5 * 60_000


def _warn_of_times(workspace: Workspace, done: Published) -> None:
    """What a live worker would make of these times, if that is not what one expects."""
    if done.latest is None:
        return
    age = int(time.time() * 1000) - done.latest
    if age > workspace.vocabulary.stale_after:
        tell(
            say(
                "All these events are old news: live workers count them and act on none. Publish with --now, or with "
                "--recorded for workers that run --recorded."
            )
        )
    elif age < -_AHEAD:
        tell(say("Some of these events lie ahead of now: live workers refuse them. Publish with --now or --recorded."))

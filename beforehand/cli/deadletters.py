"""`beforehand deadletters`: what could not be read, why, and sent again once it can be."""

from __future__ import annotations

import heapq
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson
from beforehand.cli.kafka import kafka
from beforehand.cli.letters import as_json, print_counts, print_letter, reason_of
from beforehand.cli.terminal import Exit, Terminal, tell, terminal, write_line, wrong_use
from models.speech import paragraph, say, say_count, sentence

if TYPE_CHECKING:
    from beforehand.kafka_wiring import Letters, Sender
    from streams.dead_letters import Reason
    from streams.kafka.base import Connection
    from streams.kept_letters import Choice, Counts, Fate, KeptLetter, Outcome

#: Letters that are shown, where nobody says how many.
_SHOWN = 20
#: Letters that are sent again at once, before it is marked that they were.
_AT_ONCE = 500
#: Letters that go wrong and are told one by one.
_TOLD = 20

Reasons = Annotated[
    list[str] | None,
    typer.Option("--reason", metavar="REASON", help='Only those with this reason: "unknown type". May be repeated.'),
]
About = Annotated[
    str | None, typer.Option("--about", metavar="TEXT", help="Only those whose explanation has this text.")
]
Since = Annotated[
    str | None,
    typer.Option(metavar="MOMENT", help='Only those from then on: "2026-03-02 10:00", in UTC, or with an offset.'),
]


def list_letters(  # noqa: PLR0913 (one parameter an option)
    ctx: typer.Context,
    *,
    reason: Reasons = None,
    about: About = None,
    since: Since = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that were not sent again.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", show_default="20; with --json all", help="The last so many; all are counted."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(file_okay=False, metavar="DIR", help="Those of `run --state DIR`, instead of Kafka's."),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="With --state: print the lines as they came, all, and nothing else.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Show what producers sent that could not be read, and why.

    A dead letter is shown with where it stood, why it was refused and what came, the latest last; then how many there
    are of each reason. What they say is shown and not obeyed, whatever it is. `send-again` sends them to where they
    came from, once the vocabulary or the workers have been corrected.
    """
    if ctx.invoked_subcommand is not None:
        _refuse_options_before(ctx)
        return
    if raw and state is None:
        wrong_use(say("--raw is for --state; for letters of Kafka --json has all of them."))
    if state is not None and (since is not None or open_only):
        wrong_use(say("With --state there is no --since and no --open: a run keeps neither."))
    choice = _choice(reason, about, open_only=open_only)
    if state is not None:
        with _state(state) as letters:
            if raw:
                _print_raw(letters, choice)
            else:
                _list(letters, choice, limit, json=json, fates=False)
        return
    with kafka() as connection, _on_kafka(connection, since) as found:
        _list(_watched(terminal(), found, found.up_to_now()), choice, limit, json=json, fates=True)
        _tell_others(found)


def send_again(
    positions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="POSITION", help="Where it stood: events.consumption/3@42.", show_default="all that were not sent"
        ),
    ] = None,
    *,
    reason: Reasons = None,
    about: About = None,
    since: Since = None,
    repeat: Annotated[
        bool, typer.Option("--repeat", help="Also those that were sent again before, or perhaps were.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which would be sent.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Send dead letters to the topic they came from, as they came.

    With their key, value and headers, byte for byte, to the partition of their key. To be typed once they can be read,
    as after a correction of the vocabulary; what can't be read then comes back as a new dead letter. What happened
    longer ago than `stale after` counts and is not acted on.

    What was sent is remembered, and not sent once more. It asks before it sends, unless positions are given.
    """
    from beforehand.kafka_wiring import sending_again
    from streams.kept_letters import Counts, Fate

    to = terminal()
    choice = _choice(reason, about, positions=positions or ())
    chosen, passed_over, missing = Counts(), Counter[Fate](), set(positions or ())
    try:
        with (
            kafka() as connection,
            _on_kafka(connection, since, marked=True) as found,
            sending_again(connection, found.marks, repeat=repeat) as sender,
        ):
            for kept in filter(choice.fits, _watched(to, found, found.up_to_now())):
                missing.discard(kept.position)
                if sender.wants(kept):
                    chosen.add(kept)
                else:
                    passed_over[kept.fate] += 1
            _tell_others(found)
            _tell_passed_over(passed_over)
            for position in sorted(missing):
                tell(say("There is no dead letter of {position}.", position=position))
            if not chosen.total:
                to.out.print(say("There is nothing to send again."), soft_wrap=True)
            elif _wanted(to, chosen, ask=not (yes or positions or dry_run)):
                _send(to, found, choice, sender, chosen.total, dry_run=dry_run)
    except KeyboardInterrupt:
        tell(say("Interrupted. What was sent is remembered: type it again to go on."))
        raise typer.Exit(Exit.INTERRUPTED) from None
    if missing or passed_over[Fate.UNKNOWN] or sender.outcome.unfit or sender.outcome.undelivered:
        raise typer.Exit(Exit.PROBLEMS)


# ------------------------------------------------------------ which


def _refuse_options_before(ctx: typer.Context) -> None:
    """An option of the list before `send-again` would change nothing, and somebody may rely on it."""
    given = [name for name, value in ctx.params.items() if value]
    if given:
        wrong_use(say("Write the options behind {command}.", command=ctx.invoked_subcommand))


def _choice(
    reasons: Iterable[str] | None, about: str | None, *, open_only: bool = False, positions: Iterable[str] = ()
) -> Choice:
    from streams.kept_letters import Choice

    chosen: frozenset[Reason] = frozenset(map(reason_of, reasons or ()))
    return Choice(chosen, about or "", frozenset(positions), open_only)


@contextmanager
def _on_kafka(connection: Connection, since: str | None, *, marked: bool = False) -> Iterator[Letters]:
    from beforehand.cli.moments import beginning_of
    from beforehand.kafka_wiring import dead_letters

    moment = None if since is None else beginning_of(since, "--since")
    with dead_letters(connection, since=moment, marked=marked) as found:
        yield found


@contextmanager
def _state(folder: Path) -> Iterator[Iterator[KeptLetter]]:
    from beforehand.wiring import letters_of
    from streams.stores.base import StoreError

    try:
        with letters_of(folder) as letters:
            yield letters
    except StoreError as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))


def _watched(to: Terminal, found: Letters, letters: Iterator[KeptLetter]) -> Iterator[KeptLetter]:
    """The letters, with a bar that moves as they are read."""
    from beforehand.cli.progress import watched

    with watched(to, say("Reading"), sentence("messages")) as bar:
        for number, kept in enumerate(letters):
            if number % _AT_ONCE == 0:
                bar.told(found.read, found.total)
            yield kept


# ------------------------------------------------------------ the list


def _list(letters: Iterator[KeptLetter], choice: Choice, limit: int | None, *, json: bool, fates: bool) -> None:
    from streams.kept_letters import Counts

    counts = Counts()
    chosen = _counted((kept for kept in letters if choice.fits(kept)), counts)
    if json:
        for kept in chosen if limit is None else _last(chosen, limit):
            write_line(as_json(kept))
        return
    to = terminal()
    last = _last(chosen, _SHOWN if limit is None else limit)
    for kept in last:
        print_letter(to.out, kept)
    if not counts.total:
        to.out.print(say("There is no such dead letter."))
        return
    if last:
        to.out.print()
    print_counts(to.out, counts, fates=fates)
    if len(last) < counts.total:
        said = say(
            "The last {shown:,} of {all:,} are shown; --limit {all} shows all.", shown=len(last), all=counts.total
        )
        to.out.print(said, soft_wrap=True, style="dim")


def _counted(letters: Iterator[KeptLetter], counts: Counts) -> Iterator[KeptLetter]:
    for kept in letters:
        counts.add(kept)
        yield kept


def _last(letters: Iterator[KeptLetter], number: int) -> list[KeptLetter]:
    """The last so many, the latest last; the others are passed through."""
    numbered = ((kept.time or 0, count, kept) for count, kept in enumerate(letters))
    last = heapq.nlargest(number, numbered, key=lambda one: one[:2])
    for _ in numbered:
        pass
    return [kept for _, _, kept in reversed(last)]


def _print_raw(letters: Iterator[KeptLetter], choice: Choice) -> None:
    cut = 0
    for kept in letters:
        if choice.fits(kept):
            if kept.letter.size > len(kept.letter.raw):
                cut += 1
                continue
            write_line(kept.letter.raw)
    if cut:
        tell(
            say_count(
                cut,
                "1 line left out: it was too large, only its beginning is kept.",
                "{count:,} lines left out: they were too large, only their beginnings are kept.",
            )
        )


def _tell_others(found: Letters) -> None:
    """What stands in the topic and is no dead letter."""
    if found.other is not None:
        said = say_count(
            found.others,
            "1 message of the topic is no dead letter.",
            "{count:,} messages of the topic are no dead letters.",
        )
        tell(paragraph(say("{wrong}.", wrong=found.other), said))


# ------------------------------------------------------------ sending


def _wanted(to: Terminal, chosen: Counts, *, ask: bool) -> bool:
    """Shows what would be sent; whether it is wanted."""
    print_counts(to.out, chosen, fates=True)
    if not ask:
        return True
    question = say_count(chosen.total, "Send this message again?", "Send these {count:,} messages again?")
    to.err.print(f"{question} [y/N] ", end="", soft_wrap=True)
    answer = sys.stdin.readline()
    if not answer:
        to.err.print()
        wrong_use(say("Nobody is there to answer; write --yes to send without asking."))
    return answer.strip().casefold() in ("y", "yes", "是")


def _send(to: Terminal, found: Letters, choice: Choice, sender: Sender, total: int, *, dry_run: bool) -> None:
    from beforehand.cli.progress import watched

    letters = filter(choice.fits, found.again())
    done = 0
    try:
        with watched(to, say("Sending again"), sentence("messages")) as bar:
            while several := list(islice(letters, _AT_ONCE)):
                sender.send(several, dry_run=dry_run)
                done += len(several)
                bar.told(done, total)
    finally:
        _tell_outcome(to, sender.outcome, dry_run=dry_run)


def _tell_passed_over(passed_over: Mapping[Fate, int]) -> None:
    from streams.kept_letters import Fate

    if before := passed_over[Fate.SENT]:
        tell(
            say_count(
                before,
                "1 was sent again before, and is passed over; --repeat sends it once more.",
                "{count:,} were sent again before, and are passed over; --repeat sends them once more.",
            )
        )
    if unknown := passed_over[Fate.UNKNOWN]:
        tell(
            say_count(
                unknown,
                "1 may have been sent again by a command that was broken off, and is passed over. Look whether it has "
                "come; --repeat sends it once more.",
                "{count:,} may have been sent again by a command that was broken off, and are passed over. Look "
                "whether they have come; --repeat sends them once more.",
            )
        )


def _tell_outcome(to: Terminal, outcome: Outcome, *, dry_run: bool) -> None:
    _tell_each(outcome.unfit, sentence("{position}: not sent. {why}."))
    _tell_each(outcome.undelivered, sentence("{position}: not delivered. {why}."))
    if dry_run:
        said = say_count(outcome.sent, "1 message would be sent again.", "{count:,} messages would be sent again.")
    else:
        said = say_count(outcome.sent, "1 message sent again.", "{count:,} messages sent again.")
    if outcome.sent or dry_run:
        to.out.print(said, soft_wrap=True)


def _tell_each(wrong: Sequence[tuple[str, str]], words: str) -> None:
    for position, why in wrong[:_TOLD]:
        tell(say(words, position=position, why=why))
    if len(wrong) > _TOLD:
        tell(say("The first {told} of {all:,} are above.", told=_TOLD, all=len(wrong)))

"""`beforehand publish-rules` and `beforehand rules`: what workers decide by, and from when on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson, ThisFolder
from beforehand.cli.problems import print_problems
from beforehand.cli.story_results import print_failure
from beforehand.cli.terminal import Exit, show, tell, terminal, write_line, wrong_use
from beforehand.cli.workspaces import loaded
from models.speech import listed, paragraph, say, say_count

if TYPE_CHECKING:
    from beforehand.rule_publishing import Accepted, NothingNew
    from beforehand.settings import Settings
    from rules.workspace.workspace import Loaded
    from streams.worker.rule_sets import RuleSets

#: Names of what a set added to the vocabulary that stand in the list of sets.
_NAMED = 3

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="MOMENT",
        show_default="in ten seconds",
        help='When it begins to decide: "2026-03-02 10:00", by the clock of the workspace, or with an offset.',
    ),
]


def publish_rules(workspace: ThisFolder = Path(), *, begins: From = None) -> None:
    """Let workers decide by the rules of a workspace: checked, tested, then from a moment on.

    What is taken before the moment is decided by the rules of before, on every worker. A workspace with mistakes, or
    with a test that fails, is refused whole. Its vocabulary is the one before, or that with additions: event types,
    fields that may be left out, attributes, choices, places. They are in force from the same moment on.
    """
    found = loaded(workspace)
    with _servers() as settings:
        _publish(settings, found, workspace, begins)


def list_rules(*, json: AsJson = False) -> None:
    """The rule sets that were published to workers, the latest last."""
    import msgspec
    from rich.table import Table

    from beforehand.rule_publishing import published_sets
    from models.moments import format_moment

    with _servers() as settings:
        published = published_sets(settings)
    to = terminal()
    rows = []
    for index, one in enumerate(published.sets):
        rules, added = _told_of(published, index)
        begins = None if one.begins is None else format_moment(one.begins)
        told = {
            "number": one.number,
            "from": begins,
            "published": format_moment(one.at),
            "rules": rules,
            "again": one.again,
            "added": added,
        }
        if json:
            write_line(msgspec.json.encode(told))
        first = say("the first event") if begins is None else begins
        again = "" if one.again is None else say("set {number} again", number=one.again)
        rows.append((str(one.number), first, str(told["published"]), str(rules or "?"), again or _named(added)))
    if json:
        return
    if not rows:
        to.out.print(say("No rules have been published yet: beforehand publish-rules WORKSPACE."))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (say("Set"), say("Decides from"), say("Published"), say("Rules"), ""):
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    show(to.out, table)


def _told_of(published: RuleSets, index: int) -> tuple[int | None, list[str]]:
    """How many rules a set has, None if this version can't read it, and what it added to the vocabulary."""
    from streams.contract.added import added
    from streams.stores.base import StoreError

    try:
        rules = len(published.workspace(index).rules)
        now = published.vocabulary(index)
        return rules, added(published.vocabulary(index - 1), now) if index else []
    except StoreError:
        return None, []


def _named(added: list[str]) -> str:
    """What was added to the vocabulary, as far as there is room for it."""
    if not added:
        return ""
    names = listed(added[:_NAMED])
    if len(added) > _NAMED:
        names = say("{names} and {count} more", names=names, count=len(added) - _NAMED)
    return say("adds {names}", names=names)


def rollback(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", show_default="the one before the last", help="The rule set.")
    ] = None,
    *,
    begins: From = None,
) -> None:
    """Let an earlier rule set decide again, from a moment on. What was added to the vocabulary since stays."""
    from beforehand.rule_publishing import of_number

    with _servers() as settings:
        wanted, found = of_number(settings, number)
        _publish(settings, found, Path(say("rule set {number}", number=wanted)), begins, again=wanted)


def _publish(settings: Settings, found: Loaded, where: Path, begins: str | None, again: int | None = None) -> None:
    from beforehand.following import Failed, ReadAtStart, Refused
    from beforehand.rule_publishing import NotAdded
    from beforehand.rule_publishing import publish_rules as publish

    moment = None if begins is None else _moment(begins, found)
    done = publish(settings, found, begins=moment, again=again)
    to = terminal()
    match done:
        case Refused(_, problems):
            print_problems(to.err, problems, found.sources, where)
            tell(
                say_count(
                    len(problems),
                    "{count:,} mistake in {folder}; the rules of before go on deciding.",
                    "{count:,} mistakes in {folder}; the rules of before go on deciding.",
                    folder=where,
                )
            )
        case NotAdded(_, problems):
            print_problems(to.err, problems, found.sources, where)
            said = say(
                "Workers take over only what is added to the vocabulary. "
                "Put the rest back, or give it a state of its own, with another `prefix`."
            )
            tell(paragraph(said, say("The rules of before go on deciding.")))
        case Failed(failures, tests):
            for result in failures:
                print_failure(to.err, result)
            said = say("{failed:,} of {tests:,} tests failed.", failed=len(failures), tests=tests)
            tell(paragraph(said, say("The rules of before go on deciding.")))
        case ReadAtStart(what):
            tell(
                say(
                    "What has changed is {what}, which running workers can't take over. "
                    "The rules of before go on deciding.",
                    what=what,
                )
            )
        case _:
            to.out.print(_accepted(done), soft_wrap=True)
            return
    raise typer.Exit(Exit.PROBLEMS)


def _accepted(done: Accepted | NothingNew) -> str:
    from beforehand.rule_publishing import NothingNew
    from models.moments import format_moment

    if isinstance(done, NothingNew):
        return say("Nothing has changed since rule set {number}.", number=done.last.number)
    one, fit = done.published, done.fit
    when = say("the first event") if one.begins is None else format_moment(one.begins)
    return paragraph(
        say("Rule set {number} decides from {moment} on.", number=one.number, moment=when),
        say("New or changed: {rules}.", rules=listed(fit.changed)) if fit.changed else None,
        say("Gone: {rules}.", rules=listed(fit.gone)) if fit.gone else None,
        say("Added to the vocabulary: {names}.", names=listed(done.added)) if done.added else None,
    )


def _moment(text: str, found: Loaded) -> int:
    from beforehand.cli.moments import moment_of
    from models.moments import zone

    if found.workspace is None:
        return 0  # it is refused anyway
    return moment_of(text, zone(found.workspace.vocabulary.time_zone), "--from")


@contextmanager
def _servers() -> Iterator[Settings]:
    """The settings; wrong use, if they are wrong, or Kafka or Redis can't be used."""
    from beforehand.settings import SettingsError, read_settings
    from streams.kafka.base import KafkaTrouble
    from streams.stores.base import StoreError

    try:
        yield read_settings()
    except SettingsError as wrong:
        wrong_use(str(wrong))
    except (KafkaTrouble, StoreError) as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))

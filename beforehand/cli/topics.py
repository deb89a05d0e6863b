"""`beforehand topics`: the topics of a workspace on Kafka, made and described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson, ThisFolder
from beforehand.cli.kafka import kafka
from beforehand.cli.terminal import Exit, Terminal, counted, show, tell, terminal, write_line, wrong_use
from beforehand.cli.workspaces import sound

if TYPE_CHECKING:
    from beforehand.kafka_wiring import TopicState
    from streams.kafka.base import Connection, Difference

Partitions = Annotated[
    int | None,
    typer.Option(
        min=1, max=10_000, metavar="N", show_default="24, or what there is", help="Partitions of each topic, for good."
    ),
]


def create(
    workspace: ThisFolder = Path(),
    *,
    partitions: Partitions = None,
    replication: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", show_default="the broker's default", help="Copies of each topic, for new ones."
        ),
    ] = None,
) -> None:
    """Make the topics of a workspace that are not there yet.

    A customer's partition follows from the number of partitions, so that it is chosen once: as many as there will ever
    be processes at work, or more. What is there already is left as it is; what of it is not as it should be is told,
    with the line that puts it right.
    """
    from beforehand.kafka_wiring import create_missing

    to = terminal()
    with kafka() as connection:
        states = _states(connection, workspace, partitions)
        wrong = [difference for state in states for difference in state.differences]
        if any(difference.setting == "partitions" for difference in wrong):
            _tell_differences(states, connection)
            raise typer.Exit(Exit.PROBLEMS)
        made = create_missing(connection, states, -1 if replication is None else replication)
    for name in made:
        to.out.print(f"{name}: made.", soft_wrap=True)
    there = len(states) - len(made)
    to.out.print(
        f"{counted(len(made), 'topic')} made, {there} there before, {states[0].wanted.partitions} partitions.",
        soft_wrap=True,
    )
    if wrong:
        _tell_differences(states, connection)
        raise typer.Exit(Exit.PROBLEMS)


def describe(workspace: ThisFolder = Path(), *, partitions: Partitions = None, json: AsJson = False) -> None:
    """Show the topics of a workspace as they are on Kafka.

    What is missing or not as it should be is told, with the line that puts it right; the command then ends with 1.
    """
    with kafka() as connection:
        states = _states(connection, workspace, partitions)
    if json:
        _print_json(states)
    else:
        _print_table(terminal(), states)
    missing = [state.wanted.name for state in states if state.found is None]
    if missing:
        what = f"{counted(len(missing), 'topic')} missing: {', '.join(missing)}"
        tell(f"{what}. Make what is missing with: beforehand topics create {workspace}")
    _tell_differences(states, connection)
    if missing or any(state.differences for state in states):
        raise typer.Exit(Exit.PROBLEMS)


def _states(connection: Connection, workspace: Path, partitions: int | None) -> list[TopicState]:
    from beforehand.kafka_wiring import topic_states

    read = sound(workspace, stories=False)
    try:
        return topic_states(connection, read, partitions)
    except ValueError as wrong:
        wrong_use(f"{workspace}: {wrong}.")


def _tell_differences(states: Sequence[TopicState], connection: Connection) -> None:
    for state in states:
        for difference in state.differences:
            tell(_difference(difference, connection.address))


def _difference(difference: Difference, address: str) -> str:
    topic, setting, wanted = difference.topic, difference.setting, difference.wanted
    if setting == "partitions":
        return (
            f"{topic} has {difference.found} partitions instead of {wanted}. All topics of events need as many, for a "
            f"customer's partition follows from it. Take --partitions {difference.found}; or, if nobody needs what it "
            f"holds, let it be made anew: kafka-topics.sh --bootstrap-server {address} --delete --topic {topic}"
        )
    return (
        f"{topic} has {setting}={difference.found or 'nothing'} instead of {wanted}. Put it right: kafka-configs.sh "
        f"--bootstrap-server {address} --alter --topic {topic} --add-config {setting}={wanted}"
    )


def _state(state: TopicState) -> str:
    return "missing" if state.found is None else "differs" if state.differences else "fine"


def _print_table(to: Terminal, states: Sequence[TopicState]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("topic", "holds", "partitions", "copies", "kept", "times by", "state"):
        table.add_column(heading, justify="right" if heading in ("partitions", "copies") else "left")
    styles = {"fine": "green", "missing": "bold red", "differs": "bold yellow"}
    for state in states:
        found, word = state.found, _state(state)
        shown = ["", "", "", ""]
        if found is not None:
            by = "broker" if found.settings.get("message.timestamp.type") == "LogAppendTime" else "producer"
            shown = [f"{found.partitions:,}", f"{found.replicas:,}", _kept(found.settings), by]
        table.add_row(state.wanted.name, state.holds, *shown, Text(word, style=styles[word]))
    show(to.out, table)


def _kept(settings: Mapping[str, str]) -> str:
    if "compact" in settings.get("cleanup.policy", ""):
        return "the last of each key"
    kept = int(settings.get("retention.ms") or -1)
    return "for ever" if kept < 0 else f"{kept / 86_400_000:g} days"


def _print_json(states: Sequence[TopicState]) -> None:
    import msgspec

    for state in states:
        found = state.found
        told = {
            "topic": state.wanted.name,
            "holds": state.holds,
            "state": _state(state),
            "partitions": None if found is None else found.partitions,
            "replicas": None if found is None else found.replicas,
            "settings": None if found is None else found.settings,
            "differences": [
                {"setting": each.setting, "wanted": each.wanted, "found": each.found} for each in state.differences
            ],
        }
        write_line(msgspec.json.encode(told))

"""`beforehand topics`: the topics of a workspace on Kafka, made and described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beforehand.cli.arguments import AsJson, ThisFolder
from beforehand.cli.kafka import kafka
from beforehand.cli.terminal import Exit, Terminal, show, tell, terminal, write_line, wrong_use
from beforehand.cli.workspaces import sound
from models.speech import listed, say, say_count
from streams.kafka.base import PARTITIONS, RETENTION

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
        if any(difference.setting == PARTITIONS for difference in wrong):
            _tell_differences(states, connection)
            raise typer.Exit(Exit.PROBLEMS)
        made = create_missing(connection, states, -1 if replication is None else replication)
    for name in made:
        to.out.print(say("{name}: made.", name=name), soft_wrap=True)
    there, partitions = len(states) - len(made), states[0].wanted.partitions
    to.out.print(
        say_count(
            len(made),
            "1 topic made, {there} there before; {partitions} partitions.",
            "{count} topics made, {there} there before; {partitions} partitions.",
            there=there,
            partitions=partitions,
        ),
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
        tell(
            say_count(
                len(missing),
                "1 topic is missing: {names}. Make it with: beforehand topics create {workspace}",
                "{count} topics are missing: {names}. Make them with: beforehand topics create {workspace}",
                names=listed(missing),
                workspace=workspace,
            )
        )
    _tell_differences(states, connection)
    if missing or any(state.differences for state in states):
        raise typer.Exit(Exit.PROBLEMS)


def _states(connection: Connection, workspace: Path, partitions: int | None) -> list[TopicState]:
    from beforehand.kafka_wiring import topic_states

    read = sound(workspace, stories=False)
    try:
        return topic_states(connection, read, partitions)
    except ValueError as wrong:
        wrong_use(say("{workspace}: {wrong}.", workspace=workspace, wrong=wrong))


def _tell_differences(states: Sequence[TopicState], connection: Connection) -> None:
    for state in states:
        for difference in state.differences:
            tell(_difference(difference, connection.address))


def _difference(difference: Difference, address: str) -> str:
    values = {
        "topic": difference.topic,
        "setting": difference.setting,
        "wanted": difference.wanted,
        "found": difference.found or "?",
        "address": address,
    }
    if difference.setting == PARTITIONS:
        return say(
            "{topic} has {found} partitions instead of {wanted}. All topics of events need as many, for a customer's "
            "partition follows from it. Take --partitions {found}; or, if nobody needs what it holds, let it be made "
            "anew: kafka-topics.sh --bootstrap-server {address} --delete --topic {topic}",
            **values,
        )
    return say(
        "{topic} has {setting}={found} instead of {wanted}. Put it right: kafka-configs.sh --bootstrap-server "
        "{address} --alter --topic {topic} --add-config {setting}={wanted}",
        **values,
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
    kept = int(settings.get(RETENTION) or -1)
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

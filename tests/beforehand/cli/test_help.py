from __future__ import annotations

import pytest

from tests.beforehand.cli.commands import call, hold_to

COMMANDS = ["init", "generate", "check", "fmt", "explain", "test", "schema", "run", "replay", "publish", "tail"]
COMMANDS += ["worker", "publish-rules", "repartition"]
GROUPED = ["topics create", "topics describe", "deadletters", "deadletters send-again", "rules list", "rules rollback"]


@pytest.mark.parametrize("command", [*COMMANDS, *GROUPED])
def test_help_says_what_a_command_does_and_shows_how(command: str) -> None:
    """The help of each command is as it was read and approved, with examples."""
    result = call(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"beforehand {command}" in result.stdout.partition("Examples:")[2]
    hold_to(f"help-{command.replace(' ', '-')}.txt", result.stdout)


def test_the_front_page_names_every_command() -> None:
    """`beforehand --help` lists the commands in the order in which they are used."""
    result = call("--help")
    assert result.exit_code == 0
    places = [result.stdout.index(f" {command} ") for command in COMMANDS]
    assert places == sorted(places)
    hold_to("help.txt", result.stdout)


@pytest.mark.parametrize("arguments", [["frobnicate"], ["run"], ["check", "--frobnicate"], ["run", "x", "--speed"]])
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    """An unknown command or option, and a missing argument, is wrong use."""
    assert call(*arguments).exit_code == 2

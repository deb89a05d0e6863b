"""The command in the user's language: which one that is, its help, and what it says of wrong use.

Typer makes the commands anew for each call, from sentences in English; for another language they are translated there,
before anything is shown.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from models.speech import Tongue, say, sentence, speaking, spoken, tongue_of

OPTION = "--language"
#: What Typer says in English of wrong use; the values stand at the places.
_WRONG_USE = (
    sentence("No such option: {name} (Possible options: {names})"),
    sentence("No such option: {name}"),
    sentence("No such command {name}. {hint}"),
    sentence("No such command {name}."),
    sentence("Missing command."),
    sentence("Missing argument {name}."),
    sentence("Missing option {name}."),
    sentence("Got unexpected extra argument(s) ({names})"),
    sentence("Got unexpected extra argument ({names})"),
    sentence("Option {name} requires an argument."),
    sentence("Option {name} does not take a value."),
    sentence("Invalid value for {name}: {problem}"),
)
#: The same of a value.
_WRONG_VALUE = (
    sentence("Value error, {value} is not one of {values}."),
    sentence("{value} is not one of {values}."),
    sentence("Input should be a valid integer, unable to parse string as an integer"),
    sentence("Input should be a valid number, unable to parse string as a number"),
    sentence("Input should be greater than or equal to {least}"),
    sentence("Input should be less than or equal to {most}"),
)
#: The headings of help in Rich, and what stands in brackets behind an option.
_TITLES = {
    "ARGUMENTS_PANEL_TITLE": sentence("Arguments"),
    "OPTIONS_PANEL_TITLE": sentence("Options"),
    "COMMANDS_PANEL_TITLE": sentence("Commands"),
    "ERRORS_PANEL_TITLE": sentence("Error"),
    "DEFAULT_STRING": sentence("[default: {{}}]"),
    "REQUIRED_LONG_STRING": sentence("[required]"),
    "RICH_HELP": sentence("Try [blue]'{{command_path}} {{help_option}}'[/] for help."),
}


def asked_for(arguments: Sequence[str], environment: Mapping[str, str]) -> Tongue:
    """The language of `--language` before the command, else that of the environment."""
    for number, argument in enumerate(arguments):
        if not argument.startswith("-"):
            break
        name, _, value = argument.partition("=")
        if name == OPTION:
            value = value or next(iter(arguments[number + 1 : number + 2]), "")
            return Tongue(value) if value in set(Tongue) else tongue_of(environment)
    return tongue_of(environment)


class Command(TyperCommand):
    """A command whose usage is said in the language of the moment."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line of usage."""
        formatter.write_usage(ctx.command_path, _pieces(self.collect_usage_pieces(ctx)), say("Usage: "))


class Commands(TyperGroup):
    """The whole command. It speaks the language that is asked for, and translates the help of its commands."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line of usage."""
        formatter.write_usage(ctx.command_path, _pieces(self.collect_usage_pieces(ctx)), say("Usage: "))

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command in the language that is asked for."""
        given = args[0] if args else extra.get("args")
        arguments = sys.argv[1:] if given is None else list(given)
        with speaking(asked_for(arguments, os.environ)):
            if spoken() is Tongue.ENGLISH:
                return super().main(*args, **extra)
            with titles():
                for command in all_commands(self):
                    translate(command)
                return super().main(*args, **extra)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the options before the command."""
        with _told():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is named."""
        with _told():
            return super().invoke(ctx)


def all_commands(command: TyperCommand | TyperGroup | Any) -> Iterator[TyperCommand | TyperGroup | Any]:
    """A command, and all that are in it."""
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from all_commands(one)


def translate(command: TyperCommand | TyperGroup | Any) -> None:
    """Put the help of a command, of its arguments and options, into the language of the moment."""
    command.help, command.epilog = _said(command.help), _said_example(command.epilog)
    context = typer.Context(command, help_option_names=["-h", "--help"])
    for parameter in command.get_params(context):
        if isinstance(parameter, TyperArgument | TyperOption):
            parameter.help = _said(parameter.help)
            if isinstance(parameter.show_default, str):
                parameter.show_default = _said(parameter.show_default) or True


def sentences_of(command: TyperCommand | TyperGroup | Any) -> Iterator[str]:
    """The sentences of a command's help, as `say` knows them."""
    context = typer.Context(command, help_option_names=["-h", "--help"])
    parameters = [one for one in command.get_params(context) if isinstance(one, TyperArgument | TyperOption)]
    found = [command.help, *(one.help for one in parameters), *(one.show_default for one in parameters)]
    yield from (_sentence(text) for whole in found if isinstance(whole, str) for text in whole.split("\n\n"))


@contextmanager
def titles() -> Iterator[None]:
    """The headings of help are said in the language of the moment."""
    from typer import rich_utils

    before = {name: getattr(rich_utils, name) for name in _TITLES}
    try:
        for name, title in _TITLES.items():
            setattr(rich_utils, name, say(title))
        yield
    finally:
        for name, title in before.items():
            setattr(rich_utils, name, title)


def _said(text: str | None) -> str | None:
    return text and "\n\n".join(say(_sentence(one)) for one in text.split("\n\n"))


def _sentence(text: str) -> str:
    """A paragraph of help as a sentence without values: its braces are braces."""
    return text.replace("{", "{{").replace("}", "}}")


def _said_example(text: str | None) -> str | None:
    return text and text.replace("Examples:", say("Examples:"), 1)


def _pieces(pieces: Sequence[str]) -> str:
    return " ".join(say(piece) if piece in _PIECES else piece for piece in pieces)


_PIECES = frozenset({sentence("[OPTIONS]"), sentence("COMMAND [ARGS]...")})


class _Told(typer.BadParameter):
    """Wrong use whose whole message has been said."""

    def format_message(self) -> str:
        return self.message


@contextmanager
def _told() -> Iterator[None]:
    """Wrong use is told in the language of the moment."""
    try:
        yield
    except typer.TyperException as wrong:
        told = None if spoken() is Tongue.ENGLISH else _told_of(wrong.format_message(), _WRONG_USE)
        if told is None:
            raise
        raise _Told(told, ctx=getattr(wrong, "ctx", None)) from None


def _told_of(message: str, known: Sequence[str]) -> str | None:
    """What one of the known sentences says with the values of a message; None if it is none of them."""
    for one in known:
        form = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(one))
        if found := re.fullmatch(form, message, re.DOTALL):
            values = found.groupdict()
            if "problem" in values:
                values["problem"] = _told_of(values["problem"], _WRONG_VALUE) or values["problem"]
            return say(one, **values)
    return None

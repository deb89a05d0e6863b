"""The reference of the command line in another language than English, as Typer makes the English one."""

from __future__ import annotations

import sys

import typer
from typer.cli import get_docs_for_click
from typer.core import MARKUP_MODE_KEY, TyperGroup

from beforehand.cli import app
from beforehand.cli.speaking import all_commands, translate
from models.speech import Tongue, say, speaking

TITLES = {Tongue.CHINESE: "命令行"}


def page(tongue: Tongue) -> str:
    """The page, in Markdown."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    with speaking(tongue):
        for command in all_commands(group):
            translate(command)
            # Typer would cut a sentence without spaces after 45 signs.
            command.short_help = (command.help or "").partition("\n\n")[0]
        context = typer.Context(
            group, info_name="beforehand", help_option_names=["--help"], obj={MARKUP_MODE_KEY: "rich"}
        )
        text = get_docs_for_click(obj=group, ctx=context, name="beforehand", title=TITLES[tongue])
        for english, said in _frame().items():
            text = text.replace(english, said)
    return text


def _frame() -> dict[str, str]:
    """What Typer writes in English around the sentences of the help -> the same in the language of the moment."""
    titles = {f"**{title}**:": f"**{say(title)}**" for title in ("Arguments", "Options", "Commands")}
    pieces = {piece: say(piece) for piece in ("[OPTIONS]", "COMMAND [ARGS]...", "[required]")}
    usage = say("Usage: ").rstrip(": ：")
    return {**titles, **pieces, "**Usage**:": f"**{usage}**", "[default: ": say("[default: {{}}]").partition("{")[0]}


if __name__ == "__main__":
    print(page(Tongue(sys.argv[1])))

"""The `beforehand` command: one module per subcommand, each importing what it needs only when it runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated

import typer

from beforehand.cli.check import check
from beforehand.cli.deadletters import list_letters, send_again
from beforehand.cli.explain import explain
from beforehand.cli.fmt import fmt
from beforehand.cli.generate import generate
from beforehand.cli.init import init
from beforehand.cli.publish import publish
from beforehand.cli.repartition import repartition
from beforehand.cli.replay import replay
from beforehand.cli.rules import list_rules, publish_rules, rollback
from beforehand.cli.run import run
from beforehand.cli.schema import schema
from beforehand.cli.speaking import Command, Commands
from beforehand.cli.tail import tail
from beforehand.cli.test import run_tests
from beforehand.cli.topics import create, describe
from beforehand.cli.worker import worker
from models.speech import Tongue

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Recognises customers' situations as they happen, and acts beforehand.",
)


def _example(*lines: str) -> str:
    """Examples under a command's help, each on a line of its own: a block of code where the help becomes a page."""
    return "Examples:\n\n" + "\n".join(f"    {line}" for line in lines)


def _print_version(wanted: bool) -> None:
    if wanted:
        from beforehand import __version__

        typer.echo(f"beforehand {__version__}")
        raise typer.Exit


@app.callback()
def beforehand(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
    language: Annotated[
        Tongue | None, typer.Option(help="The language of all that is said.", show_default="that of the terminal")
    ] = None,
) -> None:
    """Recognises customers' situations as they happen, and acts beforehand.

    Ends with 0 if all is well, with 1 if it found problems, with 2 if it cannot be done as asked.
    """


def _add(command: Callable[..., None], name: str, *examples: str, to: typer.Typer = app) -> None:
    """A subcommand."""
    to.command(name, cls=Command, help=_help(command), epilog=_example(*examples))(command)


def _help(command: Callable[..., None]) -> str:
    """The function's text, where a line break within a paragraph means nothing."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


_add(
    init,
    "init",
    "beforehand init",
    "beforehand init shop --pack retail",
    "beforehand init shop --pack telecom --language zh",
)
_add(
    generate,
    "generate",
    "beforehand generate telecom day.jsonl",
    "beforehand generate telecom day.jsonl.gz --customers 20000 --seed 7 --day 2026-05-01",
    "beforehand generate retail year.jsonl",
)
_add(check, "check", "beforehand check", "beforehand check shop --json", "beforehand check shop --against contract")
_add(
    fmt,
    "fmt",
    "beforehand fmt shop",
    "beforehand fmt shop --fix",
    "beforehand fmt shop --language zh",
    "beforehand fmt shop/rules/data-nearly-used.yaml --diff",
    "beforehand fmt shop --check",
)
_add(
    explain,
    "explain",
    "beforehand explain data-nearly-used --workspace shop",
    "beforehand explain data-nearly-used --workspace shop --language zh",
)
_add(run_tests, "test", "beforehand test", "beforehand test shop first-thirty-days")
_add(
    schema,
    "schema",
    "beforehand schema shop",
    "beforehand schema shop --out contract",
    "beforehand schema shop --asyncapi",
    "beforehand schema shop --files shop/.vscode/beforehand",
    "beforehand schema --kind rule",
)
_add(
    run,
    "run",
    "beforehand run shop --events day.jsonl",
    "beforehand run shop --events day.jsonl --speed 600x",
    "beforehand run shop --events day.jsonl.gz --state state --out decisions.jsonl",
    "tail -f events.jsonl | beforehand run shop --events - --json",
    "tail -f events.jsonl | beforehand run shop --events - --watch --state state",
)
_add(
    replay,
    "replay",
    "beforehand replay shop --events year.jsonl",
    'beforehand replay shop --events year.jsonl --until "2017-06-30 12:00"',
    "beforehand replay shop --events year.jsonl --json > decisions.jsonl",
)

topics = typer.Typer(cls=Commands, no_args_is_help=True, help="The topics of a workspace on Kafka.")
app.add_typer(topics, name="topics")
_add(
    create,
    "create",
    "beforehand topics create shop",
    "beforehand topics create shop --partitions 48 --replication 3",
    to=topics,
)
_add(describe, "describe", "beforehand topics describe shop", "beforehand topics describe shop --json", to=topics)
_add(
    publish,
    "publish",
    "beforehand publish day.jsonl --workspace shop --now",
    "beforehand publish day.jsonl --workspace shop --now --rate 200",
    "beforehand publish day.jsonl --workspace shop --recorded",
)
_add(
    tail,
    "tail",
    "beforehand tail decisions",
    "beforehand tail handoff.sms --from-beginning",
    "beforehand tail events.consumption --customer c-1001 --count 5 --json",
)
deadletters = typer.Typer(cls=Commands, invoke_without_command=True)
deadletters.callback(
    help=_help(list_letters),
    epilog=_example(
        "beforehand deadletters",
        'beforehand deadletters --reason "unknown type" --about teleported --since 2026-03-02',
        "beforehand deadletters --open --json > letters.jsonl",
        "beforehand deadletters --state state",
        "beforehand deadletters --state state --raw >> day.jsonl",
    ),
)(list_letters)
app.add_typer(deadletters, name="deadletters")
_add(
    send_again,
    "send-again",
    "beforehand deadletters send-again --dry-run",
    'beforehand deadletters send-again --reason "unknown type" --about teleported',
    "beforehand deadletters send-again events.consumption/3@42",
    to=deadletters,
)
_add(worker, "worker", "beforehand worker shop", "BEFOREHAND_KAFKA=kafka:9092 beforehand worker shop")
_add(
    publish_rules,
    "publish-rules",
    "beforehand publish-rules shop",
    'beforehand publish-rules shop --from "2026-03-02 10:00"',
)
rules = typer.Typer(no_args_is_help=True, help="The rule sets that workers decide by.")
app.add_typer(rules, name="rules")
_add(list_rules, "list", "beforehand rules list", "beforehand rules list --json", to=rules)
_add(rollback, "rollback", "beforehand rules rollback", "beforehand rules rollback 3", to=rules)
_add(repartition, "repartition", "beforehand repartition --partitions 48")

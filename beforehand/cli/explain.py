"""`beforehand explain`: rules in plain sentences, made from what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from beforehand.cli.arguments import AsJson
from beforehand.cli.completion import rules as rules_typed
from beforehand.cli.completion import workspaces
from beforehand.cli.terminal import Terminal, show, terminal, visible_lines, write_line, wrong_use
from beforehand.cli.workspaces import sound
from models.speech import listed, say, spoken
from rules.language.keywords import Language

if TYPE_CHECKING:
    from rules.sentences.explanation import Explanation, Sentence


def explain(
    rules: Annotated[
        list[str],
        typer.Argument(metavar="RULE", help="Ids of rules.", show_default=False, autocompletion=rules_typed),
    ],
    *,
    workspace: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="The folder of the workspace.",
            show_default="this folder",
            autocompletion=workspaces,
        ),
    ] = Path(),
    language: Annotated[
        Language | None, typer.Option(help="The language of the sentences.", show_default="that of the terminal")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say in plain sentences what a rule does.

    When it acts, for whom and not for whom, what is sent and what follows later, how often, how it is measured, and
    what its facts mean. The sentences are made from the rule as it was understood, not from its text.
    """
    from rules.problems import suggestion
    from rules.sentences.explain import explain as told

    read = sound(workspace, stories=False)
    known = {file.rule.id: file for file in read.rules}
    for name in rules:
        if name not in known:
            hint = suggestion(name, known) or say("There are: {names}.", names=listed(known))
            wrong_use(say('{workspace} has no rule "{name}". {hint}', workspace=workspace, name=name, hint=hint))
    to = terminal()
    for name in dict.fromkeys(rules):
        explanation = told(known[name], read, language or Language(spoken()))
        if json:
            write_line(_encode(explanation))
        else:
            _print(to, explanation)


def _encode(explanation: Explanation) -> bytes:
    import msgspec

    return msgspec.json.encode(explanation)


def _print(to: Terminal, explanation: Explanation) -> None:
    to.out.print(Text(visible_lines(explanation.title), style="bold"), soft_wrap=True)
    origin = " · ".join(filter(None, (explanation.rule, explanation.owner)))
    to.out.print(Text(visible_lines(origin), style="dim"), soft_wrap=True)
    if explanation.because:
        to.out.print(Text(visible_lines(explanation.because), style="italic"))
    for section in explanation.sections:
        to.out.print()
        to.out.print(Text(section.heading, style="bold cyan"))
        _print_sentences(to, section.sentences, 1)
    to.out.print()


def _print_sentences(to: Terminal, sentences: Iterable[Sentence], depth: int) -> None:
    for sentence in sentences:
        show(to.out, Padding(Text(visible_lines(sentence.text)), (0, 0, 0, 2 * depth)))
        _print_sentences(to, sentence.under, depth + 1)

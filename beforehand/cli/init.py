"""`beforehand init`: a workspace to begin with, copied from a pack."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from beforehand.cli.completion import packs
from beforehand.cli.editor import SCHEMAS, SETTINGS, write_schemas, write_settings
from beforehand.cli.terminal import Terminal, show, terminal, wrong_use
from models.speech import listed, say, say_count
from rules.language.keywords import Language

_VOCABULARY = "vocabulary.yaml"


def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder to make.", show_default=False)
    ] = None,
    *,
    pack: Annotated[
        str | None, typer.Option(metavar="NAME", help="The pack to copy.", show_default=False, autocompletion=packs)
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="The language of its phrases, keys and names.", show_default="as it was written"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Copy into a folder that is not empty.")] = False,
) -> None:
    """Make a workspace from a pack.

    A pack has a vocabulary, rules with their tests, offers and a policy. Without --pack the packs are listed. What
    is copied is yours to change; `beforehand check` says what no longer fits. Each pack comes in English or Chinese.
    VS Code with the YAML extension completes and underlines its files.
    """
    to = terminal()
    known = {one.name: one for one in _packs()}
    if folder is None or pack is None:
        _list(to, list(known.values()))
        if folder is not None or pack is not None:
            missing = "--pack NAME" if pack is None else "DIR"
            wrong_use(
                say(
                    "{missing} is missing: beforehand init {folder} --pack {pack}",
                    missing=missing,
                    folder=folder or "DIR",
                    pack=pack or "NAME",
                )
            )
        return
    if pack not in known:
        from rules.problems import suggestion

        near = suggestion(pack, known) or say("There are: {names}.", names=listed(known))
        wrong_use(say('there is no pack "{pack}". {near}', pack=pack, near=near))
    if folder.exists() and not folder.is_dir():
        wrong_use(say("{folder} is a file; name a folder.", folder=folder))
    if folder.is_dir() and any(folder.iterdir()) and not force:
        wrong_use(say("{folder} is not empty. Name another folder, or write --force to copy into it.", folder=folder))
    try:
        files = list(_copied(known[pack], folder))
        if language is not None:
            _translate(folder, files, language)
        settled = _set_up_editor(folder, language or Language.ENGLISH)
    except OSError as wrong:
        wrong_use(say("{folder}: it can't be written ({wrong}).", folder=folder, wrong=wrong.strerror or wrong))
    _tell(to, folder, pack, files)
    if not settled:
        to.err.print(
            say(
                "{folder}/{settings} is left as it is; {schemas} has schemas for your editor.",
                folder=folder,
                settings=SETTINGS,
                schemas=SCHEMAS,
            ),
            soft_wrap=True,
        )


def pack_names() -> list[str]:
    """The names of the packs there are."""
    return [one.name for one in _packs()]


def packs_in_a_sentence() -> list[str]:
    """What each pack is, in a sentence."""
    return [_about(one) for one in _packs()]


def _packs() -> Iterator[Traversable]:
    root = resources.files("rules") / "packs"
    yield from sorted((one for one in root.iterdir() if (one / _VOCABULARY).is_file()), key=lambda one: one.name)


def _copied(pack: Traversable, folder: Path) -> Iterator[Path]:
    """Copies the files of a pack, and names each."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in sorted(pack.iterdir(), key=lambda one: one.name):
        target = folder / one.name
        if one.is_dir() and one.name != "__pycache__":
            yield from _copied(one, target)
        elif one.is_file():
            target.write_bytes(one.read_bytes())
            yield target


def _translate(folder: Path, files: list[Path], language: Language) -> None:
    from rules.formatting.files import content_of, formatted, text_of

    contents = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files if file.suffix == ".yaml"}
    for one in formatted(folder, {name: text_of(content) for name, content in contents.items()}, language=language):
        (folder / one.file).write_bytes(content_of(one.after, contents[one.file]))


def _set_up_editor(folder: Path, language: Language) -> bool:
    """Lets VS Code complete and underline the files; False if it has settings of its own already."""
    from rules.workspace.workspace import load

    write_schemas(folder / SCHEMAS, load(folder, stories=False).readable, language)
    return write_settings(folder)


def _list(to: Terminal, packs: list[Traversable]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(say("pack"))
    table.add_column(say("rules"), justify="right")
    table.add_column(say("what it is"))
    for pack in packs:
        rules = [one for one in (pack / "rules").iterdir() if one.name.endswith(".yaml")]
        table.add_row(pack.name, str(len(rules)), say(_about(pack)))
    show(to.out, table)


def _about(pack: Traversable) -> str:
    """The first sentence of its README, below the title."""
    readme = pack / "README.md"
    if not readme.is_file():
        return ""
    paragraphs = readme.read_text(encoding="utf-8").split("\n\n")
    return " ".join(paragraphs[1].split()).partition(". ")[0].rstrip(":") if len(paragraphs) > 1 else ""


def _tell(to: Terminal, folder: Path, pack: str, files: list[Path]) -> None:
    rules = [file for file in files if file.parent.name == "rules"]
    said = Text(f"{folder}", style="bold")
    told = say_count(
        len(rules),
        " is a workspace now: {count:,} rule of the pack {pack}.",
        " is a workspace now: {count:,} rules of the pack {pack}.",
        pack=pack,
    )
    said.append(told, style="not bold")
    to.out.print(said, soft_wrap=True)
    to.out.print(say("What to try next:"), style="dim")
    events = folder / "events.jsonl"
    for command in (
        f"beforehand check {folder}",
        f"beforehand test {folder}",
        f"beforehand generate {pack} {events}",
        f"beforehand run {folder} --events {events}",
    ):
        to.out.print(f"  {command}", style="cyan", soft_wrap=True)

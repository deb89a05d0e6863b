"""The tables of translated sentences: brings them up to date with the code, or says what is wrong with them.

`docs/sentences.py` collects the sentences of the code (`say`, `say_count`, `sentence`, the help of the commands, what
packs are) into `models/translations/*.po`: new ones without a translation, those that are gone left out. With `--check`
nothing is written; every problem is printed, and it ends with 1 if there is one.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from beforehand.cli import app
from beforehand.cli.init import packs_in_a_sentence
from beforehand.cli.speaking import all_commands, sentences_of
from models.speech import TABLES, Tongue

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("beforehand", "models", "rules", "streams")
#: Function -> which of its arguments are sentences; `say_count` has a form for one and another for more.
KEYWORDS = {"say": (0,), "sentence": (0,), "say_count": (1, 2)}
TRANSLATED = tuple(tongue for tongue in Tongue if tongue is not Tongue.ENGLISH)
#: What editors of tables want to know.
_HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: {plural}\n"

"""


@cache
def sentences() -> Catalog:
    """All sentences of the code, each with the files it stands in."""
    found = Catalog()
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            for message in sentences_in(ast.parse(file.read_text("utf-8"))):
                found.add(message, locations=[(name, 0)])
    for command in all_commands(typer.main.get_command(app)):
        for sentence in sentences_of(command):
            found.add(sentence, locations=[("the help of the commands", 0)])
    for sentence in packs_in_a_sentence():
        found.add(sentence, locations=[("the packs", 0)])
    return found


def sentences_in(tree: ast.Module) -> Iterator[str | tuple[str, ...]]:
    """The sentences of a module: one, or the two forms of one. (Babel's own extraction passes over calls in calls.)"""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        places = KEYWORDS.get(node.func.id, ())
        texts = [node.args[place] for place in places if place < len(node.args)]
        said = [text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)]
        if said and len(said) == len(places):
            yield said[0] if len(said) == 1 else tuple(said)


def table(tongue: Tongue) -> Catalog:
    """What is translated so far."""
    file = TABLES / f"{tongue}.po"
    if not file.exists():
        return Catalog(locale=tongue.value)
    with file.open(encoding="utf-8") as text:
        return read_po(text, locale=tongue.value, abort_invalid=True)


def brought_up_to_date(tongue: Tongue) -> Catalog:
    """The table with all sentences of the code, and no others."""
    before = table(tongue)
    after = Catalog(locale=tongue.value, project="Beforehand", charset="utf-8")
    for message in sentences():
        if message.id:
            known = before.get(_key(message))
            said = known.string if known is not None and known.id == message.id else ""
            added = after.add(message.id, said, locations=[(name, 0) for name in dict(message.locations)])
            added.flags.discard("python-format")  # a percentage looks like one
    return after


def text_of(catalog: Catalog) -> str:
    """The table as it is kept: by sentence, each on one line, without dates, so that changes meet seldom."""
    file = io.BytesIO()
    write_po(file, catalog, width=0, sort_output=True, omit_header=True, include_lineno=False)
    header = _HEADER.format(language=catalog.locale_identifier, plural=catalog.plural_forms)
    return header + file.getvalue().decode("utf-8").strip() + "\n"


def problems(tongue: Tongue) -> Iterator[str]:
    """What is wrong with a table: what is not translated, what nobody says, and values that come or go."""
    catalog, said = table(tongue), {_key(message) for message in sentences() if message.id}
    for message in catalog:
        if message.id and _key(message) not in said:
            yield f"{tongue}: nobody says {_key(message)!r}"
        if message.id and message.fuzzy:
            yield f"{tongue}: {_key(message)!r} is marked as fuzzy"
    known = {_key(message): message for message in catalog if message.id}
    for key in sorted(said):
        translated = _string(known[key]) if key in known else ""
        if not translated:
            yield f"{tongue}: {key!r} has no translation; type `make sentences`, and write it"
        elif places(_last(known[key])) != places(translated):
            yield f"{tongue}: {key!r} has other values than {translated!r}"
    if text_of(brought_up_to_date(tongue)) != _kept(tongue):
        yield f"{tongue}: not in the form in which it is kept; type `make sentences`"


def places(sentence: str) -> set[str]:
    """The named places of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def _kept(tongue: Tongue) -> str:
    return (TABLES / f"{tongue}.po").read_text("utf-8")


def _key(message: Message) -> str:
    """The sentence; of two forms the one for 1."""
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _last(message: Message) -> str:
    """The sentence; of two forms the one for more, which has all places."""
    return message.id if isinstance(message.id, str) else str(message.id[-1])


def _string(message: Message) -> str:
    said = message.string or ""
    return said if isinstance(said, str) else str(said[0])


def main(arguments: list[str]) -> int:
    """Check, or bring up to date; the exit code."""
    if "--check" not in arguments:
        for tongue in TRANSLATED:
            (TABLES / f"{tongue}.po").write_text(text_of(brought_up_to_date(tongue)), encoding="utf-8")
    found = [problem for tongue in TRANSLATED for problem in problems(tongue)]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

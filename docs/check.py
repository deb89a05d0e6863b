"""Documents that cannot rot: checks what the pages say about the code, and writes the pages that are made from it.

`docs/check.py` prints every problem and ends with 1 if there is one; with `--write` it writes those pages first.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
#: Page -> the module that prints it, with its arguments: the help of the command, the tables of the parser.
MADE_PAGES = {
    REFERENCE / "command-line.md": [
        *("typer", "beforehand.cli", "utils", "docs", "--name", "beforehand", "--title", "Command line"),
    ],
    REFERENCE / "command-line.zh.md": ["docs.command_line", "zh"],
    REFERENCE / "language.en.md": ["docs.language_reference", "en"],
    REFERENCE / "language.zh.md": ["docs.language_reference", "zh"],
    REFERENCE / "settings.md": ["docs.settings_reference"],
}

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
MADE = re.compile(r"\bmake ((?:[A-Z]+=\S+ )*)([a-z][a-z-]*)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
CODE_SPAN = re.compile(r"`([^`\n]+)`|^ *(make .*)$", re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown page that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in sorted(set(listed.stdout.split("\n"))) if name and (ROOT / name).exists()]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as Markdown viewers make them."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    """What is wrong with a page's links to other pages, files and headings of the project."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if "://" in target or target.startswith("mailto:"):
            continue
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: the link to {target} leads nowhere"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: {path or 'this page'} has no heading for #{anchor}"


def unknown_targets(page: Path) -> Iterator[str]:
    """What a page tells to `make` though the Makefile has no such target."""
    known = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    for span, line in CODE_SPAN.findall(page.read_text(encoding="utf-8")):
        for _, target in MADE.findall(span or line):
            if target not in known:
                yield f"{page.relative_to(ROOT)}: the Makefile has no target {target}"


def made(page: Path) -> str:
    """What a page that is made from the code says now."""
    command = [sys.executable, "-X", "utf8", "-m", *MADE_PAGES[page]]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    return printed.stdout.rstrip() + "\n"


def stale_pages() -> Iterator[str]:
    """Pages made from the code that no longer say what the code does."""
    for page in MADE_PAGES:
        if not page.exists() or page.read_text(encoding="utf-8") != made(page):
            yield f"{page.relative_to(ROOT)}: not what the code says now; type `make docs`"


def untranslated() -> Iterator[str]:
    """Sentences of the code that are not in the tables of translations as they should be."""
    command = [sys.executable, "-X", "utf8", "-m", "docs.sentences", "--check"]
    printed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, encoding="utf-8")
    yield from (printed.stdout or printed.stderr).splitlines()


def main(arguments: list[str]) -> int:
    """Check, after writing if asked to; the exit code."""
    if "--write" in arguments:
        REFERENCE.mkdir(parents=True, exist_ok=True)
        for page in MADE_PAGES:
            page.write_text(made(page), encoding="utf-8")
    per_page = chain.from_iterable(chain(broken_links(page), unknown_targets(page)) for page in pages())
    problems = [*per_page, *stale_pages(), *untranslated()]
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(pages())} pages: every link leads somewhere, and what is made from the code is as the code is")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Documents that cannot rot: checks what the pages say about the code, and writes the page that is made from it.

`docs/check.py` prints every problem and ends with 1 if there is one; with `--write` it writes the page first.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND_LINE = ROOT / "docs" / "reference" / "command-line.md"

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


def command_line() -> str:
    """The reference of the `beforehand` command, from its own help."""
    typer = ["-m", "typer", "beforehand.cli", "utils", "docs", "--name", "beforehand", "--title", "Command line"]
    made = subprocess.run([sys.executable, *typer], cwd=ROOT, check=True, capture_output=True, text=True)
    return made.stdout.rstrip() + "\n"


def stale_pages() -> Iterator[str]:
    """Pages made from the code that no longer say what the code does."""
    if not COMMAND_LINE.exists() or COMMAND_LINE.read_text(encoding="utf-8") != command_line():
        yield f"{COMMAND_LINE.relative_to(ROOT)}: not what the command line is now; type `make docs`"


def main(arguments: list[str]) -> int:
    """Check, after writing if asked to; the exit code."""
    if "--write" in arguments:
        COMMAND_LINE.parent.mkdir(parents=True, exist_ok=True)
        COMMAND_LINE.write_text(command_line(), encoding="utf-8")
    per_page = chain.from_iterable(chain(broken_links(page), unknown_targets(page)) for page in pages())
    problems = [*per_page, *stale_pages()]
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(pages())} pages: every link leads somewhere, and the command line is as described")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

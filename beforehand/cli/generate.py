"""`beforehand generate`: events for a pack, made up or converted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from beforehand.cli.terminal import Terminal, terminal, wrong_use
from models.speech import listed, say, sentence

_PACKS = ("telecom", "retail")


def generate(
    pack: Annotated[
        str,
        typer.Argument(
            metavar="PACK", help="telecom (a made-up day) or retail (a real year).", autocompletion=lambda: _PACKS
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; .gz compresses it.")],
    *,
    customers: Annotated[int, typer.Option(min=1, help="telecom: how many customers.")] = 2000,
    seed: Annotated[int, typer.Option(help="telecom: equal seeds give equal bytes.")] = 1,
    day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", show_default="2026-03-20", help="telecom: the day.")
    ] = datetime(2026, 3, 20),  # noqa: DTZ001 (a date)
    broken: Annotated[bool, typer.Option("--broken", help="telecom: add lines that nobody can read.")] = False,
) -> None:
    """Write events for a pack.

    A made-up day for telecom, a converted year of real shopping for retail. The year of retail needs the data of
    the extra `retail`; `make retail` installs them.
    """
    if pack not in _PACKS:
        wrong_use(
            say('there are no events for "{pack}". There are some for: {names}.', pack=pack, names=listed(_PACKS))
        )
    to = terminal()
    began = perf_counter()
    try:
        lines = _telecom(to, file, customers, seed, day, broken=broken) if pack == "telecom" else _retail(to, file)
    except OSError as wrong:
        wrong_use(say("{file}: it can't be written ({wrong}).", file=file, wrong=wrong.strerror or wrong))
    to.out.print(
        say(
            "{file}: {lines:,} lines in {seconds:.1f} s.",
            file=file,
            lines=lines,
            seconds=perf_counter() - began,
        ),
        soft_wrap=True,
    )


def _telecom(to: Terminal, file: Path, customers: int, seed: int, day: datetime, *, broken: bool) -> int:
    from beforehand.cli.progress import watched
    from beforehand.packs.telecom import day as telecom

    with watched(to, say("Making up a day"), sentence("customers")) as bar:
        counts = telecom.generate(
            file, customers=customers, seed=seed, day=day.date(), broken=broken, progress=bar.told
        )
    return counts.lines


def _retail(to: Terminal, file: Path) -> int:
    from beforehand.cli.progress import watched
    from beforehand.packs.retail.complete_journey import convert
    from beforehand.packs.retail.tables import RetailDataMissing

    try:
        with watched(to, say("Converting a year"), sentence("lines")) as bar:
            return convert(file, progress=bar.told).events
    except RetailDataMissing as missing:
        wrong_use(str(missing))

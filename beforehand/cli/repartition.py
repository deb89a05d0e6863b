"""`beforehand repartition`: more partitions for the topics of events."""

from __future__ import annotations

from typing import Annotated

import typer

from beforehand.cli.terminal import terminal, wrong_use
from models.speech import say, say_count, sentence


def repartition(
    *,
    partitions: Annotated[
        int, typer.Option(min=1, max=10_000, metavar="N", help="Partitions that each topic of events is to have.")
    ],
) -> None:
    """Give the topics of events more partitions, and move all customers to theirs.

    A customer's partition follows from the number of partitions, so her record moves. Stop the producers, let the
    workers read to the end, stop them; then type this, and start everything again. It is refused as long as something
    is still to be read or published. If it is broken off, nothing is lost: type it again.
    """
    from beforehand.cli.progress import watched
    from beforehand.repartitioning import repartition as carry_out
    from beforehand.settings import SettingsError, read_settings
    from streams.kafka.base import KafkaTrouble
    from streams.stores.base import StoreError
    from streams.worker.repartition import NotDrained

    to = terminal()
    try:
        with watched(to, say("Moving"), sentence("customers")) as bar:
            moved = 0

            def copied(number: int) -> None:
                nonlocal moved
                moved += number
                bar.told(moved, None, say("Moving"), sentence("customers"))

            customers = carry_out(read_settings(), partitions, copied)
    except SettingsError as wrong:
        wrong_use(str(wrong))
    except (KafkaTrouble, StoreError, NotDrained) as wrong:
        wrong_use(say("{wrong}.", wrong=wrong))
    to.out.print(
        say_count(
            customers,
            "{partitions} partitions, {count:,} customer. Start the workers and the producers again.",
            "{partitions} partitions, {count:,} customers. Start the workers and the producers again.",
            partitions=partitions,
        )
    )

"""`python -m servers install` fetches what is not here. `python -m servers run`: a Kafka and a Redis, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from servers.jars import NotFetched, kafka_folder
from servers.kafka import Kafka, keep_loaded_classes
from servers.programs import PACKAGES, NotInstalled, install
from servers.redis import Redis


def main(arguments: list[str]) -> int:
    """0, or 1 with what to do on standard error, or 2 with how it is called."""
    try:
        match arguments:
            case ["install"]:
                install_all()
            case ["run", *folder]:
                run(Path(folder[0] if folder else tempfile.mkdtemp(prefix="servers-")))
            case _:
                sys.stderr.write("python -m servers install | run [FOLDER]\n")
                return 2
    except (NotInstalled, NotFetched) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def install_all() -> None:
    """All programs, and the jars and classes of Kafka; nothing is done for what is here."""
    install(list(PACKAGES))
    kafka_folder()
    keep_loaded_classes()


def run(folder: Path) -> None:
    """A Kafka and a Redis on `folder` until Ctrl-C."""
    kafka, redis = Kafka(folder / "kafka", quick_start=False), Redis(folder / "redis")
    sys.stdout.write(f"export BEFOREHAND_KAFKA={kafka.address} BEFOREHAND_REDIS={redis.url}\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    kafka.stop()
    redis.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

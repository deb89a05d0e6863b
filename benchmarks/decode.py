"""How many events a second one core decodes, and where the time goes (`--profile`)."""

from __future__ import annotations

import argparse
import cProfile
import gzip
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from models.types import DATA, MONEY, POINT, TEXT, Kind, Type
from models.vocabulary import EventType, Vocabulary
from streams.sources.jsonl import FileSource
from streams.wire.decoder import Decoder

EVENTS = 200_000
ROUNDS = 3

VOCABULARY = Vocabulary(
    {
        "data used": EventType(
            "data used", "consumption", {"amount": DATA, "network": Type(Kind.CHOICE, ("home", "roaming"))}, "data used"
        ),
        "paid": EventType("paid", "consumption", {"price": MONEY, "product": TEXT}, "paid"),
        "position": EventType("position", "location", {"spot": POINT}, "position"),
    },
    {},
    currency="CNY",
)
DATA_OF = (
    ("data used", '{"amount": 1500000000, "network": "home"}'),
    ("paid", '{"price": 15.25, "product": "top-up"}'),
    ("position", '{"spot": {"lat": 31.1443, "lon": 121.8083}}'),
)


def lines(extra: str = "") -> list[bytes]:
    """Events of three types in turn, a tenth of a second apart."""
    made = []
    for number in range(EVENTS):
        type_, data = DATA_OF[number % 3]
        second = number // 10
        moment = f"2026-03-02T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}+08:00"
        made.append(
            f'{{"specversion": "1.0", "id": "b-{number}", "source": "billing", "type": "{type_}", "subject": '
            f'"c-{number % 5000}", "time": "{moment}", "data": {data}{extra}}}'.encode()
        )
    return made


def decoded(made: list[bytes]) -> int:
    """Decode each line."""
    decode = Decoder(VOCABULARY).decode
    for line in made:
        decode(line)
    return len(made)


def read(path: Path) -> int:
    """Read a file as a run does."""
    return sum(len(batch.arrivals) for batch in FileSource(path, Decoder(VOCABULARY)).batches())


def best(job: Callable[[], int]) -> float:
    """Events a second of processor time, the best of some rounds."""
    speeds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        done = job()
        speeds.append(done / (time.process_time() - start))
    return max(speeds)


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--profile", action="store_true", help="show where decoding spends its time")
    usual = lines()
    if arguments.parse_args().profile:
        cProfile.runctx("decoded(usual)", globals(), {"usual": usual}, sort="tottime")
        return
    print(f"{EVENTS:,} events of {sum(map(len, usual)) // EVENTS} bytes, one core, events a second")
    print(f"  decode, the quick way             {best(lambda: decoded(usual)):>10,.0f}")
    unusual = lines(', "x": 1')
    print(f"  decode, unknown attribute         {best(lambda: decoded(unusual)):>10,.0f}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "sorted.jsonl").write_bytes(b"\n".join(usual))
        (path / "sorted.jsonl.gz").write_bytes(gzip.compress(b"\n".join(usual), 1))
        (path / "reversed.jsonl").write_bytes(b"\n".join(reversed(usual)))
        for name in ("sorted.jsonl", "sorted.jsonl.gz", "reversed.jsonl"):
            print(f"  file, {name:<27} {best(partial(read, path / name)):>10,.0f}")


if __name__ == "__main__":
    main()

"""How long one core takes to decode an event, and to put it in order: by workload, by type, by kind of line, by file.

Decoding is timed with compiled code and without, in turn. The telecom company is that of `benchmarks/run.py`; the
grocer's year is what `make retail` has converted.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.retail_year import CONVERTED
from benchmarks.spread import spread
from benchmarks.workload import vocabulary, workload
from models.events import Event
from models.vocabulary import Vocabulary
from rules.language.yaml_source import read_yaml
from rules.workspace.findings import Findings
from rules.workspace.vocabulary_file import read_vocabulary
from streams.sources.jsonl import FileSource
from streams.taking import Taking
from streams.wire.decoder import COMPILED, Decoder

EVENTS = 40_000
ROUNDS = 7
#: Lines that are told at once.
BATCH = 1_000
#: Where the grocer's year is in full swing.
_MIDDLE = 900_000
_RETAIL = Path(__file__).resolve().parent.parent / "rules" / "packs" / "retail" / "vocabulary.yaml"


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--retail", type=Path, default=CONVERTED, help="the grocer's year, as events")
    retail = arguments.parse_args().retail
    gc.disable()
    print(f"microseconds an event on one core: the median of {ROUNDS} rounds, and how far from it the farthest is")
    if not COMPILED:
        print("nothing has been compiled: type make setup")
    company, lines = vocabulary(places=10), workload(vocabulary(places=10), EVENTS, customers=20_000).lines
    _show("telecom", company, lines)
    if retail.exists():
        with retail.open("rb") as file:
            year = [line.rstrip(b"\n") for line in islice(file, _MIDDLE, _MIDDLE + EVENTS)]
        _show("retail", _grocer(), year)
    else:
        print(f"retail: {retail} is not there; type make retail")
    print("data used, sent otherwise")
    for kind, sent in _kinds(lines):
        _print_both(kind, company, sent)
    print("files")
    _show_files(company, lines)


def _grocer() -> Vocabulary:
    source = read_yaml("vocabulary.yaml", _RETAIL.read_bytes())
    return read_vocabulary(Findings(source), lambda path: _RETAIL.with_name(path).read_bytes()).vocabulary


def _show(name: str, words: Vocabulary, lines: list[bytes]) -> None:
    decoder = Decoder(words)
    events = [event for line in lines if isinstance(event := decoder.decode(line), Event)]
    print(f"{name}: {len(lines):,} events of {sum(map(len, lines)) // len(lines)} bytes")
    _print_both("decoding", words, lines)
    _print("decoding the slow way", partial(_decode_slowly, Decoder(words), lines), len(lines))
    _print("taking", lambda: _taken(events, words.settle), len(lines))
    for type_ in sorted({event.type for event in events}):
        some = [line for line, event in zip(lines, events, strict=True) if event.type == type_]
        _print_both(f"  {type_}", words, some)


def _print_both(name: str, words: Vocabulary, lines: list[bytes]) -> None:
    ways = (True, False) if COMPILED else (False,)
    times = _timed([partial(_decode, Decoder(words, compiled=compiled), lines) for compiled in ways], len(lines))
    print(f"  {name:<24} {', pure '.join(str(spread(time)) for time in times)}")


def _print(name: str, job: Callable[[], None], events: int) -> None:
    (spent,) = _timed([job], events)
    print(f"  {name:<24} {spread(spent)}")


def _timed(jobs: list[Callable[[], None]], events: int) -> list[list[float]]:
    """Microseconds an event of each job, in every round; they are done in turn."""
    for job in jobs:
        job()
    spent: list[list[float]] = [[] for _ in jobs]
    for _ in range(ROUNDS):
        for job, of_job in zip(jobs, spent, strict=True):
            begun = process_time()
            job()
            of_job.append((process_time() - begun) / events * 1e6)
    return spent


def _decode(decoder: Decoder, lines: list[bytes]) -> None:
    for start in range(0, len(lines), BATCH):
        decoder.decode_all(lines[start : start + BATCH])


def _decode_slowly(decoder: Decoder, lines: list[bytes]) -> None:
    for line in lines:
        decoder.decode_slowly(line)


def _taken(events: list[Event], settle: int) -> None:
    taking = Taking(settle)
    for start in range(0, len(events), BATCH):
        taking.arrive_all(start, events[start : start + BATCH])
        taking.ready(taking.horizon)


def _kinds(lines: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Lines of one type, each changed in one way."""
    usual = [line for line in lines if b'"data used"' in line][:5_000]
    yield "as usual", usual
    yield "with spaces", [json.dumps(json.loads(line)).encode() for line in usual]
    yield "two unknown fields", [_changed(line, {}, {"rat": "5G", "rssi": -80}) for line in usual]
    yield "three unknown fields", [_changed(line, {}, {"rat": "5G", "rssi": -80, "at": {"x": 1}}) for line in usual]
    yield "an unknown attribute", [_changed(line, {"partition": "7"}, {}) for line in usual]
    yield "a text with its unit", [_changed(line, {}, {"amount": "1.5 GB"}) for line in usual]
    yield "not whole", [_changed(line, {}, {"amount": 1.5e6 + number}) for number, line in enumerate(usual)]
    yield "another case", [_changed(line, {}, {"network": "HOME"}) for line in usual]
    yield "an escaped quote", [_changed(line, {"subject": 'c "1"'}, {}) for line in usual]
    yield "of unknown type", [_changed(line, {"type": "unknown"}, {}) for line in usual]


def _changed(line: bytes, attributes: dict[str, Any], fields: dict[str, Any]) -> bytes:
    sent = json.loads(line)
    return json.dumps({**sent, **attributes, "data": {**sent["data"], **fields}}, separators=(",", ":")).encode()


def _show_files(words: Vocabulary, lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "sorted.jsonl": b"\n".join(lines),
            "sorted.jsonl.gz": gzip.compress(b"\n".join(lines), 1),
            "reversed.jsonl": b"\n".join(reversed(lines)),
        }
        for name, content in files.items():
            path = Path(folder) / name
            path.write_bytes(content)
            _print(name, partial(_read, path, words), len(lines))


def _read(path: Path, words: Vocabulary) -> None:
    """Read a file as a run does."""
    for _ in FileSource(path, Decoder(words)).batches():
        pass


if __name__ == "__main__":
    main()

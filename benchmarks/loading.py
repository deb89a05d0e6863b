"""How long it takes until many rules run: from files to typed trees, through the checks, to an engine.

Every measurement is a process of its own, as it is for whoever types a command: nothing is warm but the files, and the
program's bytecode is there, as it is after its first start (whatever the environment says about writing it).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from msgspec import Struct, structs

from benchmarks.rule_files import write_workspace
from benchmarks.spread import Spread, spread

#: How often each figure is measured.
TIMES = 3


class Loading(Struct, frozen=True):
    """Seconds by the clock for a workspace of so many rules; `file_bytes` is the mean of a rule's file."""

    rules: int
    file_bytes: float
    #: Every file read from its text, as `run` (without tests) and `check` (with them) do it.
    read: Spread
    read_with_tests: Spread
    #: All checks of rules that were just read, and of those whose tests were, too.
    checked: Spread
    checked_with_tests: Spread
    #: From checked rules to an engine.
    compiled: Spread
    #: From the start of the program to an engine, the tests left out: imports, reading, checks, compiling.
    running: Spread
    #: The same again, where nothing has changed since.
    kept_read: Spread
    kept_read_with_tests: Spread
    kept_checked: Spread
    kept_running: Spread


class _Seconds(Struct, frozen=True):
    read: float
    checked: float
    compiled: float
    running: float


def measure(rules: int, times: int = TIMES) -> Loading:
    """Measure a made-up workspace (`benchmarks.rule_files`)."""
    with TemporaryDirectory() as made:
        folder, cache = Path(made) / "workspace", Path(made) / "cache"
        write_workspace(folder, rules)
        write_workspace(Path(made) / "first", 1)
        _apart(Path(made) / "first", stories=True)
        sizes = [file.stat().st_size for file in (folder / "rules").iterdir()]
        cold = {stories: [_apart(folder, stories) for _ in range(times)] for stories in (False, True)}
        for stories in (False, True):
            _apart(folder, stories, cache)
        kept = {stories: [_apart(folder, stories, cache) for _ in range(times)] for stories in (False, True)}
        return Loading(
            rules=rules,
            file_bytes=sum(sizes) / len(sizes),
            read=spread(one.read for one in cold[False]),
            read_with_tests=spread(one.read for one in cold[True]),
            checked=spread(one.checked for one in cold[False]),
            checked_with_tests=spread(one.checked for one in cold[True]),
            compiled=spread(one.compiled for one in cold[False]),
            running=spread(one.running for one in cold[False]),
            kept_read=spread(one.read for one in kept[False]),
            kept_read_with_tests=spread(one.read for one in kept[True]),
            kept_checked=spread(one.checked for one in kept[True]),
            kept_running=spread(one.running for one in kept[False]),
        )


def _apart(folder: Path, stories: bool, cache: Path | None = None) -> _Seconds:
    """One measurement, in a process of its own."""
    arguments = [str(monotonic()), str(folder), str(int(stories)), *([] if cache is None else [str(cache)])]
    program = "import sys; from benchmarks.loading import once; once(*sys.argv[1:])"
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=root, check=True, capture_output=True, env=environment
    )
    return _Seconds(**json.loads(done.stdout))


def once(started: str, folder: str, stories: str, cache: str = "") -> None:
    """Read, check and compile a workspace once, and print the seconds as JSON; `started` is when the process was."""
    from rules.checks import check  # noqa: PLC0415  only the measured process needs it
    from rules.workspace.collecting import without_collecting  # noqa: PLC0415
    from rules.workspace.workspace import load  # noqa: PLC0415
    from streams.assembly import assemble  # noqa: PLC0415

    place = Path(cache) if cache else None
    with without_collecting():
        begun = monotonic()
        found = load(Path(folder), stories=bool(int(stories)), cache=place)
        read = monotonic()
        assert found.workspace is not None, found.problems[:3]
        check(found.workspace, found.prints, place)
        checked = monotonic()
    assemble(found.workspace, [file.rule for file in found.workspace.rules])
    ended = monotonic()
    seconds = _Seconds(read - begun, checked - read, ended - checked, ended - float(started))
    print(json.dumps(structs.asdict(seconds)))


if __name__ == "__main__":
    for name, seconds in structs.asdict(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)).items():
        print(f"{name}: {seconds}")

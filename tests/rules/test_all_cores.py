"""Work spread over all cores: the same as by one, whatever happens to those who help.

What is tried runs in a process of its own, as processes are forked only where there are no other threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from select import select
from typing import Any

import pytest

from rules.all_cores import FEWEST

ROOT = Path(__file__).parents[2]
_BEGINNING = """
import json, os, signal, sys, threading, time
from rules.all_cores import FEWEST, MOST, by_all_cores
os.sched_getaffinity = lambda _: set(range(4))  # as on a machine of four cores, whatever this one has
me = os.getpid()
def squares(part): return [number * number for number in part]
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


def alone(program: str) -> Any:
    """What a program prints as JSON, in a process without other threads."""
    done = subprocess.run(
        [sys.executable, "-c", _BEGINNING + program], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_parts_come_in_order_whoever_is_first() -> None:
    """Four processes make four parts; together they are what one would have made, in its order."""
    found = alone("""
def slowly_at_first(part):
    time.sleep(0.2 if part[0] == FEWEST else 0)
    return [(number * number, os.getpid()) for number in part]
made = by_all_cores(slowly_at_first, range(4 * FEWEST), list[tuple[int, int]])
everyone = {who for part in made for _, who in part}
print(json.dumps([len(made), len(everyone), [one for part in made for one, _ in part]]))
""")
    assert found == [4, 4, [number * number for number in range(4 * FEWEST)]]


@pytest.mark.parametrize(
    "why",
    [
        "things = range(2 * FEWEST - 1)",
        "threading.Thread(target=time.sleep, args=(1,), daemon=True).start()",
        "os.sched_getaffinity = lambda _: {0}",
        "sys.platform = 'darwin'",
    ],
    ids=["few things", "another thread", "one core", "another system"],
)
def test_one_process_does_all_where_more_do_not_help_or_may_hang(why: str) -> None:
    """Few things, other threads (whose locks would stay closed), one core, and other systems: no process is forked."""
    assert alone(f"""
things = range(4 * FEWEST)
{why}
print(json.dumps([pid == me for pid in by_all_cores(lambda part: os.getpid(), things, int)]))
""") == [True]


@pytest.mark.parametrize(
    "mishap",
    ["os.kill(os.getpid(), signal.SIGKILL)", "raise OSError('only here')", "return [2.5, 'no whole number']"],
    ids=["killed", "an error", "not what was said"],
)
def test_what_a_process_fails_at_is_done_here(mishap: str) -> None:
    """A helper that is killed, fails, or sends something else: its part is made here, and nothing is said."""
    assert alone(f"""
def work(part):
    if os.getpid() != me and part[0] == FEWEST:
        {mishap}
    return squares(part)
made = by_all_cores(work, range(3 * FEWEST), list[int])
print(json.dumps(sum(made, []) == squares(range(3 * FEWEST))))
""")


def test_no_more_processes_are_to_be_had() -> None:
    """Where the system refuses to fork, one process does all."""
    assert alone("""
import resource
def refuse(): raise BlockingIOError(11, "no more processes")
os.fork = refuse
made = by_all_cores(lambda part: [os.getpid() == me, len(part)], range(4 * FEWEST), list[int])
print(json.dumps(made == [[True, FEWEST]] * 4))
""")


def test_an_error_of_the_work_is_raised_here_and_nobody_is_left() -> None:
    """What every process fails at is an error of the caller; the others have ended by then."""
    assert (
        alone("""
def work(part):
    if os.getpid() != me:
        time.sleep(60)
    raise ValueError("of the first part")
try:
    by_all_cores(work, range(4 * FEWEST), list[int])
except ValueError as error:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print(json.dumps(str(error)))
""")
        == "of the first part"
    )


def test_helpers_end_when_the_caller_is_killed() -> None:
    """Nobody waits for ever to send what nobody will receive."""
    reading, writing = os.pipe()
    program = """
def work(part):
    if os.getpid() == me:
        os.kill(me, signal.SIGKILL)
    return [0] * 1_000_000
by_all_cores(work, range(4 * FEWEST), list[int])
"""
    subprocess.run([sys.executable, "-c", _BEGINNING + program], cwd=ROOT, pass_fds=[writing], timeout=60, check=False)
    os.close(writing)
    with os.fdopen(reading, "rb") as held:  # every helper has the other end, so it is closed with the last of them
        ended, _, _ = select([held], [], [], 30)
        assert ended


def test_many_files_with_mistakes_are_told_as_by_one_process() -> None:
    """Rules, nodes, problems of reading and of all checks, in their order, are the same with helpers and without."""
    assert alone("""
import msgspec
from rules.checks import check
from rules.workspace.workspace import load_texts
from tests.rules.workspace.many_mistakes import workspace_of

def told(files, stories):
    found = load_texts(files, stories=stories)
    nodes = [(source.text, msgspec.msgpack.encode(source.root)) for source in found.sources.values()]
    return found.problems, check(found.readable), found.readable.rules, nodes, found.workspace is not None

def children():
    import resource
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

found = []
for mistakes in (True, False):
    files = workspace_of(900 if mistakes else 500, mistakes=mistakes)
    before = children()
    by_all = told(files, stories=mistakes)
    helped = children() > before
    ended = threading.Event()
    threading.Thread(target=ended.wait, daemon=True).start()
    before = children()
    by_one = told(files, stories=mistakes)
    ended.set()
    found.append([helped, children() == before, by_all == by_one, by_one[-1]])
    codes = {one.code for one in by_one[0]}
    assert len(codes) > 25 or not mistakes, codes
    while threading.active_count() > 1:
        time.sleep(0.01)
print(json.dumps(found))
""") == [[True, True, True, False], [True, True, True, True]]

"""The real command, killed again and again, leaves what an undisturbed run leaves."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from streams.testing.failpoints import POINTS
from tests.acceptance.forked import Called, Command

#: A day of so many customers is eight batches of so many events.
CUSTOMERS, BATCH = 420, "2000"


class Trial:
    """A workspace, a day of events, and where a run of them leaves its state and its decisions."""

    def __init__(self, command: Command, prepared: Path, folder: Path) -> None:
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        self.command = command
        self.folder = folder
        self.out = folder / "out.jsonl"

    def begin(self, *more: str, limit: int = 0, **environment: str) -> Called:
        """Run the day, or go on with it."""
        names = ("shop", "--events", "day.jsonl", "--state", "state", "--out", "out.jsonl", *more)
        return self.command.begin(self.folder, "run", *names, limit=limit, BEFOREHAND_BATCH=BATCH, **environment)

    def end(self) -> str:
        """Run to the end; what the summary says below its first line, which tells how long it took."""
        called = self.begin()
        assert called.end() == 0, called.complained
        return called.said.partition(" events from ")[2].partition("\n")[2]

    def wait_for_decisions(self, called: Called, size: int) -> None:
        """Until the run has published more than `size` bytes, or has ended."""
        while not called.ended() and (not self.out.exists() or self.out.stat().st_size <= size):
            time.sleep(0.002)


@pytest.fixture
def trial(command: Command, prepared: Path, tmp_path: Path) -> Trial:
    """A trial with nothing run yet."""
    return Trial(command, prepared, tmp_path)


@pytest.fixture(scope="module")
def undisturbed(command: Command, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """The decisions and the summary of a run that nothing disturbs."""
    trial = Trial(command, prepared, tmp_path_factory.mktemp("undisturbed"))
    summary = trial.end()
    return trial.out.read_bytes(), summary


def test_dying_at_every_point_of_commit_and_publication_changes_nothing(
    trial: Trial, undisturbed: tuple[bytes, str]
) -> None:
    """One run dies at each point in turn and goes on: the same decisions, byte for byte, and the same counts."""
    for point in POINTS:
        called = trial.begin(BEFOREHAND_FAILPOINT=point)
        assert called.end() == -signal.SIGKILL, (point, called.complained)
    assert trial.end() == undisturbed[1]
    assert trial.out.read_bytes() == undisturbed[0]


@pytest.mark.parametrize(
    ("seed", "deaths"), [(1, 3), *(pytest.param(seed, 12, marks=pytest.mark.long) for seed in range(2, 8))]
)
def test_dying_at_any_moment_changes_nothing(
    trial: Trial, undisturbed: tuple[bytes, str], seed: int, deaths: int
) -> None:
    """Killed, or asked to end, wherever it just is; in the end nothing is lost, doubled, or counted twice."""
    dice = random.Random(seed)
    for _ in range(deaths):
        began = trial.out.stat().st_size if trial.out.exists() else 0
        called = trial.begin()
        trial.wait_for_decisions(called, began)
        time.sleep(dice.uniform(0, 0.15))
        called.kill(dice.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)))
    assert trial.end() == undisturbed[1]
    assert trial.out.read_bytes() == undisturbed[0]


def test_ctrl_c_keeps_the_state_and_says_so(trial: Trial) -> None:
    """Exit code 130; the summary tells of what was kept, so that the next one counts on from it."""
    called = trial.begin()
    trial.wait_for_decisions(called, 0)
    assert called.kill(signal.SIGINT) == 130
    assert "the same command goes on from here" in called.complained
    kept = came_in(called.said)
    called = trial.begin()
    assert called.end() == 0
    now = int(called.said.partition(" of them now")[0].rpartition(" ")[2].replace(",", ""))
    assert came_in(called.said) == kept + now


def came_in(said: str) -> int:
    """How many events the summary counts."""
    return int(said.partition(" events from ")[0].rpartition("\n")[2].replace(",", ""))


def test_an_unknown_failpoint_is_wrong_use(trial: Trial) -> None:
    """A trial with a misspelt point would prove nothing."""
    called = trial.begin(BEFOREHAND_FAILPOINT="commit: sometimes")
    assert called.end() == 2
    assert "there is no failpoint" in called.complained


def test_a_disk_that_is_full_ends_the_run_which_goes_on_when_there_is_room(
    trial: Trial, undisturbed: tuple[bytes, str]
) -> None:
    """Exit code 2 and the file that could not be written; later nothing is missing."""
    called = trial.begin(limit=500_000)
    assert called.end() == 2
    assert "state.sqlite3: the state could not be written" in called.complained
    assert "Traceback" not in called.complained
    assert trial.end() == undisturbed[1]
    assert trial.out.read_bytes() == undisturbed[0]


def test_a_second_process_is_refused_and_the_first_goes_on(trial: Trial, undisturbed: tuple[bytes, str]) -> None:
    """Two runs of one state would decide everything twice."""
    other = Command()
    slow = trial.begin("--speed", "60x")
    while not slow.ended() and not (trial.folder / "state" / "state.sqlite3").exists():
        time.sleep(0.01)
    second = other.begin(trial.folder, "run", "shop", "--events", "day.jsonl", "--state", "state")
    assert second.end() == 2
    assert "another process is using this state" in second.complained
    other.close()
    slow.kill(signal.SIGTERM)
    assert trial.end() == undisturbed[1]
    assert trial.out.read_bytes() == undisturbed[0]


def test_out_that_cannot_be_written_is_wrong_use(trial: Trial) -> None:
    """A device that is always full: exit code 2, one line, no traceback."""
    called = trial.command.begin(trial.folder, "run", "shop", "--events", "day.jsonl", "--out", "/dev/full")
    assert called.end() == 2
    assert called.complained.startswith("beforehand: /dev/full: it can't be written")
    assert called.complained.count("\n") == 1


def test_a_state_of_another_workspace_is_refused(trial: Trial) -> None:
    """Its records mean nothing here; the way out is named."""
    trial.end()
    (trial.folder / "other" / "rules").mkdir(parents=True)
    (trial.folder / "other" / "vocabulary.yaml").write_text("events:\n  sold: {family: consumption}\n")
    called = trial.command.begin(trial.folder, "run", "other", "--events", "day.jsonl", "--state", "state")
    assert called.end() == 2
    assert "it is of another workspace" in called.complained
    assert "--again" in called.complained

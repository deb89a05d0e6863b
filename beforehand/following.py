"""A workspace that is watched while a run goes on: what is saved there is checked, tested, and then decides.

A set of rules is taken over whole or not at all. It decides from a moment on that lies ahead of everything that has
arrived; until then, and as long as what is saved is broken, the last good set decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from msgspec import structs

from beforehand.wiring import files_of, load_and_check
from models.speech import say
from rules.facts.table import lasting
from rules.problems import Problem
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Loaded, Workspace
from streams.assembly import assemble
from streams.rule_sets import AHEAD, Coming
from streams.run import Run
from streams.testing.matching import StoryResult
from streams.testing.stories import run_stories

if TYPE_CHECKING:
    from watchfiles import Change

    from streams.judge import Listener

#: Seconds that are waited at the end for what was just saved to be looked at.
_PATIENCE = 2
#: Milliseconds without a change after which what was saved is looked at, and the longest that is waited for them.
_STEP, _DEBOUNCE = 100, 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    """What was saved has errors, or asks for what is not built yet."""

    found: Loaded
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Tests of the rules that were saved have failed, so many of all that were run."""

    failures: tuple[StoryResult, ...]
    tests: int


@dataclass(frozen=True, slots=True)
class ReadAtStart:
    """Something has changed that is read at the start only: `the vocabulary`, with its places, or `order`."""

    what: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The folder can't be read, or not be watched any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Fit:
    """What was saved can decide. Ids of the rules that are new or other than before, and of those that are gone."""

    workspace: Workspace
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    tests: int


@dataclass(frozen=True, slots=True)
class Follows:
    """It decides from `begins` (ms) on; None: from the first event on."""

    fit: Fit
    begins: int | None


@dataclass(frozen=True, slots=True)
class Same:
    """It says what was said before: only layout or comments have changed, or a mistake was taken back."""


@dataclass(frozen=True, slots=True)
class TooLate:
    """The run had ended before it could decide anything."""


Verdict = Refused | Failed | ReadAtStart | Unreadable | Follows | Same | TooLate


def judge(
    found: Loaded, before: Workspace | None, *, without_policy: bool, any_vocabulary: bool = False
) -> Refused | Failed | ReadAtStart | Fit:
    """Whether what is in a folder may decide after `before`; tests are run of what differs from it (all if None).

    `any_vocabulary`: whoever asks knows whether the vocabulary may be another one.
    """
    workspace = found.workspace
    if workspace is None:
        return Refused(found, tuple(problem for problem in found.problems if problem.severity == "error"))
    missing = workspace.needs_policy_not_built()
    if missing and not without_policy:
        return Refused(found, tuple(missing))
    if before is not None and before.vocabulary != workspace.vocabulary and not any_vocabulary:
        return ReadAtStart(say("the vocabulary"))
    if before is not None and before.policy.order != workspace.policy.order:
        return ReadAtStart(say("the order of policy.yaml"))
    known = {} if before is None else {file.path: file for file in before.rules}
    changed = [file for file in workspace.rules if known.get(file.path) != file]
    same_terms = before is not None and _terms(before) == _terms(workspace)
    tested = changed if same_terms else workspace.rules
    results = [result for file in tested for result in run_stories(workspace, file)]
    failures = tuple(result for result in results if not result.passed)
    if failures:
        return Failed(failures, len(results))
    there = {file.path for file in workspace.rules}
    tests_known = before is None or before.stories
    other = [file for file in changed if _differs(known.get(file.path), file, tests_known=tests_known)]
    gone = tuple(file.rule.id for path, file in known.items() if path not in there)
    return Fit(workspace, tuple(file.rule.id for file in other), gone, len(results))


def _differs(before: RuleFile | None, now: RuleFile, *, tests_known: bool) -> bool:
    """Whether a rule is another one, whatever was added to the types of the vocabulary.

    `tests_known`: the tests of the one before were read.
    """
    if before is None:
        return True
    if not tests_known:
        now = structs.replace(now, tests=(), problems=before.problems)
    return lasting(before) != lasting(now)


def _terms(workspace: Workspace) -> tuple[object, ...]:
    """What rules share."""
    return workspace.vocabulary, workspace.facts, workspace.offers, workspace.policy


class Following:
    """Watches a folder for a run, in a thread of its own."""

    def __init__(  # noqa: PLR0913 -- a run, its rules, and who is told
        self,
        folder: Path,
        run: Run,
        present: Workspace,
        tell: Callable[[Verdict], None],
        *,
        seen: Mapping[str, bytes | str],
        without_policy: bool = False,
        listener: Listener | None = None,
        cache: Path | None = None,
    ) -> None:
        """`present` decides now, and `seen` are the files of the folder that have been looked at already.

        `without_policy` and `listener` are those of the run (`streams.assembly`), `cache` keeps what was read.
        """
        self._folder = folder
        self._run = run
        self._present = present
        self._tell = tell
        self._seen = seen
        self._without_policy = without_policy
        self._listener = listener
        self._cache = cache
        self._ended = Event()
        self._thread = Thread(target=copy_context().run, args=(self._watch,), name="watching", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(_PATIENCE)

    def _watch(self) -> None:
        try:
            for _ in self._changes():
                if not self._ended.is_set():
                    self.look()
        except (OSError, RuntimeError) as error:  # watchfiles raises either where the system can't watch
            self._say(Unreadable(str(error)))

    def _say(self, verdict: Verdict) -> None:
        if not self._ended.is_set():
            self._tell(verdict)

    def _changes(self) -> Iterator[object]:
        """Whenever something may have changed; and once at first, for what was saved before anybody watched."""
        from watchfiles import watch

        first = True
        for changes in watch(
            self._folder,
            watch_filter=self._matters,
            stop_event=self._ended,
            step=_STEP,
            debounce=_DEBOUNCE,
            rust_timeout=500,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            if changes or first:
                yield changes
            first = False

    def _matters(self, _change: Change, path: str) -> bool:
        inside = Path(path).relative_to(self._folder) if Path(path).is_relative_to(self._folder) else Path(path)
        if any(part.startswith(".") for part in inside.parts):
            return False
        return "rules" in inside.parts or inside.suffix in {".yaml", ".yml"} or inside.as_posix() in self._seen

    def look(self) -> None:
        """Read the folder; if anything has changed since, judge it, and let it decide if it can."""
        try:
            found = load_and_check(self._folder, cache=self._cache)
        except OSError as error:
            self._say(Unreadable(str(error)))
            return
        if found.files == self._seen:
            return
        self._seen = found.files
        verdict = judge(found, self._present, without_policy=self._without_policy)
        self._say(self._take_over(found, verdict) if isinstance(verdict, Fit) else verdict)

    def _take_over(self, found: Loaded, fit: Fit) -> Follows | Same | TooLate:
        if not (fit.changed or fit.gone) and _terms(fit.workspace) == _terms(self._present):
            return Same()
        files = files_of(found)
        begins = self._offer(fit.workspace, files)
        if begins is None:
            # Time runs faster than the rules can be made ready, as in a file: it has to wait.
            with self._run.partition.held():
                begins = self._offer(fit.workspace, files)
        if begins is None:
            return TooLate()
        self._present = fit.workspace
        return Follows(fit, begins or None)

    def _offer(self, workspace: Workspace, files: Mapping[str, bytes]) -> int | None:
        """When the workspace's rules will decide; None if the moment has passed before they were ready."""
        clock = self._run.partition.clock
        begins = 0 if clock is None else clock + AHEAD
        rules = [file.rule for file in workspace.rules]
        engine = assemble(
            workspace,
            rules,
            without_policy=self._without_policy,
            listener=self._listener,
            begun=self._run.partition.begun(rules, begins),
            puts_off=not self._run.partition.durable,
        )
        return begins if self._run.partition.follow(Coming(engine, begins, files)) else None

"""Beforehand: recognises customers' situations as they happen, and acts before a need passes or a conflict arises.

The front door. Outsiders import only this package; what stands behind it (`models`, `rules`, `streams`) may move.

| name | what it is |
|---|---|
| `load(path)`, `load_texts(files)` | a workspace read from a folder, or from texts, with all its problems |
| `Workspace`, `RuleFile`, `Problem`, `render` | what was read, and what is wrong with it |
| `run_story`, `run_stories`, `StoryResult` | the tests inside a rule, run through the real engine |
| `assemble`, `Engine`, `Stepper` | an engine of a workspace's rules, and the records of many customers |
| `Decoder`, `Event`, `DeadLetter` | lines of JSON to events |
| `Decision`, `Note` | what came of a match; what stopped one |
| `schemas` | the JSON Schema of events and decisions |
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.decisions import Decision
    from models.events import Event
    from rules.problems import Problem, render
    from rules.workspace.rule_file import RuleFile
    from rules.workspace.workspace import Loaded, Workspace, load, load_texts
    from streams.assembly import assemble
    from streams.contract.files import schemas
    from streams.dead_letters import DeadLetter
    from streams.engine import Engine
    from streams.judge import Note
    from streams.stepper import Stepper
    from streams.testing.matching import StoryResult
    from streams.testing.stories import run_stories, run_story
    from streams.wire.decoder import Decoder

    #: The version of the installed distribution, such as `0.1.0`.
    __version__: str

__all__ = [
    "DeadLetter",
    "Decision",
    "Decoder",
    "Engine",
    "Event",
    "Loaded",
    "Note",
    "Problem",
    "RuleFile",
    "Stepper",
    "StoryResult",
    "Workspace",
    "__version__",
    "assemble",
    "load",
    "load_texts",
    "render",
    "run_stories",
    "run_story",
    "schemas",
]

#: Name -> the module it comes from. Read when it is first asked for, so that the command line starts quickly.
_HOMES = {
    "DeadLetter": "streams.dead_letters",
    "Decision": "models.decisions",
    "Decoder": "streams.wire.decoder",
    "Engine": "streams.engine",
    "Event": "models.events",
    "Loaded": "rules.workspace.workspace",
    "Note": "streams.judge",
    "Problem": "rules.problems",
    "RuleFile": "rules.workspace.rule_file",
    "Stepper": "streams.stepper",
    "StoryResult": "streams.testing.matching",
    "Workspace": "rules.workspace.workspace",
    "assemble": "streams.assembly",
    "load": "rules.workspace.workspace",
    "load_texts": "rules.workspace.workspace",
    "render": "rules.problems",
    "run_stories": "streams.testing.stories",
    "run_story": "streams.testing.stories",
    "schemas": "streams.contract.files",
}


def __getattr__(name: str) -> Any:
    """A public name, from its home."""
    if name == "__version__":
        from importlib.metadata import version

        return version("beforehand")
    if name not in _HOMES:
        raise AttributeError(f"beforehand has no {name!r}; its public names are {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)

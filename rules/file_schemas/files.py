"""The schemas of all files of a workspace, and where an editor finds which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from models.speech import Tongue, speaking
from rules.file_schemas.names import Names, names_of
from rules.file_schemas.offers import facts_schema, offers_schema
from rules.file_schemas.policy import policy_schema
from rules.file_schemas.rule import rule_schema
from rules.file_schemas.shapes import Schema, Shapes
from rules.file_schemas.vocabulary import vocabulary_schema
from rules.language.keywords import Language
from rules.workspace.workspace import Workspace

#: What there is a schema of.
KINDS: Final[Mapping[str, Callable[[Shapes], Schema]]] = MappingProxyType(
    {
        "vocabulary": vocabulary_schema,
        "policy": policy_schema,
        "offers": offers_schema,
        "facts": facts_schema,
        "rule": rule_schema,
    }
)
#: The files of each kind, from the folder of the workspace.
FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "vocabulary": "/vocabulary.yaml",
        "policy": "/policy.yaml",
        "offers": "/offers.yaml",
        "facts": "/facts.yaml",
        "rule": "/rules/**/*.yaml",
    }
)


def file_schemas(workspace: Workspace | None = None, language: Language = Language.ENGLISH) -> dict[str, Schema]:
    """The schema of each kind of file; with the names of a workspace, they are suggested.

    What keys are for is described in the language too.
    """
    names = Names() if workspace is None else names_of(workspace, language)
    shapes = Shapes(language, names)
    with speaking(Tongue(language.value)):
        return {
            kind: {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "title": FILES[kind].lstrip("/"),
                **make(shapes),
            }
            for kind, make in KINDS.items()
        }

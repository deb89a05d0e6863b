"""Messages that say a value in one language, and leave it out in another."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import all_of, say
from rules.checks.written import WrittenBlock, rules
from rules.problems import Problem
from rules.typed import Expression, Guide, Placeholder, Template
from rules.workspace.workspace import Workspace


def check_placeholders(workspace: Workspace) -> Iterator[Problem]:
    """Placeholders of a guide that stand in some of its languages only: one warning a text."""
    for rule in (rule for rule in rules(workspace) if rule.file.sound):
        for block in rule.blocks:
            for action in block.block.actions:
                if isinstance(action, Guide):
                    yield from _uneven(block, action)


def _uneven(block: WrittenBlock, guide: Guide) -> Iterator[Problem]:
    said = {language: _values(text) for language, text in guide.texts}
    for language, values in said.items():
        place = block.place.get("guide", language)
        lacking: dict[str, str] = {}
        for other, others in said.items():
            for value, name in others.items():
                if value not in values:
                    lacking.setdefault(name, other)
        if place is not None and lacking:
            names = all_of(f"{{{name}}}" for name in lacking)
            others_said = all_of(dict.fromkeys(lacking.values()))
            what = say(
                'the text in "{language}" does not say {names}, which the one in "{others}" says.',
                language=language,
                names=names,
                others=others_said,
            )
            yield place.problem("W506", what, say("Write {names} here too, or leave it out everywhere.", names=names))


def _values(text: Template) -> dict[Expression, str]:
    """The values a text shows, with the name each is written by."""
    return {part.of: part.name for part in text if isinstance(part, Placeholder)}

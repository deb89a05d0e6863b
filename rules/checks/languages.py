"""Texts that lack a language of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

from models.speech import all_of, say
from rules.checks.written import Place, root, rules
from rules.language.yaml_nodes import Mapping
from rules.problems import Problem
from rules.workspace.workspace import OFFERS, Workspace


def check_languages(workspace: Workspace) -> Iterator[Problem]:
    """Guides, and titles of offers written by language, without a text in one of the languages."""
    for rule in rules(workspace):
        for block in rule.blocks:
            yield from _lacking(block.place.pair("guide"), workspace)
    offers = root(workspace, OFFERS)
    for _, terms in offers.pairs() if offers else ():
        yield from _lacking(terms.pair("title"), workspace)


def _lacking(pair: tuple[Place, Place] | None, workspace: Workspace) -> Iterator[Problem]:
    if pair is None or not isinstance(pair[1].node, Mapping):
        return
    key, texts = pair
    languages = workspace.vocabulary.languages
    written = {name.text for name, _ in texts.pairs()}
    lacking = [language for language in languages if language not in written]
    if not lacking or not written:
        return
    other = next(language for language in languages if language in written)
    what = say(
        '"{key}" has no text in {names}; who reads that gets the one in {other}.',
        key=key.text,
        names=all_of(lacking),
        other=other,
    )
    yield key.problem("W507", what, say("Add: {lacking}: ..", lacking=lacking[0]))

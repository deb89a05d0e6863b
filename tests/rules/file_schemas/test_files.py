"""The schemas of a workspace's files accept what is right, and underline what is no key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from rules.file_schemas.files import FILES, KINDS, file_schemas
from rules.file_schemas.shapes import Schema, Shapes
from rules.formatting.files import formatted, text_of
from rules.language.keys import key_in
from rules.language.keywords import Language
from rules.workspace import blocks, event_types, offers_file, policy_file, rule_file, story, vocabulary_file
from rules.workspace.workspace import Workspace, load
from tests.rules.file_schemas.reading import as_an_editor_reads

PACKS = Path(__file__).parents[3] / "rules" / "packs"
NAMES = ("retail", "telecom")
RULE = "title: x\nwhen: paid\nthen:\n  guide: {en: hi}\n"


@cache
def workspace(name: str) -> Workspace:
    """A pack, loaded."""
    found = load(PACKS / name).workspace
    assert found is not None
    return found


def files(name: str, language: Language) -> Iterator[tuple[str, str]]:
    """(kind, text) of the files of a pack, in the words of a language."""
    texts = {
        path.relative_to(PACKS / name).as_posix(): text_of(path.read_bytes()) for path in (PACKS / name).rglob("*.yaml")
    }
    after = {one.file: one.after for one in formatted(PACKS / name, texts, language=language)}
    for file, text in texts.items():
        yield ("rule" if file.startswith("rules/") else file.removesuffix(".yaml")), after.get(file, text)


def wrong(schema: Schema, text: str) -> list[str]:
    """What an editor would underline: (where, what)."""
    found = Draft7Validator(schema).iter_errors(as_an_editor_reads(text))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_a_pack_is_accepted(name: str, language: Language) -> None:
    """In English and Chinese, with the names of the workspace or without, whatever the language of the schema."""
    other = next(each for each in Language if each is not language)
    schemas = (file_schemas(workspace(name), language), file_schemas(None, other))
    for kind, text in files(name, language):
        assert [wrong(schema[kind], text) for schema in schemas] == [[], []]


@pytest.mark.parametrize("language", Language)
def test_the_schemas_are_schemas(language: Language) -> None:
    """Of the draft that the YAML extension reads."""
    for named in (None, *map(workspace, NAMES)):
        for schema in file_schemas(named, language).values():
            Draft7Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("title:", "titel:", ": 'titel' does not match"),
        ("  guide:", "  gide:", "then: 'gide' does not match"),
        (RULE, RULE + "tests:\n  - {it: x, stroy: []}\n", "tests/0: "),
        (RULE, RULE + "measure: {contol: 10%}\n", "measure: "),
        (RULE, RULE + "paused: maybe\n", "paused: 'maybe' is not one of"),
        ("when: paid\n", "", ": {'title': 'x', 'then': {'guide': {'en': 'hi'}}} is not valid under any of"),
        ("guide: {en: hi}", "task: {what: Call}", "then/task: "),
        ("guide: {en: hi}", "good for: a while", "then/good for: 'a while' does not match"),
        ("when: paid\n", "when: {paid: x}\n", "when: {'paid': 'x'} is not of type"),
    ],
)
def test_what_is_no_key_or_no_word_is_underlined(before: str, after: str, where: str) -> None:
    """At its place, and nothing else is."""
    assert wrong(file_schemas()["rule"], RULE) == []
    (found, *_) = wrong(file_schemas()["rule"], RULE.replace(before, after))
    assert found.startswith(where)


@pytest.mark.parametrize(
    ("kind", "text", "where"),
    [
        ("vocabulary", "events:\n  paid: {family: money}\n", "events/paid/family: 'money' is not one of"),
        ("vocabulary", "events:\n  paid: {family: consumption, price: monney}\n", "events/paid/price: 'monney'"),
        ("vocabulary", "events: {}\ncurency: EUR\n", ": 'curency' does not match"),
        ("vocabulary", "events: {}\nplaces: {a: {nera: [1, 2]}}\n", "places/a: 'nera' does not match"),
        ("policy", "consent: {marketing: perhaps}\n", "consent/marketing: 'perhaps' is not one of"),
        ("policy", "channels: {sms: {segmnets: 2}}\n", "channels/sms: "),
        ("offers", "pass: {kind: offer, cots: 1 EUR}\n", "pass: 'cots' does not match"),
        ("facts", "used:\n  - a\n", "used: ['a'] is not of type"),
    ],
)
def test_the_other_files_are_held_to_their_keys(kind: str, text: str, where: str) -> None:
    """Each mistake is underlined where it is."""
    (found, *_) = wrong(file_schemas()[kind], text)
    assert found.startswith(where)


def test_names_that_the_workspace_does_not_know_are_for_check_to_find() -> None:
    """A schema of yesterday does not underline the event of today."""
    text = RULE.replace("paid", "nobody knows").replace("guide: {en: hi}", "offer: nobody-knows")
    story_line = "tests:\n  - {it: x, story: [2026-03-02 09:00 nobody knows: {price: 3 EUR}]}\n"
    assert wrong(file_schemas(workspace("telecom"))["rule"], text + story_line) == []


def test_names_of_the_workspace_are_suggested() -> None:
    """Offers, channels, roles, languages, facts, and the fields of an event behind its name in a story."""
    schema = file_schemas(workspace("telecom"))["rule"]
    block = schema["definitions"]["block"]["properties"]
    assert block["offer"]["examples"] == ["five-gigabyte-top-up", "roaming-pass", "next-plan-up"]
    assert block["grant"]["examples"] == ["goodwill-gigabyte"]
    assert block["by"]["examples"] == ["app", "sms"]
    assert "supervisor" in block["task"]["properties"]["who"]["examples"]
    assert list(block["guide"]["properties"]) == ["zh", "en"]
    assert "open complaints" in schema["properties"]["only if"]["examples"]
    line = schema["properties"]["tests"]["items"]["properties"]["story"]["items"]
    (used,) = (one for pattern, one in line["patternProperties"].items() if "data\\ used" in pattern)
    assert list(used["properties"]) == ["amount", "network"]
    assert used["properties"]["network"]["examples"] == ["home", "roaming"]


def test_a_language_suggests_its_own_keys_and_reads_all() -> None:
    """Chinese keys come first where Chinese is asked for; nobody sees both."""
    schema = file_schemas(workspace("telecom"), Language.CHINESE)["rule"]
    assert set(schema["properties"]) == {key_in(key, Language.CHINESE) for key in rule_file.KEYS}
    assert "每天1次" in schema["properties"]["最多"]["examples"]
    assert wrong(schema, RULE) == []


def properties(schema: Any) -> Iterator[frozenset[str]]:
    """The keys of every closed mapping in a schema."""
    for part in schema.values() if isinstance(schema, Mapping) else schema if isinstance(schema, list) else ():
        yield from properties(part)
    if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping):
        yield frozenset(schema["properties"])


def test_the_keys_are_those_of_the_readers() -> None:
    """Every key a reader knows is in a schema, and a schema has no other."""
    found = {keys for schema in file_schemas().values() for keys in properties(schema)}
    for keys in (
        vocabulary_file.KEYS,
        event_types.KEYS,
        policy_file.KEYS,
        policy_file.CHANNEL_KEYS,
        offers_file.KEYS,
        rule_file.KEYS,
        blocks.KEYS,
        blocks.TASK_KEYS,
        story.KEYS,
    ):
        assert frozenset(keys) in found
    with pytest.raises(ValueError, match="surprise"):
        Shapes().closed((*rule_file.MEASURE_KEYS, "surprise"), {key: {} for key in rule_file.MEASURE_KEYS})


def test_every_kind_of_file_has_its_place() -> None:
    """An editor is told which schema is for which file."""
    assert list(KINDS) == list(FILES)


def descriptions(schema: Any) -> Iterator[str]:
    """Every description in a schema."""
    if isinstance(schema, Mapping):
        if isinstance(said := schema.get("description"), str):
            yield said
        for value in schema.values():
            yield from descriptions(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from descriptions(value)


@pytest.mark.parametrize("kind", KINDS)
def test_keys_are_described_in_the_language_of_the_schema(kind: str) -> None:
    """An editor with Chinese keys says in Chinese what they are for, and the other way round."""
    chinese, english = (
        list(descriptions(file_schemas(workspace("telecom"), language)[kind]))
        for language in (Language.CHINESE, Language.ENGLISH)
    )
    han = re.compile("[\u4e00-\u9fff]")
    assert len(chinese) == len(english) > 0
    assert all(han.search(said) for said in chinese if " | " not in said)
    assert not any(han.search(said) for said in english if not said.startswith("the fields of "))

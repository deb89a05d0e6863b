"""A file of rules/ as JSON Schema."""

from __future__ import annotations

from models.speech import say
from rules.file_schemas.offers import facts_schema
from rules.file_schemas.shapes import Schema, Shapes, listed, one_or_more, suggested, text
from rules.file_schemas.story import test_schema
from rules.language.parse import Start
from rules.workspace import blocks, rule_file


def rule_schema(shapes: Shapes) -> Schema:
    """One rule, with its facts, its blocks and its tests."""
    names = shapes.names
    block = _block(shapes)
    condition = listed(text(say("a condition, or a list of them"), *names.facts))
    found = shapes.closed(
        rule_file.KEYS,
        {
            "title": text(say("what the rule is called")),
            "owner": text(say("who answers for it")),
            "because": text(say("why it is there")),
            "runs": text(
                say("the days on which it may match, both included"), "2026-03-01 to 2026-12-31", "from 2026-03-01"
            ),
            "paused": shapes.truth(say("nothing matches, facts go on")),
            "each": text(say("the field by whose value everything in the rule is kept apart"), *names.fields),
            "facts": facts_schema(shapes),
            "when": listed(text(say("the situation: one phrase, or a list of steps"), *_situations(shapes))),
            "only if": {**condition, "description": say("all lines must hold")},
            "unless": {**condition, "description": say("none of the lines may hold")},
            "then": {**one_or_more("block", block), "description": say("what is done: one block, or a list of them")},
            "stop when": listed(text(say("an event that ends all that is still to come"), *names.events)),
            "at most": shapes.phrases(
                say("how often a customer may hear of it"),
                Start.CAP,
                "1 per day",
                "1 per week",
                "1 per billing cycle",
                "3 per 7 days",
                "1 ever",
            ),
            "choose": shapes.word(say("an offer of this rule waits for no others"), "now"),
            "measure": _measure(shapes),
            "tests": {
                "description": say("what the rule must do, and must not"),
                "type": "array",
                "items": test_schema(shapes),
            },
        },
        required=("when", "then"),
    )
    return {**found, "definitions": {"block": block}}


def _situations(shapes: Shapes) -> list[str]:
    """What a `when` may be, in the workspace's names."""
    names = shapes.names
    moment = shapes.said(Start.SITUATION, "every day at 09:00")
    return [*names.events, *(f"enters {place}" for place in names.places), moment]


def _block(shapes: Shapes) -> Schema:
    names = shapes.names
    guidance = suggested(
        say("a message that helps: a text for each language"),
        {language: text(say("the text in this language; {{name}} stands for a value")) for language in names.languages},
        text(say("the text in this language; {{name}} stands for a value")),
    )
    return shapes.closed(
        blocks.KEYS,
        {
            "guide": {**guidance, "type": ["string", "object"]},
            "offer": text(say("an offer of offers.yaml"), *names.offers),
            "grant": text(say("a grant of offers.yaml"), *names.grants),
            "task": _task(shapes),
            "after": shapes.amount(say("how long after the firing: 4 hours"), Start.AFTER, "4 hours", "24 hours"),
            "only if": listed(text(say("conditions of this block: all must hold"), *names.facts)),
            "unless": listed(text(say("conditions of this block: none may hold"), *names.facts)),
            "by": listed(text(say("the first of these channels that reaches her"), *names.channels)),
            "good for": shapes.amount(
                say("how long the message is worth sending: 24 hours"), Start.DURATION, "24 hours"
            ),
        },
    )


def _task(shapes: Shapes) -> Schema:
    found = shapes.closed(
        blocks.TASK_KEYS,
        {
            "who": text(say("a role of policy.yaml, or an attribute that names the person"), *shapes.names.people),
            "what": text(say("what is to be done; {{name}} stands for a value")),
            "why": text(say("why; {{name}} stands for a value")),
            "due": shapes.amount(say("when it must be done: 4 hours"), Start.DURATION, "4 hours", "24 hours"),
            "worth": text(say("what it is worth: an amount of money, or an expression")),
        },
        required=("who", "what"),
    )
    return {**found, "description": say("a task for a person")}


def _measure(shapes: Shapes) -> Schema:
    events = [f"{name} within 3 days" for name in shapes.names.events]
    found = shapes.closed(
        rule_file.MEASURE_KEYS,
        {
            "control": shapes.amount(say("the share that is left out, to compare: 10%"), Start.SHARE, "10%"),
            "success": text(say("EVENT within 3 days"), *events),
            "harm": text(say("EVENT within 7 days"), *events),
        },
    )
    return {**found, "description": say("how it is found out what the rule does")}

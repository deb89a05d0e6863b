"""policy.yaml as JSON Schema."""

from __future__ import annotations

from models.policy import DEFAULT_CHANNELS, PURPOSES
from models.speech import say
from rules.file_schemas.shapes import Schema, Shapes, described, each, listed, nullable, suggested, text
from rules.language.parse import Start
from rules.workspace import policy_file

_HOURS = {
    "pattern": r"^\s*(?:[0-9０-９]{1,2}[:：].*|none|无)\s*$",
    "patternErrorMessage": say("a span of the day: 20:00-09:00"),
}


def policy_schema(shapes: Shapes) -> Schema:
    """Consent, quiet hours, caps, channels, roles: what holds over all rules."""
    names = shapes.names
    condition = text(say("a condition"), *names.facts)
    consent = shapes.word(say("required, or assumed"), "required", "assumed")
    hours = {**text(say("the hours"), "20:00-09:00", "none"), **_HOURS}
    events = {name: text(say("what one such event costs")) for name in names.events}
    channels = {name: _channel(shapes) for name in names.channels or DEFAULT_CHANNELS}
    return shapes.closed(
        policy_file.KEYS,
        {
            "consent": described(
                say("whether messages need a customer's consent"),
                shapes.closed(PURPOSES, dict.fromkeys(PURPOSES, consent)),
            ),
            "quiet hours": described(
                say("when no message is sent, by her clock"), shapes.closed(PURPOSES, dict.fromkeys(PURPOSES, hours))
            ),
            "caps": listed(text(say("how many messages at most"), "marketing 1 per day", "sms 2 per day")),
            "gap between messages": shapes.amount(say("a length of time: 2 hours"), Start.DURATION, "2 hours"),
            "no marketing while": described(say("conditions, each enough"), listed(condition)),
            "person first when": described(say("conditions, each enough"), listed(condition)),
            "costs": suggested(say("what events cost the company"), events, text(say("an amount of money"))),
            "order": listed(text(say("what goes first"), "grants, guidance, tasks, offers by worth")),
            "choose": text(say("how offers compete"), "1 offer within 10 minutes"),
            "control": described(
                say("customers who get no offer, to compare"),
                shapes.closed(policy_file.CONTROL_KEYS, {"global": text(say("a share of all customers"), "5%")}),
            ),
            "channels": suggested(say("channels, in the order in which they are tried"), channels, _channel(shapes)),
            "roles": each(say("who can be given a task"), _role(shapes)),
        },
    )


def _channel(shapes: Shapes) -> Schema:
    found = shapes.closed(
        policy_file.CHANNEL_KEYS,
        {
            "rate": text(say("how many messages it takes"), "50 per second"),
            "cost": text(say("what a message costs"), "0.05 EUR"),
            "fallback": text(say("where a message goes that is not received"), "sms after 30 minutes"),
            "segments": {"description": say("the most SMS that one message may take"), "type": ["integer", "string"]},
        },
    )
    return nullable(found)


def _role(shapes: Shapes) -> Schema:
    hours = {**text(say("when they work"), "08:00-20:00"), **_HOURS}
    return nullable(shapes.closed(policy_file.ROLE_KEYS, {"working hours": hours}))

"""The schema of a decision."""

from __future__ import annotations

from models.decisions import ActionKind, Outcome
from streams.contract.shapes import DIALECT, Schema, closed_object, list_of, moment, text

_MAY_BE_MISSING = ("without_policy", "channels", "worth", "quiet_hours")


def decision_schema() -> Schema:
    """The schema of a decision (`models.decisions.Decision`)."""
    properties: Schema = {
        "id": text("32 hex digits; the same for the same action of the same match, however often it is decided."),
        "rule": text("The rule's id."),
        "rule_version": text("12 hex digits of the hash of the rule's meaning."),
        "customer": text("The subject of her events."),
        "each": text("The value by which the rule keeps things apart.", null=True),
        "time": moment("When it was decided: the taken time of the event, or when the timer was due."),
        "kind": {"enum": [kind.value for kind in ActionKind]},
        "outcome": {"enum": [outcome.value for outcome in Outcome]},
        "reason": text("Why it was not sent.", null=True),
        "channel": text("The channel, or the first of several.", null=True),
        "language": text("The language of the text.", null=True),
        "text": text("What the customer reads.", null=True),
        "offer": text("The name of the offer or grant.", null=True),
        "task": {"anyOf": [task_schema(), {"type": "null"}]},
        "expires": moment("After this it is of no use.", null=True),
        "event": {"anyOf": [closed_object(_CAUSE_EVENT), closed_object(_CAUSE_TIMER)]},
        "trace": _trace(),
        "without_policy": {"const": True, "description": "Made by a run that left policy aside; else missing."},
        "channels": list_of(
            {"type": "string"}, "All channels, where the rule says `by: all of` and several reach her; else missing.", 2
        ),
        "worth": text("Of an offer: likelihood * value - cost, in the main unit of the currency. Else missing."),
        "quiet_hours": quiet_hours_schema(),
    }
    return {"$schema": DIALECT, "title": "decision", **closed_object(properties, _MAY_BE_MISSING)}


_CAUSE_EVENT: Schema = {"source": text("Of the event that completed the situation."), "id": text("Its id.")}
_CAUSE_TIMER: Schema = {
    "timer": {"enum": ["absence", "after", "line", "moment", "stay"]},
    "due": moment("When it was due."),
}


def task_schema() -> Schema:
    """What somebody is to do (`models.decisions.TaskText`)."""
    return closed_object(
        {
            "who": text("A role or a person."),
            "what": text("What is to be done."),
            "why": text("The reason.", null=True),
            "due": moment("By when.", null=True),
            "worth": text("In the main unit of the currency.", null=True),
        }
    )


def quiet_hours_schema() -> Schema:
    """When something must not be handed over (`models.quiet_hours.QuietSpan`)."""
    span = closed_object(
        {
            "from": text("The first minute that is quiet: 20:00."),
            "until": text("The first that is not, of the same day or the next: 09:00."),
            "time_zone": text("Whose clocks show it: Asia/Shanghai."),
        }
    )
    return list_of(span, "Spans of her day in which it must not be handed over.")


def _trace() -> Schema:
    line = closed_object(
        {
            "line": text("As the rule has it."),
            "value": text("What was found.", null=True),
            "needed": text("What it was compared with.", null=True),
            "holds": {"type": "boolean"},
        }
    )
    return closed_object(
        {
            "conditions": list_of(line, "Every condition that was judged."),
            "facts": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        }
    )

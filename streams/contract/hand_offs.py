"""The schemas of hand-offs: a message for a customer, and a task for a person."""

from __future__ import annotations

from models.decisions import ActionKind
from models.messages import HAND_OFF, SOURCE
from streams.contract.decisions import quiet_hours_schema, task_schema
from streams.contract.shapes import DIALECT, Schema, closed_object, list_of, moment, text


def message_schema() -> Schema:
    """A hand-off for a channel (`models.messages.HandOff`)."""
    kinds = [kind.value for kind in ActionKind if kind is not ActionKind.TASK]
    channel = text("The channel that is to bring it to the customer.")
    data = {"kinds": {"enum": kinds}, "channel": channel, "task": {"type": "null"}}
    return _hand_off("hand-off", "What a channel is to bring to a customer.", data)


def task_hand_off_schema() -> Schema:
    """A hand-off for a person."""
    data = {"kinds": {"const": ActionKind.TASK.value}, "channel": {"type": "null"}, "task": task_schema()}
    return _hand_off("task", "What a person is to do for a customer.", data)


def _hand_off(title: str, description: str, own: Schema) -> Schema:
    """`own`: the schemas of what differs: kinds, channel, task."""
    data = closed_object(
        {
            "decisions": list_of({"type": "string"}, "The ids of the decisions that it carries out.", 1),
            "kinds": list_of(own["kinds"], "What they are.", 1),
            "rule": text("The rule's id."),
            "rule_version": text("12 hex digits of the hash of the rule's meaning."),
            "channel": own["channel"],
            "language": text("The language of the text.", null=True),
            "text": text("What the customer reads.", null=True),
            "offers": list_of({"type": "string"}, "The names of the offers and grants in it."),
            "task": own["task"],
            "expires": moment("After this it is of no use, and must not be handed over.", null=True),
            "without_policy": {"type": "boolean", "description": "True where the run left policy aside."},
            "quiet_hours": quiet_hours_schema(),
        }
    )
    envelope = closed_object(
        {
            "id": text("The first decision's; of several channels, with `:CHANNEL` behind it. A repeat has the same."),
            "subject": text("The customer."),
            "time": moment("When it was decided."),
            "data": data,
            "specversion": {"const": "1.0"},
            "source": {"const": SOURCE},
            "type": {"const": HAND_OFF},
            "datacontenttype": {"const": "application/json"},
        }
    )
    return {"$schema": DIALECT, "title": title, "description": description, **envelope}

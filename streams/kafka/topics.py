"""The topics of a workspace on a Kafka: what there is, what differs from what is wanted, and making what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from streams.kafka.base import PARTITIONS, RETENTION, Connection, Difference, Found, Wanted
from streams.kafka.clients import client, trouble

#: The settings of a topic that are looked at, whether wanted or not.
_LOOKED_AT = ("message.timestamp.type", "cleanup.policy", RETENTION, "max.message.bytes")


def found_topics(connection: Connection, names: Iterable[str]) -> dict[str, Found]:
    """Those of the topics that are there, by name; raises KafkaTrouble."""
    with client(KafkaAdminClient, connection) as admin:
        return _found(admin, names)


def create_topics(connection: Connection, wanted: Sequence[Wanted], replicas: int) -> list[str]:
    """Make the topics, with so many copies (-1: the broker's default); returns the names of those that were made.

    One that somebody else made meanwhile is left as it is. Raises KafkaTrouble.
    """
    with client(KafkaAdminClient, connection) as admin:
        asked = {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": replicas,
                "configs": _made_with(topic),
            }
            for topic in wanted
        }
        answers = admin.create_topics(asked, raise_errors=False)["topics"]
        made = []
        for answer in answers:
            wrong = errors.for_code(answer["error_code"])
            if wrong is errors.NoError:
                made.append(answer["name"])
            elif wrong is not errors.TopicAlreadyExistsError:
                raise trouble(wrong(answer.get("error_message") or ""), connection, answer["name"])
        admin.wait_for_topics(made)
        return made


def differences(wanted: Wanted, found: Found) -> list[Difference]:
    """What of a topic is not as it should be."""
    found_ones: list[Difference] = []
    if wanted.co_partitioned and wanted.partitions != found.partitions:
        found_ones.append(Difference(wanted.name, PARTITIONS, str(wanted.partitions), str(found.partitions)))
    for name, value in wanted.settings.items():
        if found.settings.get(name) != value:
            found_ones.append(Difference(wanted.name, name, value, found.settings.get(name, "")))
    kept = int(found.settings.get(RETENTION) or -1)
    if wanted.retention is not None and 0 <= kept < wanted.retention:
        found_ones.append(Difference(wanted.name, RETENTION, str(wanted.retention), str(kept)))
    return found_ones


def _made_with(topic: Wanted) -> dict[str, str]:
    kept = {} if topic.retention is None else {RETENTION: str(topic.retention)}
    return {**topic.settings, **kept}


def _found(admin: KafkaAdminClient, names: Iterable[str]) -> dict[str, Found]:
    there = {each["name"]: each["partitions"] for each in admin.describe_topics(None)}
    known = [name for name in names if name in there]
    if not known:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(_LOOKED_AT)) for name in known]
    settings = admin.describe_configs(resources, config_filter="all").get("topic", {})
    return {
        name: Found(
            name,
            len(there[name]),
            min((len(partition["replica_nodes"]) for partition in there[name]), default=0),
            {setting: told["value"] or "" for setting, told in sorted(settings.get(name, {}).items())},
        )
        for name in known
    }

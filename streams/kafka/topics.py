"""The topics of a workspace on a Kafka: what there is, what differs from what is wanted, and making what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from msgspec import Struct

from streams.kafka.clients import client, trouble
from streams.kafka.connection import Connection

#: The settings of a topic that are looked at, whether wanted or not.
_LOOKED_AT = ("message.timestamp.type", "cleanup.policy", "retention.ms", "max.message.bytes")


class Wanted(Struct, frozen=True):
    """A topic as it should be: its name on Kafka (with the prefix), and settings of Kafka's names."""

    name: str
    partitions: int
    settings: Mapping[str, str] = {}


class Found(Struct, frozen=True):
    """A topic as it is. `settings` are those of _LOOKED_AT that the broker told."""

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]


class Difference(Struct, frozen=True):
    """A setting of a topic that is not as it should be; `setting` may be `partitions`."""

    topic: str
    setting: str
    wanted: str
    found: str


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
                "configs": dict(topic.settings),
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
    pairs = [("partitions", str(wanted.partitions), str(found.partitions))]
    pairs += [(name, value, found.settings.get(name, "")) for name, value in wanted.settings.items()]
    return [Difference(wanted.name, name, value, is_) for name, value, is_ in pairs if value != is_]


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

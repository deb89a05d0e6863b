"""A real Apache Kafka: one node, broker and controller in one JVM."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from servers.certificates import Certificates
from servers.jars import CLASSES, java, kafka_folder, only_one
from servers.ports import free_ports
from servers.process import Process
from servers.server import Server

#: What is right for one node, and for tests: internal topics without copies, a first join without a wait of 3 s,
#: and a mistyped topic is an error.
PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "num.partitions": "4",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill the broker is let in again once its old session is over: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "auto.create.topics.enable": "false",
}


def passwords(users: Mapping[str, str]) -> dict[str, str]:
    """Properties of a broker whose clients say who they are with SASL, mechanism PLAIN: user -> password."""
    known = " ".join(f'user_{user}="{password}"' for user, password in users.items())
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": f"{module} required {known};",
    }


def encrypted(certificates: Certificates, *, clients_too: bool = False) -> dict[str, str]:
    """Properties of a broker that speaks TLS; `clients_too`: clients need a certificate of the same authority."""
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.pair),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.authority),
        "ssl.client.auth": "required" if clients_too else "none",
    }


class Kafka(Server):
    """A broker on `folder`, started when it is made; `address` is its bootstrap address.

    `security`: protocol of the clients' listener (PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL); `properties`: more lines
    of server.properties, or others (`message.max.bytes`; those of `encrypted` and `passwords`).
    `quick_start`: the JVM compiles little, so it starts in half the time; False for measurements of speed. `jvm`: more
    options of the JVM.
    `owner`: the process with which it ends at the latest, if that is not this one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        security: str = "PLAINTEXT",
        properties: Mapping[str, str] | None = None,
        heap: str = "512m",
        quick_start: bool = True,
        jvm: Sequence[str] = (),
        owner: int | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self._owner = owner
        self._options = [f"-Xmx{heap}", *(["-XX:TieredStopAtLevel=1"] if quick_start else []), *jvm]
        port, between, controller = free_ports(3)
        self.address = f"127.0.0.1:{port}"
        self._format()
        own = {
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": ",".join(
                f"{name}://127.0.0.1:{number}"
                for name, number in (("CLIENT", port), ("BROKER", between), ("CONTROLLER", controller))
            ),
            "advertised.listeners": f"CLIENT://{self.address},BROKER://127.0.0.1:{between}",
            "listener.security.protocol.map": f"CLIENT:{security},CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT",
            "inter.broker.listener.name": "BROKER",
            "log.dirs": str(self.folder / "log"),
        }
        lines = PROPERTIES | own | dict(properties or {})
        self._file = self.folder / "server.properties"
        self._file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
        self.process = self._start()

    def _format(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "log").exists():
            shutil.copytree(kafka_folder() / "formatted", self.folder / "log")

    def _start(self) -> Process:
        command = [*java(kafka_folder() / "jars", *self._options), "kafka.Kafka", str(self._file)]
        return Process(command, self.folder / "kafka.log", "Kafka Server started", owner=self._owner)


def keep_loaded_classes() -> None:
    """Start a broker once, and keep the classes that it loaded as the JVM has them: others then start in half the time.

    Nothing if they are kept already. A JVM that they do not fit passes over them.
    """
    kept = kafka_folder() / CLASSES
    if kept.exists():
        return
    with only_one(kept.with_suffix(".lock")), tempfile.TemporaryDirectory() as folder:
        if kept.exists():
            return
        made = kept.with_suffix(".part")
        Kafka(Path(folder), jvm=[f"-XX:ArchiveClassesAtExit={made}"]).stop()
        made.rename(kept)

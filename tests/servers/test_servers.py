from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from servers.certificates import make_certificates
from servers.kafka import Kafka
from servers.ports import free_ports
from servers.process import NotStarted, Process
from servers.redis import Redis

STARTS_A_SERVER = """
import sys, time
from pathlib import Path
from servers.redis import Redis
print(Redis(Path(sys.argv[1])).process.pid, flush=True)
time.sleep(60)
"""


def lives(process: int) -> bool:
    """Whether there is such a process (a zombie is none)."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def read_back(address: str, topic: str) -> list[bytes]:
    """All values of partition 0."""
    with_it = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=address)
    consumer.assign([with_it])
    consumer.seek_to_beginning(with_it)
    end = consumer.end_offsets([with_it])[with_it]
    values: list[bytes] = []
    while consumer.position(with_it) < end:
        values += [each.value for batch in consumer.poll(timeout_ms=500).values() for each in batch]
    consumer.close()
    return values


def test_killed_kafka_keeps_its_log(own_kafka: Kafka) -> None:
    """What was acknowledged is there after SIGKILL and a restart, at the same address."""
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.address)
    admin.create_topics([NewTopic("kept", 1, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=own_kafka.address)
    producer.send("kept", b"before").get(10)
    own_kafka.kill()
    own_kafka.restart()
    producer.send("kept", b"after").get(30)
    producer.close()
    assert read_back(own_kafka.address, "kept") == [b"before", b"after"]


def test_killed_redis_keeps_what_is_older_than_a_second(own_redis: Redis) -> None:
    """The append-only file brings back what was written before the last second."""
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("kept", "yes")
        time.sleep(1.5)
        own_redis.kill()
        own_redis.restart()
        assert client.get("kept") == b"yes"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_paused_server_answers_when_it_goes_on(own_redis: Redis) -> None:
    """A paused server keeps its connections and answers nothing until it is resumed."""
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.3, retry=None) as client:
        client.ping()
        own_redis.pause()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        own_redis.resume()
        assert client.ping()


def test_options_of_redis_reach_it(tmp_path: Path) -> None:
    """A test can have a Redis that keeps nothing and has little memory."""
    server = Redis(tmp_path, options={"appendonly": "no", "maxmemory": "50mb"})
    with redis.Redis.from_url(server.url) as client:
        assert client.config_get("appendonly", "maxmemory") == {"appendonly": "no", "maxmemory": "52428800"}
    server.stop()
    assert not server.process.runs()


def test_redis_with_tls_and_users(tmp_path: Path) -> None:
    """A test can have a Redis that lets in one user, by TLS alone."""
    certificates = make_certificates(tmp_path / "certificates")
    users = {"user": "default off", "user beforehand": "on >secret ~* &* +@all"}
    server = Redis(tmp_path / "redis", options=users, tls=certificates)
    url = server.url.replace("rediss://", "rediss://beforehand:secret@")
    with redis.Redis.from_url(url, ssl_ca_certs=str(certificates.authority)) as client:
        assert client.ping()
    with (
        redis.Redis.from_url(server.url, ssl_ca_certs=str(certificates.authority)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
    server.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_server_ends_with_its_owner(tmp_path: Path, number: signal.Signals) -> None:
    """A test run that is killed or interrupted leaves no server behind."""
    owner = subprocess.Popen([sys.executable, "-c", STARTS_A_SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout as said:
        server = int(said.readline())
    assert lives(server)
    owner.send_signal(number)
    owner.wait()
    until = time.monotonic() + 10
    while lives(server) and time.monotonic() < until:
        time.sleep(0.02)
    assert not lives(server)


def test_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Who asks for a server that ends at once reads the end of its log."""
    with pytest.raises(NotStarted, match=r"(?s)sh ended at once; the end of .*no memory"):
        Process(["sh", "-c", "echo no memory >&2; exit 3"], tmp_path / "log", "ready")


def test_server_that_is_not_ready_in_time_is_ended(tmp_path: Path) -> None:
    """A server that hangs while it starts does not stay."""
    with pytest.raises(NotStarted, match=r"sh was not ready within 0.2 s"):
        Process(["sh", "-c", "echo $$ >&2; exec sleep 60"], tmp_path / "log", "ready", within=0.2)
    assert not lives(int((tmp_path / "log").read_text()))


def test_ports_are_free_and_not_those_of_outgoing_connections() -> None:
    """No client's connection takes the port of a server that is down for a moment."""
    ports = free_ports(50)
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert len(set(ports)) == 50
    assert max(ports) < first_outgoing


@pytest.mark.parametrize("once_more", [1, 2])
def test_each_test_has_an_empty_database(redis_url: str, once_more: int) -> None:
    """What another test wrote is not there."""
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("mine", "1")


def test_shared_kafka_serves_topics_of_a_tests_own(kafka: str, own_name: str) -> None:
    """Tests share a broker, not topics."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(own_name, 2, 1)])
    assert own_name in admin.list_topics()
    admin.close()


def test_owner_of_shared_servers_is_the_whole_run() -> None:
    """Of several test processes, the one that starts the others owns the servers."""
    parent = Path(f"/proc/{os.getppid()}/cmdline").read_bytes()
    assert "PYTEST_XDIST_WORKER" not in os.environ or b"pytest" in parent

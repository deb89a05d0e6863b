"""Dead letters that are sent again, where it is interrupted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kafka import KafkaProducer

from streams.dead_letters import DeadLetter, Reason
from streams.kafka.base import Connection
from streams.kafka.delivery import Delivery
from streams.kafka.letters import dead_letters
from streams.kafka.sending_again import Sender
from streams.kept_letters import Fate
from streams.wire.outgoing import Outgoing, dead_letter_message
from tests.beforehand.cli.topics_read import all_messages, make_topic


class Interrupted(Delivery):
    """Somebody types Ctrl-C while the second event is handed over."""

    events = 0

    def send(self, topic: str, message: Outgoing, partition: int | None, failed: Callable[[str], None]) -> None:
        if topic.endswith("events.service"):
            self.events += 1
            if self.events == 2:
                raise KeyboardInterrupt
        super().send(topic, message, partition, failed)


def test_an_interruption_is_marked_as_far_as_it_is_known(kafka: str, own_name: str) -> None:
    """What was handed over was sent, of the one under way nobody knows, the others are open."""
    connection = Connection((kafka,), prefix=f"{own_name}.")
    events = f"{own_name}.events.service"
    for topic in (events, f"{own_name}.deadletters", f"{own_name}.deadletters.sent"):
        make_topic(kafka, topic, 1)
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    for number in range(3):
        message = dead_letter_message(
            DeadLetter(Reason.NO_ID, "why", b"%d" % number, 1, f"{events}/0", 0, number, key=b"c")
        )
        headers = [(name, value or b"") for name, value in message.headers]
        producer.send(f"{own_name}.deadletters", message.value, message.key, headers=headers).get(10)
    with dead_letters(connection, marked=True) as letters:
        sender = Sender(Interrupted(producer, connection), connection.prefix, {events: 1}, letters.marks, repeat=False)
        with pytest.raises(KeyboardInterrupt):
            sender.send(list(letters.up_to_now()))
    producer.close()
    with dead_letters(connection) as letters:
        assert [kept.fate for kept in letters.up_to_now()] == [Fate.SENT, Fate.UNKNOWN, Fate.OPEN]
    assert [each.value for each in all_messages(kafka, [events])] == [b"0"]
    assert sender.outcome.sent == 1

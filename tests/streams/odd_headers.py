"""Messages with names of headers that are no text, for those who must read on past them."""

from __future__ import annotations

import subprocess
from typing import Any

from servers.programs import program
from tests.beforehand.cli.topics_read import make_topic


def batch(builder: Any, name: bytes, empty: bytes | None) -> bytes:
    """Three messages, of which the second has a header of this name, and one whose value is `empty`.

    `builder`: that of a client; kafka-python and aiokafka have one each, which take the same.
    """
    made = builder(
        magic=2,
        compression_type=0,
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=10_000,
    )
    for number, headers in enumerate(([], [("x" * len(name), b"1"), ("y", empty)], [("z", b"2")])):
        made.append(number, timestamp=7, key=b"k", value=b"%d" % number, headers=headers)
    return bytes(made.build()).replace(b"x" * len(name), name)


def publish_odd(kafka: str, topic: str, compression: str) -> None:
    """A topic of five messages, a to e; the third and fourth have a header whose name is the byte FF."""
    make_topic(kafka, topic, 1)
    for values, header in (("a\nb\n", "x=1"), ("c\nd\n", "\udcff=1"), ("e\n", "x=1")):
        command = [program("kcat"), "-P", "-b", kafka, "-t", topic, "-z", compression, "-H", header]
        subprocess.run(command, input=values.encode(), check=True, timeout=60)

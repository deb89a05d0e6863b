"""A plain Faust agent, one event at a time, JSON by Faust: what the worker is measured against."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import Any

import faust

address, topic, expected, above = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
app = faust.App(
    f"plain-{topic}",
    broker=f"kafka://{address}",
    store="memory://",
    value_serializer="json",
    web_enabled=False,
    topic_disable_leader=True,
    stream_wait_empty=False,
    consumer_auto_offset_reset="earliest",
)


@app.agent(app.topic(topic))
async def agent(events: faust.StreamT[Any]) -> None:
    """Counts what is above a limit; prints the seconds from a tenth of the events to the last."""
    number, fired, began = 0, 0, 0.0
    async for event in events:
        number += 1
        if event["type"] == "data used" and event["data"]["amount"] > above:
            fired += 1
        if number == expected // 10:
            began = perf_counter()
        if number == expected:
            print(f"seconds {perf_counter() - began} fired {fired}", flush=True)


if __name__ == "__main__":
    faust.Worker(app, quiet=True, redirect_stdouts=False, loglevel="ERROR").execute_from_commandline()

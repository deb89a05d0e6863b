"""A partition number that a worker owns: its topics are read together, its customers stepped and committed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Protocol

import msgspec

from models.events import Event
from rules.record import Record as CustomerRecord
from streams.dead_letters import DeadLetter
from streams.engine import Engine
from streams.partition import Partition
from streams.partitioning import partition_of
from streams.stopped import Stopped
from streams.stores.base import SharedStore
from streams.wire.messages import MessageDecoder, Record
from streams.wire.plans import CLOCK
from streams.worker.forwarded import Forwarded
from streams.worker.reading import Place, Reading

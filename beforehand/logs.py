"""What a worker writes into its log: a line each, for a person (`text`) or a program (`json`); never personal data.

What libraries say may hold what a producer sent: of an exception that is not known to be harmless only its kind and
where it came from are written, and of bytes only how many. What is said again and again while a server is away is said
once a minute, with how often.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any, Literal

from aiokafka.errors import KafkaConnectionError, KafkaError

from beforehand.settings import SettingsError
from models.visible import visible
from streams.kafka.base import KafkaTrouble
from streams.stores.base import StoreError
from streams.worker.publisher import PublishError
from streams.worker.worker import WorkerError

#: Loggers of libraries -> from which level on we want to hear them.
_LIBRARIES = {"aiokafka": logging.ERROR, "asyncio": logging.ERROR, "aiohttp": logging.ERROR, "kafka": logging.ERROR}
#: The level for all other libraries: Faust and what it is made of speak of every step.
_OTHERS = logging.WARNING
#: What begins with this is ours.
OURS = "beforehand"
#: Exceptions whose text names servers, topics and numbers, and nothing that a producer sent.
_HARMLESS = (OSError, KafkaError, KafkaTrouble, PublishError, SettingsError, StoreError, WorkerError, TimeoutError)
#: Seconds for which the same is not said again.
QUIET = 60.0
#: The longest text of a line.
_LONGEST = 2_000

_COLOURS = {logging.WARNING: "\x1b[33m", logging.ERROR: "\x1b[31m", logging.CRITICAL: "\x1b[1;31m"}
_PLAIN = "\x1b[0m"

Form = Literal["text", "json"]


def set_up(form: Form, level: str, out: IO[str] | None = None) -> logging.Handler:
    """All loggers of this process write here from now on: to `out`, or standard error."""
    stream = sys.stderr if out is None else out
    handler = logging.StreamHandler(stream)
    coloured = stream.isatty() and "NO_COLOR" not in os.environ
    handler.setFormatter(_Json() if form == "json" else _Text(coloured=coloured))
    handler.addFilter(_Again())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_OTHERS)
    logging.getLogger(OURS).setLevel(level.upper())
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(least)
    return handler


class _Text(logging.Formatter):
    """`12:30:01 warning partition 3 is left alone for 5 s: ..`."""

    def __init__(self, *, coloured: bool) -> None:
        super().__init__()
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """One line; of an exception more, each indented."""
        colour = _COLOURS.get(record.levelno, "") if self._coloured else ""
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        who = "" if record.name.startswith(OURS) else f"{record.name}: "
        line = f"{at} {colour}{record.levelname.lower()}{_PLAIN if colour else ''} {who}{said(record)}"
        return "\n    ".join([line, *_stack(record)])


class _Json(logging.Formatter):
    """An object a line: `time`, `level`, `logger`, `message`, and of an exception `stack`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": said(record),
        }
        stack = _stack(record)
        return json.dumps({**line, "stack": stack} if stack else line, ensure_ascii=False)


def said(record: logging.LogRecord) -> str:
    """What a record says, without what may be personal."""
    arguments = record.args
    if isinstance(arguments, Mapping):
        arguments = {name: _shown(value) for name, value in arguments.items()}
    elif arguments:
        arguments = tuple(_shown(value) for value in arguments)
    message = str(record.msg)
    # A library may make a mistake in its own line: the line without its values is better than none.
    with suppress(TypeError, ValueError):
        message = message % arguments if arguments else message
    again = getattr(record, "again", 0)
    return visible(message, _LONGEST) + (f" (and {again} times before)" if again else "")


def _shown(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if isinstance(value, BaseException):
        return told(value)
    return value


def told(wrong: BaseException) -> str:
    """An exception as it may stand in a log."""
    return (str(wrong) if isinstance(wrong, _HARMLESS) else "") or type(wrong).__name__


def _stack(record: logging.LogRecord) -> list[str]:
    """Where an exception came from, the last call last, and what kind it was; no values."""
    if not record.exc_info or record.exc_info[1] is None:
        return []
    wrong, stack = record.exc_info[1], record.exc_info[2]
    frames = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(stack)]
    return [*frames, told(wrong)]


def _passes(value: Any) -> bool:
    """Whether it is an answer of Kafka after which aiokafka asks again: not yet, not here. (No answer is no such.)"""
    return isinstance(value, KafkaError) and value.retriable and not isinstance(value, KafkaConnectionError)


class _Again(logging.Filter):
    """Lets what is said again wait, and then says how often it was: the same but for numbers is the same."""

    def __init__(self) -> None:
        super().__init__()
        #: What was said -> when (s), and how often it was kept back since.
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is to be said."""
        if record.levelno < logging.WARNING:
            return True
        arguments = record.args if isinstance(record.args, tuple) else ()
        if record.name.startswith("aiokafka.") and any(map(_passes, arguments)):
            return False
        texts = [str(_shown(value)) for value in arguments if not isinstance(value, int | float)]
        key = record.name, f"{record.msg} {texts}"
        now = time.monotonic()
        if len(self._said) > 1_000:
            self._said.clear()
        before = self._said.get(key)
        if before is not None and now - before[0] < QUIET:
            self._said[key] = before[0], before[1] + 1
            return False
        self._said[key] = now, 0
        record.again = before[1] if before else 0
        return True

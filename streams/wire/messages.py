"""Messages of Kafka to events: CloudEvents in structured and in binary mode, keyed by the customer.

In structured mode the value is the event, as a line of a file is. In binary mode its attributes are headers (`ce_id`,
`ce_type`, ..) and the value is its `data`. Both follow CloudEvents' protocol binding for Kafka; `docs/wire.md` tells
producers. Whatever comes in becomes an event or a dead letter, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Protocol

import msgspec

from models.events import Event
from models.speech import quoted, say, sentence
from models.visible import visible
from models.vocabulary import Vocabulary
from streams.dead_letters import DeadLetter, Header, Reason
from streams.wire.content_types import CONTENT_TYPE, Content, content_of
from streams.wire.decoder import DEFAULT_LIMIT, KEPT_OF_TOO_LARGE, Decoder, too_large
from streams.wire.envelope import read_json
from streams.wire.plans import CLOCK
from streams.wire.refusal import Refusal
from streams.wire.remembered import Remembered

#: What the name of a header begins with that is an attribute of the event.
PREFIX = "ce_"
#: Bytes that stand for themselves in a text of JSON.
_PLAIN = bytes(byte for byte in range(0x20, 0x100) if byte not in b'"\\')
#: Of a member of an object that is a text.
_QUOTES = b'"' * 4
_SUBJECT = b'"subject":"'
#: What stands for the key where the name of a header would.
_KEY = ""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_write = msgspec.json.Encoder().encode
_one_value = msgspec.json.Decoder(msgspec.Raw).decode


class Record(Protocol):
    """A message as a consumer has it (aiokafka's and kafka-python's `ConsumerRecord`)."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[Header]: ...


class MessageDecoder:
    """Reads the messages of one vocabulary. Not to be shared between threads."""

    def __init__(self, vocabulary: Vocabulary, limit: int = DEFAULT_LIMIT) -> None:
        """`limit`: bytes of a value; in binary mode of the attributes, too."""
        #: What reads the events; it counts what it passed over.
        self.decoder = Decoder(vocabulary, limit, complete=True)
        self._contents = Remembered(content_of)
        self._beginnings = Remembered(_beginning)

    def decode_all(self, records: Iterable[Record], arrived: Iterable[int] | None = None) -> list[Event | DeadLetter]:
        """The event of each message, or why there is none, and where it stood (`topic/partition`, offset).

        `arrived`: when each of them reached us, in milliseconds. Without it time is recorded: the event's own
        `arrived` is believed, and its `time` where it has none.
        """
        decode = self.decode
        times: Iterable[int | None] = repeat(None) if arrived is None else arrived
        read = []
        for record, at in zip(records, times, strict=arrived is not None):
            event = decode(record.key, record.value, record.headers, at)
            if type(event) is not Event:
                assert isinstance(event, DeadLetter)
                event = event.at(f"{record.topic}/{record.partition}", 0, record.offset)
            read.append(event)
        return read

    def decode(
        self, key: bytes | None, value: bytes | None, headers: Sequence[Header] = (), arrived: int | None = None
    ) -> Event | DeadLetter:
        """The event of a message, or why there is none; where it stood is not in the letter yet."""
        try:
            attributes = self._attributes(headers) if headers else None
            if attributes is not None:
                event = self._binary(attributes, key, value, headers, arrived)
            elif value is None:
                raise Refusal(Reason.NO_VALUE, say("the message has no value, and no headers that say what happened"))
            else:
                event = self.decoder.decode(value, arrived)
            if type(event) is Event:
                if key != event.customer.encode() and event.type != CLOCK:
                    raise _wrong_key(key, event.customer)
                return event
            assert isinstance(event, DeadLetter)
            reason, detail = event.reason, event.detail
        except Refusal as refusal:
            reason, detail = refusal.reason, refusal.detail
        if reason is Reason.NO_TYPE and any(name.lower().startswith("ce-") for name, _ in headers):
            words = sentence("{detail}; in Kafka the headers of CloudEvents begin with ce_, not with ce-")
            detail = say(words, detail=detail)
        return self._letter(reason, detail, key, value, headers)

    def _attributes(self, headers: Sequence[Header]) -> bytes | None:
        """The attributes of an event in binary mode, as an object of JSON; None in structured mode. Raises Refusal."""
        beginnings = self._beginnings.known
        members: list[bytes] = []
        content_type: bytes | None = None
        for name, value in headers:
            try:
                beginning = beginnings[name]
            except KeyError:
                beginning = self._beginnings[name]
            if beginning is None or value is None:
                continue
            if beginning:
                members.append(beginning + value)
            else:
                content_type = value
        content = Content.JSON if content_type is None else self._contents[content_type]
        if content is Content.EVENT or not members:
            return None
        if content is not Content.JSON:
            found = visible((content_type or b"").decode("utf-8", "replace"), 60)
            words = sentence("{header} is {found}; data are read as JSON, application/json")
            raise Refusal(Reason.BAD_HEADER, say(words, header=CONTENT_TYPE, found=found))
        attributes = _object(members)
        if attributes.translate(None, _PLAIN) != _QUOTES * len(members):
            return _object(self._escaped(headers))
        return attributes

    def _escaped(self, headers: Sequence[Header]) -> list[bytes]:
        """Attributes as members of an object of JSON, whatever their values hold; raises Refusal."""
        sent = ((self._beginnings[name], name, value) for name, value in headers if value is not None)
        return [beginning + _write(_text(name, value))[1:-1] for beginning, name, value in sent if beginning]

    def _binary(
        self, attributes: bytes, key: bytes | None, value: bytes | None, headers: Sequence[Header], arrived: int | None
    ) -> Event | DeadLetter:
        """The event of attributes and data, read as the line that they would be in structured mode."""
        if key is not None and _SUBJECT not in attributes:
            attributes = b'%b,"subject":%b}' % (attributes[:-1], _write(_text(_KEY, key)))
        if value:
            if len(value) > self.decoder.limit:
                return too_large(value, len(value), self.decoder.limit)
            attributes = b'%b,"data":%b}' % (attributes[:-1], _single(value))
        event = self.decoder.decode(attributes, arrived)
        if type(event) is DeadLetter and event.reason is Reason.NOT_UTF8:
            # Says of which header, or of the value, which byte it is.
            self._escaped(headers)
            read_json(value or b"")
        return event

    def _letter(
        self, reason: Reason, detail: str, key: bytes | None, value: bytes | None, headers: Sequence[Header]
    ) -> DeadLetter:
        """Whole, so that it can be sent again; but what is larger than the limit is cut."""
        raw = value or b""
        size = len(raw)
        if size > self.decoder.limit:
            raw = raw[:KEPT_OF_TOO_LARGE]
        beside = len(key or b"") + sum(len(name) + len(sent or b"") for name, sent in headers)
        if beside > self.decoder.limit:
            return DeadLetter(reason, detail, raw, size + beside)
        return DeadLetter(reason, detail, raw, size, key=key, headers=tuple(headers))


def _beginning(name: str) -> bytes | None:
    """Of a header that is an attribute: the beginning of its member in an object of JSON, `id":"`.

    Empty for the one that says what the value is; None for all others.
    """
    if name.startswith(PREFIX):
        return _write(name[len(PREFIX) :])[1:] + b':"'
    return b"" if name.lower() == CONTENT_TYPE else None


def _object(members: list[bytes]) -> bytes:
    return b'{"%b"}' % b'","'.join(members)


def _single(value: bytes) -> bytes:
    """The value, which is one value of JSON, so that nothing else comes in with it; raises Refusal."""
    try:
        _one_value(value)
    except (msgspec.MsgspecError, RecursionError):
        read_json(value)
        return value.removeprefix(_BYTE_ORDER_MARK)
    return value


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as wrong:
        words = sentence("byte {number} of the key is not UTF-8")
        if name != _KEY:
            words = sentence("byte {number} of the header {name} is not UTF-8")
        raise Refusal(Reason.NOT_UTF8, say(words, number=wrong.start + 1, name=visible(name, 60))) from None


def _wrong_key(key: bytes | None, customer: str) -> Refusal:
    shown = quoted(visible(customer, 60))
    if key is None:
        return Refusal(
            Reason.NO_KEY, say("the message has no key; its key is the customer, {customer}", customer=shown)
        )
    found = quoted(visible(key[:200].decode("utf-8", "replace"), 60))
    words = sentence("the key is {found}, the subject {customer}; the key is the customer, as plain text")
    return Refusal(Reason.OTHER_KEY, say(words, found=found, customer=shown))

"""What the header `content-type` of a message says that its value is."""

from __future__ import annotations

from enum import Enum, auto

from models.speech import say, sentence
from models.visible import visible
from streams.dead_letters import Reason
from streams.wire.refusal import Refusal

CONTENT_TYPE = "content-type"
#: Of a message in structured mode.
STRUCTURED = "application/cloudevents+json"
#: What every media type of a CloudEvent begins with.
_CLOUD_EVENT = "application/cloudevents"


class Content(Enum):
    #: A whole event.
    EVENT = auto()
    #: JSON, which is data where the headers hold an event.
    JSON = auto()
    OTHER = auto()


def content_of(content_type: bytes) -> Content:
    """What the value is; raises Refusal for an event that is not JSON, and for JSON that is not UTF-8."""
    media, *parameters = (part.strip().lower() for part in content_type.decode("latin-1").split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            words = sentence("{header} has {found}; JSON is UTF-8")
            raise Refusal(Reason.BAD_HEADER, say(words, header=CONTENT_TYPE, found=visible(parameter, 60)))
    if media.startswith(_CLOUD_EVENT):
        if media not in (STRUCTURED, _CLOUD_EVENT):
            words = sentence("{header} is {found}; one event is read, {structured}")
            found = visible(media, 60)
            raise Refusal(Reason.BAD_HEADER, say(words, header=CONTENT_TYPE, found=found, structured=STRUCTURED))
        return Content.EVENT
    if media in ("application/json", "text/json") or media.endswith("+json"):
        return Content.JSON
    return Content.OTHER

"""Which of many patterns an event fits, compiled: by the short way of a question, where it has one."""

from typing import TypeVar

from models.types import Value
from rules.fitting import Fitting
from rules.record import Record

_Payload = TypeVar("_Payload")

def fitted(fitting: Fitting[_Payload], data: dict[str, Value], record: Record, now: int) -> list[_Payload]:
    """What `fitting.ask` says, not to be changed. (`fits` is the same for compiled code.)"""

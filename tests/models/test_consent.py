"""What events say of consent."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.consent import STOP_WORDS, Consent, channel_of, said, withdraws
from models.events import Event
from models.types import Value


def event(type: str, **data: Value) -> Event:
    """An event with this data."""
    return Event(type, "c", 0, 0, "file", "1", data)


@pytest.mark.parametrize("text", ["STOP", " stop. ", "ＳＴＯＰ", "Stop!", "退订。", "TD", "opt out"])
def test_a_reply_that_is_a_stop_word_withdraws(text: str) -> None:
    """Case, width, punctuation and spaces around it do not matter."""
    assert withdraws(event("message replied", text=text))


@pytest.mark.parametrize("text", ["", "Please do not stop!", "stop the roaming pass", "yes"])
def test_a_reply_that_says_more_does_not(text: str) -> None:
    """What is to be stopped may be something else."""
    assert not withdraws(event("message replied", text=text))


@pytest.mark.parametrize(
    ("data", "taken_back"),
    [
        ({"marketing": False}, True),
        ({"marketing": True, "service": False}, True),
        ({"marketing": False, "channel": "sms"}, True),
        ({"marketing": True}, False),
        ({"service": None}, False),
        ({}, False),
    ],
)
def test_consent_that_is_set_to_no_is_withdrawn(data: dict[str, Value], *, taken_back: bool) -> None:
    """One of the two is enough; what is not said is not taken back."""
    assert withdraws(event("consent changed", **data)) is taken_back


def test_other_events_withdraw_nothing() -> None:
    """Whatever their fields say."""
    assert not withdraws(event("customer changed", marketing=False, text="stop"))


def test_a_stop_word_takes_back_all_over_its_channel() -> None:
    """Who replies STOP wants no messages at all there."""
    reply = event("message replied", text="stop", channel="SMS")
    assert (said(reply), channel_of(reply)) == ({"marketing": False, "service": False}, "sms")


def test_what_names_no_channel_speaks_of_every_channel() -> None:
    """Missing, null and blank are the same."""
    assert {channel_of(event("consent changed", **data)) for data in ({}, {"channel": None}, {"channel": " "})} == {""}


def changed(time: int, arrived: int) -> Event:
    """A change of consent."""
    return Event("consent changed", "c", time, arrived, "file", "1", {})


@pytest.mark.parametrize(("time", "arrived"), [(9, 30), (10, 30), (12, 15), (12, 20)])
def test_a_withdrawal_stands_until_a_later_consent_that_arrives_later(time: int, arrived: int) -> None:
    """Later in only one of the two is not enough; nor is a consent later than one of two withdrawals."""
    withdrawn = Consent().after(changed(10, 11), consents=False).after(changed(5, 20), consents=False)
    assert withdrawn.after(changed(time, arrived), consents=True) == withdrawn == Consent((10, 20))
    assert withdrawn.after(changed(11, 21), consents=True) == Consent((10, 20), 11)


def test_every_stop_word_is_documented() -> None:
    """`docs/wire.md` lists the words that withdraw."""
    page = (Path(__file__).parents[2] / "docs" / "wire.md").read_text("utf-8")
    assert [word for word in sorted(STOP_WORDS) if f"`{word}`" not in page] == []

from __future__ import annotations

import pytest

from models.currencies import chinese_name, currency_decimals, currency_words


@pytest.mark.parametrize(("code", "decimals"), [("EUR", 2), ("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("CLF", 4)])
def test_decimals_are_those_of_iso_4217(code: str, decimals: int) -> None:
    """A currency has two decimals, unless ISO 4217 gives it none, three or four."""
    assert currency_decimals(code) == decimals


@pytest.mark.parametrize("code", ["", "eur", "EU", "EURO", "€", "E R", "EUR\n", "ＥＵＲ", "\x1b[2J"])
def test_what_is_no_currency(code: str) -> None:
    """Anything but three capital letters is refused, and shown so that it can be seen."""
    with pytest.raises(ValueError, match="write its code of three capital letters, such as EUR") as refused:
        currency_decimals(code)
    assert "\x1b" not in str(refused.value)


def test_metals_are_not_paid_in() -> None:
    """Gold has a code but no smallest unit, so that amounts in it have no grid."""
    with pytest.raises(ValueError, match="XAU is not a currency that is paid in"):
        currency_decimals("XAU")


def test_words_of_a_currency() -> None:
    """The code comes first; Chinese has a word for well-known currencies and uses the code for others."""
    assert currency_words("CNY")[0] == "CNY"
    assert "¥" in currency_words("CNY")
    assert currency_words("MNT") == ("MNT",)
    assert chinese_name("CNY") == "元"
    assert chinese_name("MNT") is None

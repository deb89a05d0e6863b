"""Currencies: how many decimals each has (ISO 4217), and the words and signs people write for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.speech import say
from models.visible import visible

#: All currencies of ISO 4217 whose smallest unit is not a hundredth, by the number of decimals.
_DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {
        code: decimals
        for decimals, codes in {
            0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
            3: "BHD IQD JOD KWD LYD OMR TND",
            4: "CLF UYW",
        }.items()
        for code in codes.split()
    }
)

#: Codes of ISO 4217 for metals, funds and tests, which have no smallest unit.
_NOT_SPENT: Final = frozenset(
    ("XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX")
)

#: Words and signs besides the code; the first is how a Chinese text writes it after the number.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "CNY": ("元", "¥", "RMB", "人民币"),
        "JPY": ("日元", "¥", "円", "yen"),
        "EUR": ("欧元", "€", "euro", "euros"),
        "USD": ("美元", "$", "dollar", "dollars"),
        "GBP": ("英镑", "£", "pound", "pounds"),
        "HKD": ("港元", "HK$", "$"),
        "TWD": ("新台币", "NT$", "$"),
        "SGD": ("新加坡元", "S$", "$"),
        "AUD": ("澳元", "A$", "$"),
        "CAD": ("加元", "C$", "$"),
        "KRW": ("韩元", "₩", "won"),
        "INR": ("卢比", "₹", "rupee", "rupees"),
        "CHF": ("瑞士法郎", "Fr."),
    }
)


def currency_decimals(code: str) -> int:
    """How many decimals amounts in a currency have; 2 unless ISO 4217 says otherwise.

    Raises ValueError for what is not three capital letters, and for codes of metals and funds.
    """
    if not re.fullmatch("[A-Z]{3}", code):
        shown = visible(code, 20)
        raise ValueError(
            say('"{shown}" is not a currency; write its code of three capital letters, such as EUR', shown=shown)
        )
    if code in _NOT_SPENT:
        raise ValueError(say("{code} is not a currency that is paid in; it has no smallest unit", code=code))
    return _DECIMALS.get(code, 2)


def currency_words(code: str) -> tuple[str, ...]:
    """The code, then the other words and signs for amounts in it."""
    return (code, *_WORDS.get(code, ()))


def chinese_name(code: str) -> str | None:
    """What a Chinese text writes after an amount (`元`), or None where the code is used."""
    words = _WORDS.get(code)
    return words[0] if words else None


def currencies_in_chinese() -> Mapping[str, str]:
    """The Chinese words for currencies (`元`, `美元`) -> their codes."""
    return MappingProxyType({words[0]: code for code, words in _WORDS.items()})

"""What is known of a household, told at the beginning of the log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from beforehand.packs.retail.tables import BEGINNING, at_midnight, rows


def households(folder: Path) -> list[tuple[str, bytes]]:
    """(time, line) of one `customer changed` for each household with demographics (801 of 2,469 have)."""
    at = at_midnight(BEGINNING.date())
    return sorted((at, _line(row, at)) for row in rows(folder, "demographics"))


def _line(row: Mapping[str, Any], at: str) -> bytes:
    known = {
        "age group": row["age"],
        "income": row["income"],
        "home": row["home_ownership"] and row["home_ownership"].lower(),
        "married": None if row["marital_status"] is None else row["marital_status"] == "Married",
        # "5+" and "3+" are the highest groups of the files.
        "household size": int(row["household_size"].rstrip("+")),
        "kids": int(row["kids_count"].rstrip("+")),
    }
    household = f"h-{row['household_id']}"
    event = {
        "id": f"demographics-{household}",
        "source": "households",
        "type": "customer changed",
        "subject": household,
        "time": at,
        "data": {name: value for name, value in known.items() if value is not None},
    }
    return msgspec.json.encode(event) + b"\n"
